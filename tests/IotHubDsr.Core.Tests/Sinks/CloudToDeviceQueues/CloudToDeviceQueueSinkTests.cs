using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Sinks.CloudToDeviceQueues;
using IotHubDsr.Core.Tests.Azure.Hub;
using IotHubDsr.Core.Tests.Packages;
using IotHubDsr.Core.Tests.Sinks.Registry;
using IotHubDsr.Sandbox.Hosting;

namespace IotHubDsr.Core.Tests.Sinks.CloudToDeviceQueues;

public sealed class CloudToDeviceQueueSinkTests : IAsyncLifetime
{
    private RegistrySandbox _sandbox = null!;

    public async Task InitializeAsync() => _sandbox = await RegistrySandbox.StartAsync();

    public async Task DisposeAsync() => await _sandbox.DisposeAsync();

    [Fact]
    public async Task Find_Waiting_CountsThemAndSaysWhyNoMoreIsKnown()
    {
        IReadOnlyList<DeviceDataFinding> findings = await FindAsync("dev1", "Dev1", "it's", "never-there");

        Assert.Equal([3, 0, 1, 0], findings.Select(finding => finding.RecordCount));
        Assert.Equal([Verdict.Present, Verdict.Absent, Verdict.Present, Verdict.Absent], findings.Select(finding => finding.Verdict));
        Assert.Contains("not their content", findings[0].Detail, StringComparison.Ordinal);
        Assert.Empty(_sandbox.Mutations);
    }

    [Fact]
    public async Task Find_IdentityWithoutACount_IsNotAbsent()
    {
        using var hub = new ScriptedHub();
        hub.Answers(200, """{"deviceId":"d","generationId":"1","etag":"e"}""");
        var sink = new CloudToDeviceQueueSink(hub.Client());

        DeviceDataFinding finding = Assert.Single(
            await sink.FindAsync(_sandbox.Call(LocationKinds.CloudToDeviceQueue), ["d"], CancellationToken.None)
        );

        Assert.Equal(Verdict.Unreachable, finding.Verdict);
    }

    [Fact]
    public async Task Export_Waiting_IsWithheldWithItsGround()
    {
        var target = new MemoryTarget();

        IReadOnlyList<ExportCompleteness> lines = await _sandbox.Queue.ExportAsync(
            _sandbox.Call(LocationKinds.CloudToDeviceQueue),
            ["dev1", "Dev1"],
            target,
            CancellationToken.None
        );

        Assert.Equal([(3L, 0L, 3L), (0L, 0L, 0L)], lines.Select(line => (line.Found, line.Included, line.Withheld)));
        Assert.Contains("not their content", lines[0].Ground, StringComparison.Ordinal);
        Assert.Null(lines[1].Ground);
        Assert.Empty(target.Files);
    }

    [Fact]
    public async Task Erase_Waiting_PurgesThatQueueAndNoOther()
    {
        ErasureOutcome outcome = Assert.Single(await EraseAsync(await FindAsync("it's")));

        Assert.Equal(new ErasureOutcome("it's", 1, 1), outcome);
        Assert.Equal(["DELETE /devices/it%27s/commands"], _sandbox.Mutations);
        Assert.Equal([0, 3], (await FindAsync("it's", "dev1")).Select(finding => finding.RecordCount));
        Assert.Contains(_sandbox.Events, entry => entry is (NoticeEvent { Level: NoticeLevel.Verbose }, 0));
    }

    [Fact]
    public async Task Erase_AnotherDeviceTookTheId_LeavesItsQueueAlone()
    {
        IReadOnlyList<DeviceDataFinding> findings = await FindAsync("dev1");
        _sandbox.Recreate("dev1");
        _sandbox.Registry.Device("dev1").PendingCommands = 2;

        ErasureOutcome outcome = Assert.Single(await EraseAsync(findings));

        Assert.Equal(FaultCatalogue.DeviceRecreated.Id, outcome.Fault?.Id);
        Assert.Empty(_sandbox.Mutations);
        Assert.Equal(2, _sandbox.Registry.Device("dev1").PendingCommands);
    }

    [Fact]
    public async Task Erase_DeviceIsGone_SendsNothing()
    {
        IReadOnlyList<DeviceDataFinding> findings = await FindAsync("dev1");
        lock (_sandbox.Registry.Gate)
            _sandbox.Registry.Delete(_sandbox.Registry.Device("dev1"));

        Assert.Equal(new ErasureOutcome("dev1", 0, 0), Assert.Single(await EraseAsync(findings)));
        Assert.Empty(_sandbox.Mutations);
    }

    [Fact]
    public async Task Erase_OneFails_OthersGoOn()
    {
        _sandbox.Faults.Add(
            new FaultRule
            {
                Service = "hub",
                Method = "DELETE",
                PathContains = "/devices/dev1/commands",
                Status = 400,
            }
        );

        IReadOnlyList<ErasureOutcome> outcomes = await EraseAsync(await FindAsync("dev1", "it's"));

        Assert.Equal([FaultCatalogue.ServiceFailed.Id, null], outcomes.Select(outcome => outcome.Fault?.Id));
        Assert.Equal([0, 1], outcomes.Select(outcome => outcome.RecordsErased));
    }

    private Task<IReadOnlyList<DeviceDataFinding>> FindAsync(params string[] deviceIds) =>
        _sandbox.Queue.FindAsync(_sandbox.Call(LocationKinds.CloudToDeviceQueue), deviceIds, CancellationToken.None);

    private Task<IReadOnlyList<ErasureOutcome>> EraseAsync(IReadOnlyList<DeviceDataFinding> findings) =>
        _sandbox.Queue.EraseAsync(_sandbox.Call(LocationKinds.CloudToDeviceQueue), findings, CancellationToken.None);
}
