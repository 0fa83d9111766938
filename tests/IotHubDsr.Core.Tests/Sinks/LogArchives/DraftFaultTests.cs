using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Tests.Sinks.RoutedBlobs;
using IotHubDsr.Sandbox.Hosting;
using static IotHubDsr.Core.Tests.Sinks.LogArchives.LogArchive;
using static IotHubDsr.Core.Tests.Sinks.RoutedBlobs.ArchiveSandbox;

namespace IotHubDsr.Core.Tests.Sinks.LogArchives;

/// <summary>Each request of the replacement of an append blob fails, one after the other, in each way.</summary>
public sealed class DraftFaultTests
{
    private static readonly string s_blob = BlobOf(LongAgo);

    [Theory]
    [InlineData("reset")]
    [InlineData("resets")]
    [InlineData("refused")]
    [InlineData("truncated")]
    [InlineData("halfsent")]
    public async Task Erase_AnyRequestFails_LeavesTheOldBlobOrTheNewAndTheNextEraseNothingElse(string kind)
    {
        await using ArchiveSandbox sandbox = await StartLogsAsync();
        List<string> rows = Rows(60, Alice, Bob, Carol);
        string whole = Text(rows);
        string without = Text(Without(rows, Alice));
        sandbox.PutLog(s_blob, rows);
        DeviceDataFinding found = await sandbox.FindOneAsync(Alice);
        sandbox.Forget();
        await sandbox.EraseAsync(found);
        int requests = sandbox.BlobRequests.Count;
        Assert.InRange(requests, 7, 20);

        for (int nth = 0; nth < requests; nth++)
        {
            sandbox.UseContainer($"fault-{kind}-{nth}");
            sandbox.PutLog(s_blob, rows);
            found = await sandbox.FindOneAsync(Alice);
            sandbox.Forget();
            sandbox.Faults.Add(
                new FaultRule { Service = "blob", Skip = nth } with
                {
                    Reset = kind is "reset" or "resets",
                    Times = kind is "resets" or "refused" ? 50 : 1,
                    Status = kind == "refused" ? 503 : null,
                    TruncateAfterBytes = kind == "truncated" ? 60 : null,
                    ResetAfterBytes = kind == "halfsent" ? 40 : null,
                }
            );

            ErasureOutcome outcome = Assert.Single(await sandbox.EraseAsync(found));

            sandbox.Faults.Clear();
            string text = sandbox.Text(s_blob);
            Assert.True(text == whole || text == without, $"Request {nth} left neither the old blob nor the new one.");
            Assert.Equal(text == without ? 20 : 0, outcome.RecordsErased);
            Assert.True(text == without || outcome.Fault is not null, $"Request {nth} failed and nobody was told.");

            await sandbox.EraseAsync(Alice);
            Assert.Equal(without, sandbox.Text(s_blob));
            Assert.Equal([s_blob], NamesIn(sandbox));
        }
    }
}
