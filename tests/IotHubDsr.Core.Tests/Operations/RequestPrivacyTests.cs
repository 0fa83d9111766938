using System.Text;
using IotHubDsr.Core.Evidence.Requests;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Operations;

/// <summary>
/// What stays when the key of a request is destroyed tells nobody which device it was about; what cannot be kept is said to be so.
/// </summary>
public sealed class RequestPrivacyTests
{
    [Fact]
    public async Task Digest_OfAPlanWithAnEmptyFootprint_CannotBeGuessedBackAfterTheKeyIsDestroyed()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ErasurePlan plan = await sandbox.PlanAsync("nobody-knows-me");
        Assert.InRange(plan.Salt!.Length, 32, 128);
        Assert.NotEqual(plan.Salt, (await sandbox.PlanAsync("nobody-knows-me")).Salt);

        string requestId = (await sandbox.EraseAsync(plan))[0].RequestId;
        Assert.Contains(Files(sandbox), file =>
            file.Name.Contains("private", StringComparison.Ordinal) && file.Text.Contains(plan.Salt, StringComparison.Ordinal)
        );
        await sandbox.ChangeAsync(new AnonymiseOptions { RequestId = requestId, Reason = "The rehearsal is over" });

        Assert.Contains(Files(sandbox), file => file.Text.Contains(plan.Digest, StringComparison.Ordinal));
        Assert.DoesNotContain(Files(sandbox), file => file.Text.Contains(plan.Salt, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Register_StoreThatTakesNoWrite_IsNotSaidToBeUnreadable()
    {
        string file = Path.GetTempFileName();
        try
        {
            await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
            ErasurePlan plan = await sandbox.PlanAsync("dev1");

            DsrException refused = await Assert.ThrowsAsync<DsrException>(() =>
                sandbox.EraseAsync(plan, store: Path.Combine(file, "requests"))
            );

            Assert.Equal("RequestStoreNotWritable", refused.Fault.Id);
            Assert.Contains("Cannot write to the request store", refused.Fault.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(sandbox.Server.RequestLog.After(0), logged => logged.Mutating);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, 400)]
    [InlineData(true, null)]
    public async Task Change_StoreTakesNoMoreFiles_IsSaidInOneLineAndNotToBeUnreadable(bool isContainer, int? status)
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        if (isContainer)
        {
            await sandbox.ConnectAsync(connect =>
                connect with
                {
                    RequestStore = $"https://{WorldNames.EvidenceAccount}.blob.core.windows.net/{WorldNames.EvidenceContainer}",
                }
            );
        }

        string requestId = (await sandbox.RegisterAsync(null, "dev1")).RequestId;

        // The store takes what it took before, and not this one, as when its disk is full by then.
        if (isContainer)
        {
            sandbox.Server.Faults.Add(
                new FaultRule
                {
                    Service = "blob",
                    Method = "PUT",
                    PathContains = "/decisions/",
                    Times = 100,
                    Status = status,
                    Reset = status is null,
                }
            );
        }
        else
        {
            File.WriteAllText(Path.Combine(sandbox.RequestStore, requestId, "decisions"), "A file where a folder would have to be made.");
        }

        DsrException refused = await Assert.ThrowsAsync<DsrException>(() =>
            sandbox.ChangeAsync(new AnonymiseOptions { RequestId = requestId, Reason = "The rehearsal is over" })
        );

        Assert.Equal("RequestStoreNotWritable", refused.Fault.Id);
        Assert.DoesNotContain("cannot be read", refused.Fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Fault.Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1970)]
    [InlineData(2017)]
    public void ReceivedAt_BeforeThereWereSuchRequests_IsRefused(int year)
    {
        var now = new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

        DsrException refused = Assert.Throws<DsrException>(() =>
            OpenRequest.RequirePlausible(new DateTimeOffset(year, 6, 1, 0, 0, 0, TimeSpan.Zero), now)
        );

        Assert.Equal("InvalidReceivedAt", refused.Fault.Id);
        Assert.Contains("25 May 2018", refused.Fault.Message, StringComparison.Ordinal);
        OpenRequest.RequirePlausible(new DateTimeOffset(2018, 5, 25, 0, 0, 0, TimeSpan.FromHours(2)), now);
        OpenRequest.RequirePlausible(null, now);
    }

    private static List<(string Name, string Text)> Files(RequestSandbox sandbox) =>
        [
            .. Directory
                .EnumerateFiles(sandbox.RequestStore, "*", SearchOption.AllDirectories)
                .Where(static name => Path.GetFileName(name) != "lease")
                .Select(name =>
                {
                    string text = File.ReadAllText(name);
                    return (
                        name,
                        name.EndsWith(".dsse.json", StringComparison.Ordinal)
                            ? text
                                + Encoding.UTF8.GetString(
                                    System.Text.Json.JsonDocument.Parse(text).RootElement.GetProperty("payload").GetBytesFromBase64()
                                )
                            : text
                    );
                }),
        ];
}
