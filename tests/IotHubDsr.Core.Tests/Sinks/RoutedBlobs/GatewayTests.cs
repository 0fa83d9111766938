using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Tests.Packages;
using IotHubDsr.Sandbox.World;
using static IotHubDsr.Core.Tests.Sinks.RoutedBlobs.ArchiveSandbox;

namespace IotHubDsr.Core.Tests.Sinks.RoutedBlobs;

/// <summary>Messages that a gateway sends in the name of the devices behind it.</summary>
public sealed class GatewayTests
{
    private const string Gateway = "gw";
    private const string Leaf = "leaf";

    private static List<RoutedMessage> Traffic =>
        [
            Message(Gateway, 1),
            Message(Gateway, 2, ("deviceId", Leaf)),
            Message(Gateway, 3, ("ConnectionDeviceId", Leaf)),
            Message(Leaf, 4),
            Message(Bob, 5),
            Message(Gateway, 6, ("deviceId", Gateway)),
        ];

    [Fact]
    public async Task Find_Gateway_CountsWhatItRelayedAsTheLeafs()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        sandbox.Put("blob", Traffic);

        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(Gateway, Leaf);

        Assert.Equal([(2L, 2L), (3L, 0L)], found.Select(finding => (finding.RecordCount, finding.RelayedCount)));
    }

    [Fact]
    public async Task Erase_Leaf_TakesWhatTheGatewaySentForIt()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        sandbox.Put("blob", Traffic);

        ErasureOutcome outcome = await sandbox.EraseAsync(Leaf);

        Assert.Equal(3, outcome.RecordsErased);
        Assert.Equal(["gw", "bob", "gw"], Senders(sandbox));
    }

    [Theory]
    [InlineData(false, 2, new[] { "gw", "gw", "leaf", "bob" })]
    [InlineData(true, 4, new[] { "leaf", "bob" })]
    public async Task Erase_Gateway_TakesWhatItRelayedOnlyWhenAsked(bool includeRelayed, long erased, string[] left)
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        sandbox.Put("blob", Traffic);

        ErasureOutcome outcome = await sandbox.EraseAsync(
            Gateway,
            new SinkOptions(4) { Erasure = new ErasureOptions { IncludeRelayed = includeRelayed } }
        );

        Assert.Equal(erased, outcome.RecordsErased);
        Assert.Equal(left, Senders(sandbox));
    }

    [Fact]
    public async Task Erase_GatewayAndLeafTogether_CountsTheRelayedMessagesForTheLeafOnly()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        sandbox.Put("blob", Traffic);

        IReadOnlyList<ErasureOutcome> outcomes = await sandbox.EraseAsync([.. await sandbox.FindAsync(Gateway, Leaf)]);

        Assert.Equal([2L, 3L], outcomes.Select(outcome => outcome.RecordsErased));
        Assert.Equal(["bob"], Senders(sandbox));
    }

    [Fact]
    public async Task Export_Gateway_WithholdsWhatItRelayed()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        sandbox.Put("blob", Traffic);
        var target = new MemoryTarget();

        ExportCompleteness line = Assert.Single(await sandbox.Sink.ExportAsync(sandbox.Call(), [Gateway], target, CancellationToken.None));

        Assert.Equal((4L, 2L, 2L, 0L), (line.Found, line.Included, line.Withheld, line.Unreachable));
        Assert.All(target.Records("messages"), exported => Assert.Equal("Own", exported.GetProperty("attribution").GetString()));
        Assert.Equal(2, target.Records("messages").Count);
    }

    private static IEnumerable<string> Senders(ArchiveSandbox sandbox) =>
        sandbox
            .Text("blob")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line =>
                System
                    .Text.Json.JsonDocument.Parse(line)
                    .RootElement.GetProperty("SystemProperties")
                    .GetProperty("connectionDeviceId")
                    .GetString()!
            );
}
