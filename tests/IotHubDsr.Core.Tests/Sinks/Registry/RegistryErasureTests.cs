using System.Text.Json.Nodes;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.Hub;

namespace IotHubDsr.Core.Tests.Sinks.Registry;

public sealed class RegistryErasureTests : IAsyncLifetime
{
    private RegistrySandbox _sandbox = null!;

    public async Task InitializeAsync() => _sandbox = await RegistrySandbox.StartAsync();

    public async Task DisposeAsync() => await _sandbox.DisposeAsync();

    [Fact]
    public async Task Erase_Unchanged_DeletesItAndNoLookAlike()
    {
        DeviceDataFinding finding = await _sandbox.FindAsync("dev1");
        string before = Others("dev1");

        ErasureOutcome outcome = Assert.Single(await _sandbox.EraseAsync(finding));

        Assert.Equal(new ErasureOutcome("dev1", 4, 4), outcome);
        Assert.Equal(["DELETE /devices/dev1"], _sandbox.Mutations);
        Assert.Equal(Verdict.Absent, (await _sandbox.FindAsync("dev1")).Verdict);
        Assert.Equal(before, Others("dev1"));
    }

    [Fact]
    public async Task Erase_EveryDeletion_IsAnnouncedBeforeItIsSent()
    {
        DeviceDataFinding finding = await _sandbox.FindAsync("it's");

        await _sandbox.EraseAsync(finding);

        (DsrEvent announced, int mutationsBefore) = Assert.Single(_sandbox.Events);
        string text = Assert.IsType<NoticeEvent>(announced).Text;
        Assert.Contains($"'it's' if its ETag is still {finding.Items[0].ETag}", text, StringComparison.Ordinal);
        Assert.Equal(0, mutationsBefore);
    }

    [Fact]
    public async Task Erase_ChangedSinceItWasFound_DeletesTheSameDeviceInItsNewState()
    {
        DeviceDataFinding finding = await _sandbox.FindAsync("dev1");
        _sandbox.Change("dev1");

        ErasureOutcome outcome = Assert.Single(await _sandbox.EraseAsync(finding));

        Assert.Null(outcome.Fault);
        Assert.Null(_sandbox.Registry.Find("dev1"));
        Assert.Equal(2, _sandbox.Events.Count(entry => entry.Event is NoticeEvent));
    }

    [Fact]
    public async Task Erase_ChangedDuringEachAttempt_GivesUpAndLeavesIt()
    {
        DeviceDataFinding finding = await _sandbox.FindAsync("dev1");
        _sandbox.OnAnnounce = _ => _sandbox.Change("dev1");

        ErasureOutcome outcome = Assert.Single(await _sandbox.EraseAsync(finding));

        Assert.Equal(FaultCatalogue.ConcurrentChange.Id, outcome.Fault?.Id);
        Assert.Equal((0L, 0), (outcome.RecordsErased, outcome.ItemsChanged));
        Assert.Equal(3, _sandbox.Mutations.Count);
        Assert.NotNull(_sandbox.Registry.Find("dev1"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Erase_AnotherDeviceTookTheId_LeavesItAlone(bool atTheLastMoment)
    {
        DeviceDataFinding finding = await _sandbox.FindAsync("dev1");
        if (atTheLastMoment)
            _sandbox.OnAnnounce = _ => _sandbox.Recreate("dev1");
        else
            _sandbox.Recreate("dev1");

        ErasureOutcome outcome = Assert.Single(await _sandbox.EraseAsync(finding));

        Assert.Equal(FaultCatalogue.DeviceRecreated.Id, outcome.Fault?.Id);
        Assert.NotNull(_sandbox.Registry.Find("dev1"));
        Assert.Single(_sandbox.Mutations);
    }

    [Fact]
    public async Task Erase_DeletedByOthers_CountsNothingAndSaysSo()
    {
        DeviceDataFinding finding = await _sandbox.FindAsync("dev1");
        lock (_sandbox.Registry.Gate)
            _sandbox.Registry.Delete(_sandbox.Registry.Device("dev1"));

        ErasureOutcome outcome = Assert.Single(await _sandbox.EraseAsync(finding));

        Assert.Equal((0L, 0), (outcome.RecordsErased, outcome.ItemsChanged));
        Assert.Null(outcome.Fault);
        Assert.NotNull(outcome.Detail);
    }

    [Fact]
    public async Task Erase_NothingWasFound_SendsNothing()
    {
        DeviceDataFinding finding = await _sandbox.FindAsync("never-there");
        lock (_sandbox.Registry.Gate)
            _sandbox.Registry.Create("never-there", []);

        Assert.Equal(new ErasureOutcome("never-there", 0, 0), Assert.Single(await _sandbox.EraseAsync(finding)));
        Assert.Empty(_sandbox.Mutations);
        Assert.NotNull(_sandbox.Registry.Find("never-there"));
    }

    [Fact]
    public async Task Erase_MoreThanAHundred_GoesInBulkAndAccountsForEach()
    {
        lock (_sandbox.Registry.Gate)
        {
            for (int number = 0; number < 150; number++)
                _sandbox.Registry.Create($"bulk-{number}", []);
        }

        string[] ids = [.. Enumerable.Range(0, 150).Select(number => $"bulk-{number}")];
        string before = Others(ids);

        IReadOnlyList<ErasureOutcome> outcomes = await _sandbox.EraseAsync([.. await _sandbox.FindAsync(ids)]);

        Assert.Equal(ids.Select(id => new ErasureOutcome(id, 2, 2)), outcomes);
        Assert.Equal(["POST /devices", "POST /devices"], _sandbox.Mutations);
        Assert.Equal(before, Others(ids));
        Assert.All(await _sandbox.FindAsync(ids), finding => Assert.Equal(Verdict.Absent, finding.Verdict));
        Assert.Equal([100, 50], _sandbox.Announced.Select(what => what.Items.Count));
        Assert.Equal(ids, _sandbox.Announced.SelectMany(what => what.Items).Select(item => item.DeviceId));
        Assert.All(_sandbox.Announced.SelectMany(what => what.Items), item => Assert.Equal((2, 2), (item.Records, item.Changes)));
    }

    [Fact]
    public async Task Erase_BulkInWhichPartFails_TreatsEachAsItsOwn()
    {
        IReadOnlyList<DeviceDataFinding> findings = await _sandbox.FindAsync("dev1", "Dev1", "dev10", "100%");
        _sandbox.Change("Dev1");
        _sandbox.Recreate("dev10");
        lock (_sandbox.Registry.Gate)
            _sandbox.Registry.Delete(_sandbox.Registry.Device("100%"));

        IReadOnlyList<ErasureOutcome> outcomes = await _sandbox.EraseAsync([.. findings]);

        Assert.Equal([4, 2, 0, 0], outcomes.Select(outcome => outcome.RecordsErased));
        Assert.Equal([null, null, FaultCatalogue.DeviceRecreated.Id, null], outcomes.Select(outcome => outcome.Fault?.Id));
        Assert.NotNull(outcomes[3].Detail);
        Assert.Equal(["POST /devices", "DELETE /devices/Dev1"], _sandbox.Mutations);
        Assert.NotNull(_sandbox.Registry.Find("dev10"));
    }

    [Fact]
    public async Task Erase_BulkRefusedAsAWhole_IsTheFailureOfEachAndDeletesNothing()
    {
        DeviceDataFinding[] findings = [.. await _sandbox.FindAsync("dev1", "Dev1")];
        _sandbox.Faults.Add(
            new FaultRule
            {
                Service = "hub",
                Method = "POST",
                PathContains = "/devices?",
                Status = 400,
            }
        );

        IReadOnlyList<ErasureOutcome> outcomes = await _sandbox.EraseAsync(findings);

        Assert.All(outcomes, outcome => Assert.Equal(FaultCatalogue.ServiceFailed.Id, outcome.Fault?.Id));
        Assert.NotNull(_sandbox.Registry.Find("dev1"));
        Assert.NotNull(_sandbox.Registry.Find("Dev1"));
    }

    [Fact]
    public async Task Erase_AccountMayNotDelete_NamesTheRole()
    {
        DeviceDataFinding finding = await _sandbox.FindAsync("dev1");
        _sandbox.Deny("RegistryWrite");

        ErasureOutcome outcome = Assert.Single(await _sandbox.EraseAsync(finding));

        Assert.Equal(FaultCatalogue.PermissionMissing.Id, outcome.Fault?.Id);
        Assert.Contains("IoT Hub Data Contributor", outcome.Fault?.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Erase_EveryDeviceOfTheWorld_OneByOne_EmptiesTheRegistry()
    {
        foreach (string id in _sandbox.Registry.Devices.Select(device => device.DeviceId).ToArray())
        {
            ErasureOutcome outcome = Assert.Single(await _sandbox.EraseAsync(await _sandbox.FindAsync(id)));
            Assert.Null(outcome.Fault);
            Assert.Null(_sandbox.Registry.Find(id));
        }

        Assert.Empty(_sandbox.Registry.Devices);
    }

    private string Others(params string[] erased)
    {
        IEnumerable<HubIdentity> others = _sandbox.Registry.Devices.Where(device => !erased.Contains(device.DeviceId));
        return new JsonArray([.. others.Select(device => new JsonArray(device.ToIdentityJson(), device.ToTwinJson()))]).ToJsonString();
    }
}
