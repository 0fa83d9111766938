using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Cosmos;
using IotHubDsr.Sandbox.Hub;
using IotHubDsr.Sandbox.Messaging;
using IotHubDsr.Sandbox.Storage;

namespace IotHubDsr.Sandbox.World;

/// <summary>
/// Makes the world. Its only inputs are the seed, the scale and the base time, which is the full hour in which the sandbox was
/// started: two sandboxes of one hour and one seed are equal to the byte.
/// </summary>
internal static class WorldBuilder
{
    // What came later has numbers of its own: what else a seed makes stays as it was.
    private const int MessagingNumbers = 0x4d534721;
    private const int DocumentSeed = 0x00C05305;
    private const int QueueSeed = 0x0000E6E6;

    public static SandboxWorld Build(SandboxOptions options)
    {
        DateTimeOffset now = options.Time.GetUtcNow();
        var baseTime = new DateTimeOffset(now.Year, now.Month, now.Day, now.Hour, 0, 0, TimeSpan.Zero);
        var random = new Random(options.Seed);
        var clock = new SandboxClock(options.Time);
        var names = new WorldNames(random);
        RoutingConfiguration routing = options.StorageOnly ? WorldRouting.Configuration.ToStorage() : WorldRouting.Configuration;
        var throttle = new HubThrottle(clock);
        throttle.Configure(options.HubSku, options.HubUnits);

        clock.HoldAt(baseTime.AddDays(-30));
        var registry = new HubRegistry(random, clock);
        new DeviceSeed(registry, random, baseTime).Fill(40 * options.Scale);

        // Older than what is in them.
        clock.HoldAt(baseTime.AddDays(-90));
        var blobs = new BlobStore(clock);
        var cosmos = new CosmosStore(clock);
        var documents = new CosmosTarget(cosmos, CosmosEndpoint.Telemetry);
        var eventQueue = new EventGridQueue(blobs, names);
        MakePlaces(documents, eventQueue);
        clock.HoldAt(baseTime.AddHours(-1));
        blobs.GetOrAddAccount(WorldNames.PlainAccount, new BlobAccountOptions());
        blobs.GetOrAddAccount(WorldNames.VersionedAccount, new BlobAccountOptions { VersioningEnabled = true, SoftDeleteDays = 14 });
        blobs.GetOrAddAccount(WorldNames.EvidenceAccount, new BlobAccountOptions()).GetOrAddContainer(WorldNames.EvidenceContainer);
        AddContainers(blobs, routing);
        var truth = new WorldTruth(options.Seed, baseTime, [.. registry.Devices.Select(device => device.DeviceId)], [], [], [], []);
        if (options.HasData)
        {
            var archive = new ArchiveSeed(blobs, registry, random, baseTime, options.Scale);
            List<ContainerTruth> containers = [.. routing.Storage.Select(archive.Fill)];
            IReadOnlyList<string> uploads = UploadSeed.Fill(blobs, random, baseTime);
            // Numbers of their own: what else the seed makes stays as it was.
            var traces = new Random(~options.Seed);
            IReadOnlyList<TraceTruth> logs = new LogSeed(blobs, names, traces, baseTime).Fill();
            IReadOnlyList<TraceTruth> deadLetters = new DeadLetterSeed(blobs, names, registry, traces, baseTime).Fill();
            truth = truth with
            {
                Containers = containers,
                Uploads = uploads,
                Logs = logs,
                DeadLetters = deadLetters,
                Documents =
                [
                    new CosmosSeed(documents, registry, clock, new Random(options.Seed ^ DocumentSeed), baseTime).Fill(options.Scale),
                ],
                Queues = [new EventQueueSeed(eventQueue, names, registry, clock, new Random(options.Seed ^ QueueSeed), baseTime).Fill()],
            };
            clock.HoldAt(baseTime.AddHours(-1));
        }

        List<HubPolicy> policies = Policies(random);
        // Numbers of their own again.
        var numbers = new Random(options.Seed ^ MessagingNumbers);
        clock.HoldAt(baseTime.AddDays(-30));
        MessagingWorld messaging = MessagingEntities.Make(clock, names, policies, numbers);
        clock.HoldAt(baseTime.AddHours(-1));
        if (options.HasData)
        {
            var seed = new MessagingSeed(messaging, names, registry, numbers, baseTime, options.Scale, options.EventsToServiceBus);
            truth = truth with { Messaging = seed.Fill() };
        }

        clock.Release();

        var events = new HubEvents(routing, blobs, clock) { Targets = [.. MessagingTargets.Of(messaging), documents] };
        events.Published += new EventGridDelivery(messaging, names, numbers, options.EventsToServiceBus).Accept;
        events.Published += eventQueue.Accept;
        registry.LifecycleChanged += events.LifecycleChanged;
        return new SandboxWorld(clock, names, routing, registry, policies, throttle, blobs, events, Configurations(baseTime), truth)
        {
            Messaging = messaging,
            StorageOnly = options.StorageOnly,
            EventsToServiceBus = options.EventsToServiceBus,
            Cosmos = cosmos,
            NeighbourSharesContainers = options.NeighbourSharesContainers,
        };
    }

    /// <summary>A container and a queue are there with or without anything in them.</summary>
    private static void MakePlaces(CosmosTarget documents, EventGridQueue events)
    {
        _ = documents.Container;
        _ = events.Queue;
    }

    private static void AddContainers(BlobStore blobs, RoutingConfiguration routing)
    {
        foreach (StorageEndpoint endpoint in routing.Storage)
            blobs.GetOrAddAccount(endpoint.Account).GetOrAddContainer(endpoint.Container);

        BlobAccount uploads = blobs.GetOrAddAccount(WorldNames.UploadAccount);
        uploads.GetOrAddContainer(WorldNames.UploadContainer);
        uploads.GetOrAddContainer(WorldNames.DeadLetterContainer);
    }

    private static List<HubPolicy> Policies(Random random)
    {
        HubPolicy Policy(string name, HubRight rights) => new(name, rights, Key(random), Key(random));
        return
        [
            Policy("iothubowner", HubRight.RegistryRead | HubRight.RegistryWrite | HubRight.ServiceConnect | HubRight.DeviceConnect),
            Policy("service", HubRight.ServiceConnect),
            Policy("device", HubRight.DeviceConnect),
            Policy("registryRead", HubRight.RegistryRead),
            Policy("registryReadWrite", HubRight.RegistryRead | HubRight.RegistryWrite),
        ];
    }

    private static string Key(Random random)
    {
        byte[] key = new byte[32];
        random.NextBytes(key);
        return Convert.ToBase64String(key);
    }

    private static JsonArray Configurations(DateTimeOffset baseTime) =>
        [
            Configuration("floor-2-settings", "tags.floor='2'", baseTime.AddDays(-20)),
            // A configuration that names one device is a trace of it that no deletion of the device removes.
            Configuration("dev1-hotfix", "deviceId='dev1'", baseTime.AddDays(-3)),
        ];

    private static JsonObject Configuration(string id, string target, DateTimeOffset created) =>
        new()
        {
            ["id"] = id,
            ["schemaVersion"] = "1.0",
            ["labels"] = new JsonObject(),
            ["content"] = new JsonObject { ["deviceContent"] = new JsonObject { ["properties.desired.interval"] = 60 } },
            ["targetCondition"] = target,
            ["createdTimeUtc"] = created.UtcDateTime.ToString("o"),
            ["lastUpdatedTimeUtc"] = created.UtcDateTime.ToString("o"),
            ["priority"] = 10,
            ["systemMetrics"] = new JsonObject { ["results"] = new JsonObject(), ["queries"] = new JsonObject() },
            ["metrics"] = new JsonObject { ["results"] = new JsonObject(), ["queries"] = new JsonObject() },
            ["etag"] = "MQ==",
        };
}
