using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Sandbox.Hosting;

namespace IotHubDsr.Core.Tests.Operations;

/// <summary>The journal vanishes under a run: nothing more is erased, and what is left shows that something is missing.</summary>
public sealed class VanishedJournalTests
{
    /// <summary>Calls that were announced before, and may be under way when it happens.</summary>
    private const int MostUnderWay = 8;

    [Theory]
    [InlineData("store")]
    [InlineData("folder")]
    [InlineData("journal")]
    [InlineData("truncated")]
    [InlineData("replaced")]
    [InlineData("copied back")]
    [InlineData("renamed")]
    public async Task Erase_JournalVanishesDuringTheRun_ErasesNothingMoreAndMakesNothingAnew(string how)
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ErasurePlan plan = await sandbox.PlanAsync("dev1");
        string store = Path.Combine(sandbox.RequestStore, "inner");
        long at = 0;
        int vanished = 0;
        var left = new TaskCompletionSource<string[]>();
        sandbox.Server.RequestLog.Observer = request =>
        {
            if (
                request.Status != 0
                || !request.Target.Contains("comp=blocklist", StringComparison.Ordinal)
                || Interlocked.Exchange(ref vanished, 1) != 0
            )
            {
                return;
            }

            Vanish(how, store);
            at = sandbox.Server.RequestLog.After(0)[^1].Sequence;
            left.SetResult(FilesIn(store));
        };

        DsrException failed = await Assert.ThrowsAsync<DsrException>(() => sandbox.EraseAsync(plan, store: store));
        sandbox.Server.RequestLog.Observer = null;

        Assert.Equal("EvidenceFailed", failed.Fault.Id);
        Assert.DoesNotContain('\n', failed.Fault.Message);
        string[] files = await left.Task;
        Assert.InRange(sandbox.Server.RequestLog.After(at).Count(IsDestructive), 0, MostUnderWay);
        Assert.Equal(files, FilesIn(store));
    }

    [Theory]
    [InlineData("journal")]
    [InlineData("truncated")]
    public async Task Get_FolderWithoutItsJournal_IsShownAsDamagedBesideTheOthers(string how)
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        await sandbox.EraseAsync(await sandbox.PlanAsync("dev1"));
        string damaged = Path.GetFileName(Directory.GetDirectories(sandbox.RequestStore).Single());
        Vanish(how, sandbox.RequestStore);
        DataRequest other = await sandbox.RegisterAsync(null, "dev10");

        List<DataRequest> due = await sandbox.RequestsAsync(new DataRequestQuery { Context = sandbox.Context, Due = true });

        Assert.Equal(other.RequestId, Assert.Single(due).RequestId);
        Fault fault = Assert.Single(sandbox.Reported, fault => fault.Id == "JournalMissing");
        Assert.Contains(damaged, fault.Message, StringComparison.Ordinal);
        DsrException refused = await Assert.ThrowsAsync<DsrException>(() => sandbox.ResumeAsync(damaged));
        Assert.Equal("JournalMissing", refused.Fault.Id);
    }

    [Theory]
    [InlineData("journal")]
    [InlineData("truncated")]
    public async Task Get_RegisteredRequestWithoutItsJournal_IsShownAsDamaged(string how)
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        DataRequest request = await sandbox.RegisterAsync(null, "dev1");
        Vanish(how, sandbox.RequestStore);

        Assert.Empty(await sandbox.RequestsAsync(new DataRequestQuery { Context = sandbox.Context }));

        Assert.Contains(request.RequestId, Assert.Single(sandbox.Reported).Message, StringComparison.Ordinal);
    }

    private static bool IsDestructive(LoggedRequest request) =>
        request is { Mutating: true, Status: >= 200 and < 300 }
        && (request.Method == "DELETE" || request.Target.Contains("comp=blocklist", StringComparison.Ordinal));

    private static string[] FilesIn(string store) =>
        Directory.Exists(store) ? [.. Directory.GetFiles(store, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)] : [];

    private static void Vanish(string how, string store)
    {
        string folder = Directory.GetDirectories(store).Single();
        string journal = Path.Combine(folder, "journal.jsonl");
        switch (how)
        {
            case "store":
                Directory.Delete(store, recursive: true);
                break;
            case "folder":
                Directory.Delete(folder, recursive: true);
                break;
            case "journal":
                File.Delete(journal);
                break;
            case "truncated":
                Truncate(journal);
                break;
            case "replaced":
                File.Delete(journal);
                File.WriteAllText(journal, "another file\n");
                break;
            case "copied back":
                File.Copy(journal, journal + ".copy");
                File.Move(journal + ".copy", journal, overwrite: true);
                break;
            default:
                Directory.Move(folder, folder + "-moved");
                break;
        }
    }

    /// <summary>As another program does it, which knows nothing of locks.</summary>
    private static void Truncate(string journal)
    {
        using var truncate = System.Diagnostics.Process.Start("truncate", ["-s", "0", journal]);
        truncate.WaitForExit();
        Assert.Equal(0, truncate.ExitCode);
    }
}
