using IotHubDsr.Sandbox.Cosmos;
using IotHubDsr.Sandbox.DataExplorer;
using IotHubDsr.Sandbox.Hub;
using IotHubDsr.Sandbox.Hub.Configurations;
using IotHubDsr.Sandbox.Hub.Jobs;
using IotHubDsr.Sandbox.Logs;
using IotHubDsr.Sandbox.Messaging;
using IotHubDsr.Sandbox.Provisioning;
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
    private const int ProvisioningNumbers = 0x00D95D95;
    private const int TableSeed = 0x0010C5;
    private const int ExplorerNumbers = 0x00ADE;

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
        LogWorkspace workspace = WorkspaceSeed.Make(names, clock);
        blobs.GetOrAddAccount(
            WorldNames.UploadAccount,
            new BlobAccountOptions { HasChangeFeed = true, ChangeFeedDays = WorldNames.ChangeFeedDays }
        );
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
            var logSeed = new LogSeed(blobs, names, traces, baseTime);
            IReadOnlyList<TraceTruth> logs = logSeed.Fill();
            IReadOnlyList<TraceTruth> deadLetters = new DeadLetterSeed(blobs, names, registry, traces, baseTime).Fill();
            // What has come in until the world begins can be seen.
            clock.HoldAt(baseTime);
            var tables = new WorkspaceSeed(workspace, names, logSeed.Written, new Random(options.Seed ^ TableSeed), baseTime);
            IReadOnlyList<TableTruth> tableTruth = tables.Fill();
            clock.HoldAt(baseTime.AddHours(-1));
            truth = truth with
            {
                Containers = containers,
                Uploads = uploads,
                Logs = logs,
                DeadLetters = deadLetters,
                Tables = tableTruth,
                Documents =
                [
                    new CosmosSeed(documents, registry, clock, new Random(options.Seed ^ DocumentSeed), baseTime).Fill(options.Scale),
                ],
                Queues = [new EventQueueSeed(eventQueue, names, registry, clock, new Random(options.Seed ^ QueueSeed), baseTime).Fill()],
            };
            clock.HoldAt(baseTime);
            new ExportSeed(blobs, workspace, baseTime).Fill();
            clock.HoldAt(baseTime.AddHours(-1));
        }

        List<HubPolicy> policies = Policies(random);
        // Numbers of their own again.
        var numbers = new Random(options.Seed ^ MessagingNumbers);
        clock.HoldAt(baseTime.AddDays(-30));
        MessagingWorld messaging = MessagingEntities.Make(clock, names, policies, numbers);
        clock.HoldAt(baseTime.AddHours(-1));
        var provisioning = new ProvisioningWorld(clock, new Random(options.Seed ^ ProvisioningNumbers), registry, WorldNames.HubHostName);
        ProvisioningInstance service = provisioning.Add(WorldNames.ProvisioningName, WorldNames.HubHostName);
        provisioning.Add(WorldNames.NeighbourProvisioningName, WorldNames.NeighbourHostName);
        ExplorerCluster cluster = ExplorerSeed.Make(names, clock);
        if (options.HasData)
        {
            truth = truth with
            {
                Explorer = [ExplorerSeed.Fill(cluster, registry, new Random(options.Seed ^ ExplorerNumbers), baseTime, options.Scale)],
            };
            truth = truth with { Provisioning = [ProvisioningSeed.Fill(service)] };
            var seed = new MessagingSeed(messaging, names, registry, numbers, baseTime, options.Scale, options.EventsToServiceBus);
            truth = truth with { Messaging = seed.Fill() };
        }

        var events = new HubEvents(routing, blobs, clock)
        {
            Targets =
            [
                .. MessagingTargets.Of(messaging),
                documents,
                .. cluster
                    .Databases.SelectMany(static database => database.Connections)
                    .Select(static connection => connection.Endpoint)
                    .OfType<string>()
                    .Distinct(StringComparer.Ordinal)
                    .Select(endpoint => new ExplorerTarget(cluster, endpoint)),
            ],
        };
        var bulk = new BulkRegistry(registry, clock);
        var configurations = new HubConfigurations(clock);
        var transfers = new TransferJobs(registry, blobs, bulk, configurations, clock);
        var jobs = new HubJobs(registry, new ScheduledJobs(registry, events), transfers, clock);
        new ConfigurationSeed(configurations, clock, baseTime).Fill();
        if (options.HasData)
        {
            truth = truth with { Jobs = new JobSeed(jobs, registry, baseTime).Fill() };
            if (!options.StorageOnly)
                TransferSeed.Fill(jobs, blobs, clock, baseTime);
        }

        var serviceBound = new ServiceBoundQueues(clock);
        clock.Release();

        // What waits there leaves an hour after it has come.
        if (options.HasData)
            ServiceBoundSeed.Fill(serviceBound, registry);

        events.Published += new EventGridDelivery(messaging, names, numbers, options.EventsToServiceBus).Accept;
        events.Published += eventQueue.Accept;
        registry.LifecycleChanged += events.LifecycleChanged;
        registry.LifecycleChanged += serviceBound.LifecycleChanged;
        return new SandboxWorld(clock, names, routing, registry, policies, throttle, blobs, events, jobs, configurations, truth)
        {
            UpdateInstances = options.HasData && !options.StorageOnly ? [UpdateSeed.InstanceOf(names)] : [],
            Messaging = messaging,
            ServiceBound = serviceBound,
            StorageOnly = options.StorageOnly,
            EventsToServiceBus = options.EventsToServiceBus,
            Cosmos = cosmos,
            Provisioning = provisioning,
            Logs = new LogStore(workspace),
            Explorer = options.StorageOnly ? new ExplorerStore() : new ExplorerStore(cluster),
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
}
