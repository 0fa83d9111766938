using System.Net;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Sinks.Registry;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sinks.Registry;

public sealed class RegistryFindTests : IAsyncLifetime
{
    private RegistrySandbox _sandbox = null!;

    public async Task InitializeAsync() => _sandbox = await RegistrySandbox.StartAsync();

    public async Task DisposeAsync() => await _sandbox.DisposeAsync();

    [Fact]
    public async Task Find_DeviceWithAModule_GivesEachDocumentWithTheETagThatWasSeen()
    {
        DeviceDataFinding finding = await _sandbox.FindAsync("dev1");

        Assert.Equal(Verdict.Present, finding.Verdict);
        Assert.Equal(_sandbox.Registry.Device("dev1").GenerationId, finding.GenerationId);
        Assert.Equal(_sandbox.Registry.Device("dev1").LastActivity.UtcDateTime, finding.LastTime?.UtcDateTime);
        Assert.Equal(
            [
                ("devices/dev1", _sandbox.Registry.Device("dev1").ETag),
                ("twins/dev1", _sandbox.Registry.Device("dev1").Twin.ETag),
                ("devices/dev1/modules/tracker", _sandbox.Registry.Module("dev1", "tracker").ETag),
                ("twins/dev1/modules/tracker", _sandbox.Registry.Module("dev1", "tracker").Twin.ETag),
            ],
            finding.Items.Select(item => (item.Path, item.ETag))
        );
        Assert.Equal(4, finding.RecordCount);
        Assert.Equal(finding.Items.Sum(item => item.Bytes), finding.ByteCount);
        Assert.All(finding.Items, item => Assert.True(item.Bytes > 100));
        Assert.Empty(_sandbox.Mutations);
    }

    [Fact]
    public async Task Find_EveryDeviceOfTheWorld_IsItselfAndNoLookAlike()
    {
        string[] ids = [.. _sandbox.Registry.Devices.Select(device => device.DeviceId)];
        Assert.Subset(ids.ToHashSet(), DeviceSeed.Awkward.Concat(DeviceSeed.LookAlikes).ToHashSet());

        IReadOnlyList<DeviceDataFinding> findings = await _sandbox.FindAsync(ids);

        Assert.Equal(
            _sandbox.Registry.Devices.Select(device => (device.DeviceId, (string?)device.GenerationId, Verdict.Present)),
            findings.Select(finding => (finding.DeviceId, finding.GenerationId, finding.Verdict))
        );
    }

    [Fact]
    public async Task Find_NeverActive_HasNoTime()
    {
        _sandbox.Registry.Device("dev2").LastActivity = DateTimeOffset.MinValue;

        Assert.Null((await _sandbox.FindAsync("dev2")).LastTime);
    }

    [Theory]
    [InlineData("DEV1")]
    [InlineData("dev")]
    [InlineData("50%")]
    [InlineData("never-there")]
    public async Task Find_NoSuchDevice_IsAbsent(string deviceId)
    {
        DeviceDataFinding finding = await _sandbox.FindAsync(deviceId);

        Assert.Equal((Verdict.Absent, 0L), (finding.Verdict, finding.RecordCount));
        Assert.Empty(finding.Items);
    }

    [Fact]
    public async Task Find_AnotherHub_IsAFailureAndNotAbsent()
    {
        var sink = new RegistrySink(_sandbox.ClientFor("fabrikam-hub.azure-devices.net"));

        DsrException failure = await Assert.ThrowsAsync<DsrException>(() =>
            sink.FindAsync(_sandbox.Call(LocationKinds.DeviceRegistry), ["dev1"], CancellationToken.None)
        );

        Assert.Equal(FaultCatalogue.HubNotFound.Id, failure.Fault.Id);
    }

    [Fact]
    public async Task Find_AccountWithoutRole_NamesTheRole()
    {
        _sandbox.Deny("RegistryRead");

        DsrException failure = await Assert.ThrowsAsync<DsrException>(() => _sandbox.FindAsync("dev1"));

        Assert.Equal(FaultCatalogue.PermissionMissing.Id, failure.Fault.Id);
        Assert.Contains("IoT Hub Data Reader", failure.Fault.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Find_OneDeviceCannotBeRead_OthersGoOnAndItIsNotAbsent()
    {
        _sandbox.Faults.Add(
            new FaultRule
            {
                Service = "hub",
                PathContains = "/twins/dev2?",
                Status = 400,
            }
        );

        IReadOnlyList<DeviceDataFinding> findings = await _sandbox.FindAsync("dev1", "dev2", "dev10");

        Assert.Equal([Verdict.Present, Verdict.Unreachable, Verdict.Present], findings.Select(finding => finding.Verdict));
        Assert.NotNull(findings[1].Detail);
        Assert.Single(_sandbox.Events, entry => entry.Event is FaultEvent);
    }

    [Fact]
    public async Task Find_TwinGoneWhileTheDeviceIsRead_ReadsItAgain()
    {
        _sandbox.Faults.Add(
            new FaultRule
            {
                Service = "hub",
                PathContains = "/twins/dev1?",
                Status = 404,
            }
        );

        Assert.Equal(4, (await _sandbox.FindAsync("dev1")).RecordCount);
    }

    [Fact]
    public async Task Find_TwinMissingForGood_IsNotAbsent()
    {
        _sandbox.Faults.Add(
            new FaultRule
            {
                Service = "hub",
                PathContains = "/twins/dev1?",
                Status = 404,
                Times = 100,
            }
        );

        Assert.Equal(Verdict.Unreachable, (await _sandbox.FindAsync("dev1")).Verdict);
    }

    [Fact]
    public async Task Find_ServiceIsShortlyUnavailable_TriesAgain()
    {
        _sandbox.Faults.Add(
            new FaultRule
            {
                Service = "hub",
                PathContains = "/devices/dev1?",
                Status = 503,
            }
        );

        Assert.Equal(Verdict.Present, (await _sandbox.FindAsync("dev1")).Verdict);
    }

    [Fact]
    public async Task Find_BodyCutOff_IsNotAbsent()
    {
        _sandbox.Faults.Add(
            new FaultRule
            {
                Service = "hub",
                PathContains = "/devices/dev1?",
                TruncateAfterBytes = 0,
                Times = 100,
            }
        );

        Assert.Equal(Verdict.Unreachable, (await _sandbox.FindAsync("dev1")).Verdict);
    }

    [Fact]
    public async Task Find_BasicTier_AsksForNoTwins()
    {
        var sink = new RegistrySink(_sandbox.ClientFor(_sandbox.Descriptor.HubHostName, "B1"));
        _sandbox.Faults.Add(
            new FaultRule
            {
                Service = "hub",
                PathContains = "/twins/",
                Status = 400,
                Times = 100,
            }
        );

        DeviceDataFinding finding = Assert.Single(
            await sink.FindAsync(_sandbox.Call(LocationKinds.DeviceRegistry), ["dev1"], CancellationToken.None)
        );

        Assert.Equal(["devices/dev1", "devices/dev1/modules/tracker"], finding.Items.Select(item => item.Path));
    }

    [Fact]
    public async Task Find_SharedAccessKey_IsAcceptedAndAWrongOneIsNot()
    {
        string connectionString = new NetworkCredential(string.Empty, _sandbox.Descriptor.ConnectionString).Password;
        HubClient right = _sandbox.ClientWithKey(connectionString);
        string withoutKey = connectionString[..connectionString.IndexOf("SharedAccessKey=", StringComparison.Ordinal)];
        HubClient wrong = _sandbox.ClientWithKey(withoutKey + "SharedAccessKey=d3Jvbmcga2V5");

        Assert.NotNull(await right.GetIdentityAsync("x'=(y)!*", CancellationToken.None));
        DsrException failure = await Assert.ThrowsAsync<DsrException>(() => wrong.GetIdentityAsync("dev1", CancellationToken.None));
        Assert.Equal(FaultCatalogue.AuthenticationFailed.Id, failure.Fault.Id);
    }

    [Fact]
    public async Task QueryDeviceIds_ByTag_FindsThePersonsDevices()
    {
        var ids = new List<string>();
        await foreach (string id in _sandbox.Client.QueryDeviceIdsAsync("tags.owner = 'ana.lopez'", CancellationToken.None))
            ids.Add(id);

        Assert.Equal(
            _sandbox
                .Registry.Devices.Where(device => device.Twin.Tags["owner"]?.ToString() == "ana.lopez")
                .Select(device => device.DeviceId)
                .Order(StringComparer.Ordinal),
            ids.Order(StringComparer.Ordinal)
        );
        Assert.Contains("dev1", ids);
        Assert.DoesNotContain("Dev1", ids);
    }

    [Fact]
    public async Task GetStatistics_World_CountsItsDevices() =>
        Assert.Equal(_sandbox.Registry.Devices.Count, (await _sandbox.Client.GetStatisticsAsync(CancellationToken.None)).Devices);
}
