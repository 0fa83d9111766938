using System.Text.Json.Nodes;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Tests.Sandbox;
using IotHubDsr.Core.Tests.Topology;
using IotHubDsr.Core.Topology;
using IotHubDsr.Sandbox;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sinks.DeviceUpdateInstances;

/// <summary>Instances of Device Update that are linked to the hub: their owner acts, and is told what to do.</summary>
public sealed class DeviceUpdateTests
{
    private const string Account = "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.DeviceUpdate/accounts/contosoadu";

    [Theory]
    [InlineData($$"""{"iotHubs":[{"resourceId":"{{HubWorld.HubId}}"}]}""", 1)]
    [InlineData("""{"iotHubs":[{"resourceId":"/SUBSCRIPTIONS/S1/resourcegroups/RG/providers/microsoft.devices/iothubs/CONTOSO"}]}""", 1)]
    [InlineData("""{"iotHubs":[{"resourceId":"/subscriptions/s1/resourceGroups/rg/providers/Microsoft.Devices/IotHubs/fabrikam"}]}""", 0)]
    [InlineData("""{"iotHubs":[]}""", 0)]
    [InlineData("""{"iotHubs":[{"name":"contoso"}]}""", 1)]
    [InlineData("""{"iotHubs":"contoso"}""", 1)]
    [InlineData("{}", 1)]
    public async Task Instance_IsALocation_WhereItIsLinkedToTheHub_OrDoesNotTell(string properties, int count)
    {
        HubWorld world = World($$"""{"value":[{"id":"{{Account}}/instances/prod","name":"prod","properties":{{properties}} }]}""");

        DiscoveryResult result = await world.DiscoverAsync("{}");

        DataLocation[] found = [.. result.Locations.Where(static location => location.Kind == LocationKinds.DeviceUpdateInstance)];
        Assert.Equal(count, found.Length);
        Assert.All(found, static location =>
        {
            Assert.Equal((Verdict.OwnerAction, "contosoadu/prod"), (location.Verdict, location.Place));
            Assert.Equal($"{Account}/instances/prod", location.ResourceId);
            Assert.Contains("no call that deletes one device", location.Advice, StringComparison.Ordinal);
            Assert.Contains("GET /deviceUpdate/{instance}/management/devices/{device}", location.Advice, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Account_WhoseInstancesCannotBeRead_IsAPlaceAndAFault()
    {
        HubWorld world = World("""{"error":{"code":"AuthorizationFailed","message":"no"}}""", 403);

        DiscoveryResult result = await world.DiscoverAsync("{}");

        Assert.Equal(FaultCatalogue.PermissionMissing.Id, Assert.Single(result.Faults).Id);
        Assert.Contains(result.Locations, static location =>
            location.Kind == LocationKinds.UnreadConfiguration && location.Place.Contains("contosoadu", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Sandbox_AccountsAndInstancesInPages_AreFoundThroughResourceGraph_WithTheAccountOfTheirLogs()
    {
        await using SandboxServer server = await SandboxServer.StartAsync(new SandboxOptions { HasData = false }, CancellationToken.None);
        WorldNames names = server.World.Names;
        string account = names.Resource(WorldNames.DataGroup, "Microsoft.DeviceUpdate/accounts", "contosoadu");
        for (int number = 0; number < 5; number++)
            server.World.UpdateInstances.Add(Instance($"{account}/instances/i{number}", number % 2 == 0 ? names.HubId : names.NeighbourId));
        using AzureAccess access = SandboxAccess.Open(server, new Wire());
        var arm = new ArmReader(access);
        HubDescription hub = await new HubResource(arm, static (_, _) => { }).ReadHubAsync(names.HubId, CancellationToken.None);

        DiscoveryResult result = await new LocationDiscovery(
            SinkCatalogue.OfModule.Kinds,
            SinkCatalogue.OfModule.Sources,
            arm,
            access.Cloud,
            static (_, _) => { }
        ).DiscoverAsync(hub, [], CancellationToken.None);

        DataLocation[] found = [.. result.Locations.Where(static location => location.Kind == LocationKinds.DeviceUpdateInstance)];
        Assert.Equal(["contosoadu/i0", "contosoadu/i2", "contosoadu/i4"], found.Select(static location => location.Place));
        Assert.All(found, static location => Assert.Contains("storage account contosouploads", location.Advice, StringComparison.Ordinal));

        JsonObject Instance(string id, string hubId) =>
            new()
            {
                ["id"] = id,
                ["name"] = id[(id.LastIndexOf('/') + 1)..],
                ["properties"] = new JsonObject
                {
                    ["accountName"] = "contosoadu",
                    ["iotHubs"] = new JsonArray(new JsonObject { ["resourceId"] = hubId }),
                    ["enableDiagnostics"] = true,
                    ["diagnosticStorageProperties"] = new JsonObject
                    {
                        ["authenticationType"] = "KeyBased",
                        ["resourceId"] = names.StorageId(WorldNames.UploadAccount),
                    },
                },
            };
    }

    private static HubWorld World(string instances, int status = 200)
    {
        var world = new HubWorld();
        world.Arm.On(
            HubWorld.ResourceGraph,
            $$"""{"totalRecords":1,"count":1,"resultTruncated":"false","data":[{"id":"{{Account}}","type":"microsoft.deviceupdate/accounts"}]}"""
        );
        world.Arm.On($"{Account}/instances", instances, status);
        return world;
    }
}
