using IotHubDsr.Core.Sinks;
using static IotHubDsr.Core.Tests.Sinks.RoutedBlobs.ArchiveSandbox;

namespace IotHubDsr.Core.Tests.Sinks.RoutedBlobs;

/// <summary>A container that several hubs write to: device IDs are unique only within one.</summary>
public sealed class SharedContainerTests
{
    private const string Own = "2026/01/05/08/00/contoso-hub-0";
    private const string Other = "2026/01/05/08/00/fabrikam-hub-0";

    [Fact]
    public async Task FindAndErase_NameThatHoldsNoHubOrAnother_IsCountedAndLeftAlone()
    {
        const string Renamed = "zz/fabrikam-hub-0-2026-01-05-08-00.json";
        await using ArchiveSandbox sandbox = await StartAsync(
            "{YYYY}/{MM}/{DD}/{HH}/{mm}/{iothub}-{partition}",
            Own,
            Other,
            Renamed,
            "restored by hand"
        );

        DeviceDataFinding found = await sandbox.FindOneAsync(Alice);
        ErasureOutcome outcome = await sandbox.EraseAsync(Alice);
        DeviceDataFinding after = await sandbox.FindOneAsync(Alice);

        Assert.Equal([Own], found.Items.Select(item => item.Path));
        Assert.Contains("10 records of the device ID are left in 2 blobs", found.Detail, StringComparison.Ordinal);
        Assert.Equal(5, outcome.RecordsErased);
        Assert.All([Other, Renamed, "restored by hand"], name => Assert.Equal(All, sandbox.Text(name)));
        Assert.Equal((Verdict.OwnerAction, 0L), (after.Verdict, after.RecordCount));
        Assert.DoesNotContain(sandbox.BlobRequests, request =>
            request.Target.Contains("/2026/01/05/08/00/fabrikam-hub-0", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Find_DeviceIsNotInBlobsThatTellNoHub_IsAbsent()
    {
        await using ArchiveSandbox sandbox = await StartAsync("{iothub}/{partition}/{YYYY}/{MM}/{DD}/{HH}/{mm}", "restored by hand");

        Assert.Equal(Verdict.Absent, (await sandbox.FindOneAsync(Carol)).Verdict);
        Assert.Equal(Verdict.OwnerAction, (await sandbox.FindOneAsync(Alice)).Verdict);
    }

    [Fact]
    public async Task Erase_BlobsThatTheLocationFileNames_AreThisHubs()
    {
        await using ArchiveSandbox sandbox = await StartAsync(
            "{iothub}/{partition}/{YYYY}/{MM}/{DD}/{HH}/{mm}",
            "moved/a",
            "moved/b",
            "elsewhere"
        );
        sandbox.Location = sandbox.Location with
        {
            Statements = [new OperatorStatement(OperatorStatementKind.OwnBlobs, "moved in 2025") { BlobName = "moved/", IsPrefix = true }],
        };

        Assert.Equal(["moved/a", "moved/b"], (await sandbox.FindOneAsync(Alice)).Items.Select(item => item.Path));
    }

    [Fact]
    public async Task Erase_PlanOfABlobThatHasBecomeUnclear_LeavesItAlone()
    {
        await using ArchiveSandbox sandbox = await StartAsync("{iothub}/{partition}/{YYYY}/{MM}/{DD}/{HH}/{mm}", "a/contoso-hub/b");
        DeviceDataFinding planned = await sandbox.FindOneAsync(Alice);
        sandbox.Location = sandbox.Location with
        {
            Settings = new Dictionary<string, string>(sandbox.Location.Settings)
            {
                [LocationSettings.OtherHubs] = "fabrikam-hub a/{iothub}/b\nfabrikam-hub",
            },
        };

        ErasureOutcome outcome = Assert.Single(await sandbox.EraseAsync(planned with { Location = sandbox.Location }));

        Assert.Equal(5, planned.RecordCount);
        Assert.Equal((0, All), (outcome.RecordsErased, sandbox.Text("a/contoso-hub/b")));
    }

    private static string All => TextWithout(Messages(10, Alice, Bob));

    private static async Task<ArchiveSandbox> StartAsync(string format, params string[] names)
    {
        ArchiveSandbox sandbox = await ArchiveSandbox.StartAsync();
        sandbox.Location = sandbox.Location with
        {
            Statements = [],
            Settings = new Dictionary<string, string>(sandbox.Location.Settings) { [LocationSettings.FileNameFormat] = format },
        };
        foreach (string name in names)
            sandbox.Put(name, Messages(10, Alice, Bob));
        return sandbox;
    }
}
