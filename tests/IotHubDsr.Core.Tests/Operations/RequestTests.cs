using System.Diagnostics;
using System.Text.Json;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Sandbox.Provisioning;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Operations;

public sealed class RequestTests
{
    [Fact]
    public async Task Footprint_OneAccountIsDenied_ReadsAllTheOthers()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        sandbox.Server.Access.Denied = [$"blob:{WorldNames.VersionedAccount}"];

        List<DeviceDataFinding> found = await sandbox.FindAsync("dev1");

        List<DeviceDataFinding> archives = [.. found.Where(finding => finding.Kind == LocationKinds.RoutedBlobContainer)];
        Assert.Equal(5, archives.Count);
        Assert.All(archives, finding =>
            Assert.Equal(
                finding.Place.StartsWith(WorldNames.VersionedAccount, StringComparison.Ordinal) ? Verdict.Unreachable : Verdict.Present,
                finding.Verdict
            )
        );
        Assert.Equal(Verdict.Present, found.Single(finding => finding.Kind == LocationKinds.DeviceRegistry).Verdict);
        Assert.All(sandbox.Reported, fault => Assert.Equal("PermissionMissing", fault.Id));
    }

    [Fact]
    public async Task Erase_WholePlan_GivesOneReceiptPerStepAndCallsNothingErasedThatCanStillArrive()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ErasurePlan plan = await sandbox.PlanAsync("dev1");
        List<DeviceDataFinding> bystanders = Comparable(await sandbox.FindAsync("Dev1", "dev10"));

        List<ErasureReceipt> receipts = await sandbox.EraseAsync(plan);

        Assert.Equal(plan.Steps.Count, receipts.Count);
        Assert.Equal(Verdict.Erased, receipts.Single(receipt => receipt.Kind == LocationKinds.DeviceRegistry).Verdict);
        Assert.All(
            receipts.Where(receipt =>
                receipt.Kind == LocationKinds.RoutedBlobContainer && receipt.Location.FlushTime is not null && receipt.RecordsRemaining == 0
            ),
            receipt => Assert.True(receipt.Verdict is Verdict.ErasurePending or Verdict.Expiring, receipt.ToString())
        );
        Assert.All(receipts.Where(receipt => receipt.RecordsRemaining > 0), receipt =>
            Assert.True(receipt.Verdict >= Verdict.ErasurePending, receipt.ToString())
        );
        Assert.Equal(bystanders, Comparable(await sandbox.FindAsync("Dev1", "dev10")));
    }

    [Fact]
    public async Task Erase_OnlySomeStepsApproved_LeavesTheOthersAsTheyWere()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ErasurePlan plan = await sandbox.PlanAsync("dev1");

        List<ErasureReceipt> receipts = await sandbox.EraseAsync(plan, step =>
            step.Location.Place.EndsWith("/paused-archive", StringComparison.Ordinal)
        );

        ErasureReceipt done = receipts.Single(receipt => receipt.RecordsErased > 0);
        // Its route was disabled nobody knows when: a batch can be on its way.
        Assert.Equal((Verdict.ErasurePending, 0L), (done.Verdict, done.RecordsRemaining));
        Assert.DoesNotContain(receipts, receipt =>
            receipt != done && receipt is { Verdict: Verdict.Erased } or { RecordsErased: > 0, Place: not "contosorouted/paused-archive" }
        );
        Assert.Equal(
            Verdict.Present,
            (await sandbox.FindAsync("dev1")).Single(finding => finding.Kind == LocationKinds.DeviceRegistry).Verdict
        );
    }

    [Fact]
    public async Task Erase_ApprovedStepsWereSavedAndReadAgain_AreDoneAllTheSame()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ErasurePlan plan = await sandbox.PlanAsync("dev1");
        ErasurePlan copy = plan with
        {
            Steps = [.. plan.Steps.Select(step => step with { Finding = step.Finding with { Items = [.. step.Finding.Items] } })],
        };

        List<ErasureReceipt> receipts = await sandbox.EraseAsync(copy);

        Assert.True(receipts.Sum(receipt => receipt.RecordsErased) > 0);
    }

    [Fact]
    public async Task Footprint_DuplicatesAndInvalidIds_GiveEachDeviceOnceAndOneFaultForEachInvalidOne()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();

        List<DeviceDataFinding> found = await sandbox.FindAsync("dev1", "dev1", "no spaces allowed", "Dev1", "dev1", "");

        Assert.Equal(["Dev1", "dev1"], found.Select(finding => finding.DeviceId).Distinct().Order(StringComparer.Ordinal));
        Assert.Single(found, finding => finding is { DeviceId: "dev1", Kind: LocationKinds.DeviceRegistry });
        Assert.Equal(["InvalidDeviceId", "InvalidDeviceId"], sandbox.Reported.Select(fault => fault.Id));
    }

    [Fact]
    public async Task Export_Devices_AccountsForEveryRecordOfEveryLocation()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();

        DataExport export = await sandbox.ExportAsync("dev1", "Dev1", "dev10");

        Assert.All(export.Completeness, line => Assert.Equal(line.Found, line.Included + line.Withheld + line.Unreachable));
        foreach (
            IGrouping<string, ExportCompleteness> location in export
                .Completeness.Where(line => line.Kind == LocationKinds.RoutedBlobContainer)
                .GroupBy(line => line.LocationId)
        )
        {
            var written = File.ReadLines(Path.Combine(export.Path, "data", location.Key, "messages.ndjson"))
                .GroupBy(line => JsonDocument.Parse(line).RootElement.GetProperty("deviceId").GetString()!)
                .ToDictionary(device => device.Key, device => device.LongCount());
            Assert.All(location, line => Assert.Equal(line.Included, written[line.DeviceId]));
        }

        JsonElement page = JsonDocument
            .Parse(await File.ReadAllBytesAsync(Path.Combine(export.Path, "data", "completeness.json")))
            .RootElement;
        Assert.Equal(export.Completeness.Count, page.GetProperty("locations").GetArrayLength());
        Assert.Equal(export.Records, page.GetProperty("totals").GetProperty("included").GetInt64());
    }

    [Fact]
    public async Task Export_LeftInTheMiddle_LeavesNothingBehind()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();

        await foreach (DsrEvent _ in sandbox.Exporting(CancellationToken.None, "dev1"))
        {
            if (sandbox.FilesInFolder.Count > 0)
                break;
        }

        Assert.Empty(sandbox.FilesInFolder);
    }

    [Fact]
    public async Task Plan_ReadsTheLocationsOnce()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        sandbox.Server.RequestLog.Clear();

        await sandbox.PlanAsync("dev1");

        // Versions of the API are tried one after the other; none of them twice.
        List<string> asked =
        [
            .. sandbox
                .Server.RequestLog.After(0)
                .Where(entry => entry.Target.Split('?')[0] == sandbox.Server.Descriptor.HubResourceId)
                .Select(entry => entry.Target),
        ];
        Assert.NotEmpty(asked);
        Assert.Equal(asked.Distinct(), asked);
    }

    [Fact]
    public async Task Footprint_ThousandDevices_ListsEachContainerOnceAndLooksAgainForWhatHasMoved()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();

        // A provisioning service is asked for each device, at the pace that it allows.
        foreach (ProvisioningInstance service in sandbox.Server.World.Provisioning.Instances)
            service.LinkedHubs.Clear();
        sandbox.Server.RequestLog.Clear();
        var watch = Stopwatch.StartNew();

        List<DeviceDataFinding> found = await sandbox.FindAsync([.. Enumerable.Range(0, 1000).Select(number => $"nobody-{number}")]);

        Assert.Equal(1000, found.Select(finding => finding.DeviceId).Distinct().Count());
        Assert.All(
            sandbox
                .Server.RequestLog.After(0)
                .Where(entry => entry.Service == "blob" && entry.Target.Contains("restype=container&comp=list", StringComparison.Ordinal))
                .GroupBy(entry => (entry.Host, entry.Target.Split('?')[0])),
            listings => Assert.Equal(2, listings.Count())
        );
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromMinutes(5));
    }

    /// <summary>Findings without what a rewrite changes by right: ETags, and copies that are kept of the former state.</summary>
    private static List<DeviceDataFinding> Comparable(IEnumerable<DeviceDataFinding> findings) =>
        [
            .. findings
                .Select(finding =>
                    finding with
                    {
                        Items = [],
                        Detail = null,
                        RecordCount = finding.RecordCount - finding.OldCopyCount,
                        ByteCount = finding.OldCopyCount > 0 ? 0 : finding.ByteCount,
                        OldCopyCount = 0,
                        FirstTime = null,
                        LastTime = null,
                        Until = null,
                        Location = finding.Location with { Provenance = [], Settings = NoSettings, Statements = [] },
                    }
                )
                .OrderBy(finding => finding.DeviceId, StringComparer.Ordinal)
                .ThenBy(finding => finding.Location.Id, StringComparer.Ordinal),
        ];

    private static readonly Dictionary<string, string> NoSettings = [];
}
