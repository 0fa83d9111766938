using static IotHubDsr.Core.Tests.Sinks.RoutedBlobs.ArchiveSandbox;

namespace IotHubDsr.Core.Tests.Sinks.RoutedBlobs;

/// <summary>Blocks that somebody put to the service and nobody committed.</summary>
public sealed class UncommittedBlobTests
{
    [Fact]
    public async Task Find_BlobOfUncommittedBlocks_MakesNobodyAbsentUntilTheServiceDropsIt()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        sandbox.Put("contoso-hub/10", Messages(4, Bob));
        sandbox.Stage("contoso-hub/11", "MDAwMQ==");
        DateTimeOffset written = sandbox.Clock.GetUtcNow();

        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(Alice, Bob);

        Assert.Equal([(Verdict.Expiring, 0L), (Verdict.Present, 4L)], found.Select(finding => (finding.Verdict, finding.RecordCount)));
        Assert.InRange(found[0].Until!.Value, written.AddDays(7).AddSeconds(-2), written.AddDays(7).AddMinutes(2));
        Assert.All(found, finding => Assert.Contains("uncommitted", finding.Detail, StringComparison.OrdinalIgnoreCase));

        sandbox.Clock.Advance(TimeSpan.FromDays(7) + TimeSpan.FromMinutes(5));
        Assert.Equal(Verdict.Absent, (await sandbox.FindOneAsync(Alice)).Verdict);
    }
}
