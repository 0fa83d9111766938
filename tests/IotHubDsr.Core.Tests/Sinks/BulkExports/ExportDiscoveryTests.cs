using System.Text.Json.Nodes;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Tests.Sandbox;
using IotHubDsr.Core.Topology;
using IotHubDsr.Sandbox;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.World;
using HubThrottle = IotHubDsr.Core.Azure.Hub.HubThrottle;

namespace IotHubDsr.Core.Tests.Sinks.BulkExports;

/// <summary>From the hub's own jobs to the containers that they export devices to, or import them from.</summary>
public sealed class ExportDiscoveryTests
{
    private const string Signature = "sv=2024-11-04&sig=c2VjcmV0LXNpZ25hdHVyZQ%3D%3D";
    private const string Place = $"{WorldNames.UploadAccount}/exports";

    [Fact]
    public async Task Jobs_LeadToTheirContainers_WithTheNamesOfTheirBlobs_AndWithoutTheSignature()
    {
        await using World world = await World.StartAsync();
        world.Run("export");
        world.Run("export");
        world.Run("export", ("outputBlobName", "all/devices-2026.txt"), ("includeConfigurations", true));
        world.Run("import", ("inputBlobContainerUri", World.Uri("exports")), ("inputBlobName", "devices.txt"));

        DataLocation found = Assert.Single(await world.ExportsAsync());

        Assert.Equal((Place, world.Names.StorageId(WorldNames.UploadAccount)), (found.Place, found.ResourceId));
        Assert.Equal(
            ["all/devices-2026.txt", "configurations.txt", "devices.txt", "importErrors.log"],
            found.Settings[LocationSettings.ExportBlobs].Split('\n')
        );
        Assert.Contains(found.Provenance, static why =>
            why.StartsWith("2 jobs of the hub exported all devices to 'devices.txt'", StringComparison.Ordinal)
        );
        Assert.Contains(found.Provenance, static why => why.Contains("imported devices from 'devices.txt'", StringComparison.Ordinal));
        string all = $"{string.Join('|', found.Provenance)}|{string.Join('|', found.Settings.Values)}|{found.Advice}|{found.Place}";
        Assert.DoesNotContain("sig=", all, StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", all, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConnectionStringAlone_FindsThemToo_AndTheOtherPlacesOfTheHub()
    {
        await using World world = await World.StartAsync();
        world.Run("export");

        DiscoveryResult result = await world.ByConnectionStringAsync();

        DataLocation found = Assert.Single(result.Locations, static location => location.Kind == LocationKinds.BulkExportContainer);
        Assert.Equal(Place, found.Place);
        // Nobody knows which other hubs export there.
        Assert.True(found.Settings.ContainsKey(LocationSettings.SharingUnknown));
        Assert.Contains(result.Locations, static location => location.Kind == LocationKinds.JobHistory);
        Assert.Empty(result.Faults);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Jobs_ThatMayNotBeListed_AreAPlaceAndAFault(bool byConnectionString)
    {
        await using World world = await World.StartAsync();
        world.Run("export");
        world.Server.Faults.Add(
            new FaultRule
            {
                Service = "hub",
                PathContains = "/jobs",
                Status = 403,
                Times = 100,
            }
        );

        DiscoveryResult result = byConnectionString ? await world.ByConnectionStringAsync() : await world.DiscoverAsync();

        Assert.Contains(result.Faults, static fault =>
            fault.Message.Contains("export and import jobs", StringComparison.Ordinal)
            || fault.Target.Contains("hub", StringComparison.Ordinal)
        );
        Assert.Contains(result.Locations, static location =>
            location.Kind == LocationKinds.UnreadConfiguration && location.Place == $"export and import jobs of {WorldNames.HubName}"
        );
    }

    [Theory]
    [InlineData("https://contosouploads.blob.core.windows.net/")]
    [InlineData("http://contosouploads.blob.core.windows.net/exports")]
    [InlineData("not an address")]
    public async Task JobWithoutAContainer_IsUnread_AndNeverSkipped(string address)
    {
        await using World world = await World.StartAsync();
        world.Server.World.Jobs.All.Add(
            new JsonObject
            {
                ["jobId"] = "odd-1",
                ["type"] = "export",
                ["status"] = "completed",
                ["startTimeUtc"] = "2099-01-01T00:00:00Z",
                ["outputBlobContainerUri"] = address,
            }
        );

        DiscoveryResult result = await world.DiscoverAsync();

        Assert.Contains(result.Locations, static location =>
            location.Kind == LocationKinds.UnreadConfiguration && location.Place.Contains("odd-1", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task ContainerOfAnotherCloudsHost_IsALocation_ThatNoTokenIsSentTo()
    {
        await using World world = await World.StartAsync();
        world.Server.World.Jobs.All.Add(
            new JsonObject
            {
                ["jobId"] = "far-1",
                ["type"] = "export",
                ["status"] = "running",
                ["startTimeUtc"] = "2099-01-01T00:00:00Z",
                ["outputBlobContainerUri"] = $"https://blobs.example/exports?{Signature}",
            }
        );

        DataLocation found = Assert.Single(await world.ExportsAsync());

        Assert.Equal("blobs.example/exports", found.Place);
        Assert.NotNull(found.FlushTime);
        Assert.DoesNotContain("sig=", string.Join('|', found.Settings.Values), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ContainerThatAlsoTakesRoutedMessages_IsToldToBothSides()
    {
        await using World world = await World.StartAsync();
        world.Run("export", ("outputBlobContainerUri", $"https://{WorldNames.PlainAccount}.blob.core.windows.net/raw-json?{Signature}"));

        IReadOnlyList<DataLocation> all = (await world.DiscoverAsync()).Locations;

        DataLocation[] there = [.. all.Where(static location => location.Place == $"{WorldNames.PlainAccount}/raw-json")];
        Assert.Equal(
            ["BulkExportContainer", "RoutedBlobContainer"],
            there.Select(static location => location.Kind).Order(StringComparer.Ordinal)
        );
        Assert.All(there, static location => Assert.Equal("devices.txt", location.Settings[LocationSettings.ExportBlobs]));
        Assert.Single(there, static location => location.Settings.ContainsKey(LocationSettings.IsBesideOthers));
    }

    /// <summary>A hub in the sandbox that runs jobs, and what discovery finds of it.</summary>
    private sealed class World(SandboxServer server) : IAsyncDisposable
    {
        private readonly AzureAccess _access = SandboxAccess.Open(server, new Wire());

        public SandboxServer Server => server;

        public WorldNames Names => server.World.Names;

        public static async Task<World> StartAsync()
        {
            var world = new World(await SandboxServer.StartAsync(new SandboxOptions { HasData = false }, CancellationToken.None));
            world.Server.World.Blobs.GetOrAddAccount(WorldNames.UploadAccount).GetOrAddContainer("exports");
            return world;
        }

        public static string Uri(string container) => $"https://{WorldNames.UploadAccount}.blob.core.windows.net/{container}?{Signature}";

        /// <summary>As a client of the hub does it.</summary>
        public void Run(string type, params (string Name, JsonNode Value)[] members)
        {
            var job = new JsonObject { ["type"] = type, ["outputBlobContainerUri"] = Uri("exports") };
            foreach ((string name, JsonNode value) in members)
                job[name] = value;
            SandboxWorld world = server.World;
            lock (world.Registry.Gate)
                world.Jobs.Transfer(job);
        }

        public async Task<IReadOnlyList<DataLocation>> ExportsAsync() =>
            [.. (await DiscoverAsync()).Locations.Where(static location => location.Kind == LocationKinds.BulkExportContainer)];

        public async Task<DiscoveryResult> DiscoverAsync()
        {
            var arm = new ArmReader(_access);
            HubDescription hub = await new HubResource(arm, static (_, _) => { }).ReadHubAsync(Names.HubId, CancellationToken.None);
            var discovery = new LocationDiscovery(
                SinkCatalogue.OfModule.Kinds,
                SinkCatalogue.OfModule.Sources,
                arm,
                _access.Cloud,
                static (_, _) => { },
                Hub
            );
            return await discovery.DiscoverAsync(hub, [], CancellationToken.None);
        }

        public Task<DiscoveryResult> ByConnectionStringAsync() =>
            LocationDiscovery.ForConnectionStringAsync(
                SinkCatalogue.OfModule.Kinds,
                SinkCatalogue.OfModule.Sources,
                Hub,
                _access.Cloud,
                [],
                CancellationToken.None
            );

        public async ValueTask DisposeAsync()
        {
            _access.Dispose();
            await server.DisposeAsync();
        }

        private HubClient Hub => HubClient.WithToken(_access, WorldNames.HubHostName, HubThrottle.For("S3", 4, 1));
    }
}
