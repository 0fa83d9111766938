using IotHubDsr.Sandbox.Hub;
using IotHubDsr.Sandbox.Messaging;
using IotHubDsr.Sandbox.Messaging.EventHubs;
using IotHubDsr.Sandbox.Messaging.ServiceBus;

namespace IotHubDsr.Sandbox.World;

/// <summary>The namespaces of the world and what is in them, empty.</summary>
internal static class MessagingEntities
{
    /// <summary>The categories whose event hubs Azure Monitor has made, as it had something to write.</summary>
    public static readonly IReadOnlyList<string> LogCategories = ["Connections", "DeviceIdentityOperations"];

    public const string Operations = "operations";
    public const string Audit = "audit";
    public const string Security = "security";
    public const string Muted = "muted";
    public const string Everything = "everything";

    public static string LogHub(string category) => $"insights-logs-{category.ToLowerInvariant()}";

    public static MessagingWorld Make(SandboxClock clock, WorldNames names, IReadOnlyList<HubPolicy> policies, Random random)
    {
        var world = new MessagingWorld(clock);
        AddBuiltIn(world, clock, policies);
        AddEvents(world, clock, names, random);
        AddBus(world, clock, names, random);
        return world;
    }

    /// <summary>Who has the right ServiceConnect at the hub can listen, and nobody can send.</summary>
    private static void AddBuiltIn(MessagingWorld world, SandboxClock clock, IReadOnlyList<HubPolicy> policies)
    {
        var space = new EventHubsNamespace(WorldNames.BuiltInNamespace, "", clock) { TakesTokens = false };
        space.Add(
            WorldNames.HubName,
            new EventHubOptions
            {
                Partitions = RoutingConfiguration.PartitionCount,
                Retention = TimeSpan.FromDays(2),
                ConsumerGroups = ["dashboards"],
            }
        );
        foreach (HubPolicy policy in policies.Where(policy => policy.Rights.HasFlag(HubRight.ServiceConnect)))
        {
            space.Add(
                new MessagingRule(policy.Name, MessagingRight.Listen, policy.PrimaryKey, policy.SecondaryKey)
                {
                    Entity = WorldNames.HubName,
                }
            );
        }

        world.Add(space);
    }

    private static void AddEvents(MessagingWorld world, SandboxClock clock, WorldNames names, Random random)
    {
        var space = new EventHubsNamespace(WorldNames.EventsNamespace, names.EventHubsId, clock);
        space.Add(
            WorldNames.AnalyticsHub,
            new EventHubOptions
            {
                Partitions = 4,
                Retention = TimeSpan.FromDays(7),
                ConsumerGroups = ["archiver"],
            }
        );
        space.Add(WorldNames.DeviceEventsHub, new EventHubOptions { Partitions = 2, Retention = TimeSpan.FromDays(3) });
        foreach (string category in LogCategories)
            space.Add(LogHub(category), new EventHubOptions { Partitions = 2, Retention = TimeSpan.FromDays(1) });

        space.Add(Rule(random, MessagingRule.Root, MessagingRight.Listen | MessagingRight.Send | MessagingRight.Manage));
        space.Add(Rule(random, "dashboards", MessagingRight.Listen) with { Entity = WorldNames.AnalyticsHub });
        world.Add(space);
    }

    private static void AddBus(MessagingWorld world, SandboxClock clock, WorldNames names, Random random)
    {
        var space = new ServiceBusNamespace(WorldNames.BusNamespace, names.ServiceBusId, clock);
        var ordinary = new BusQueueOptions { TimeToLive = TimeSpan.FromDays(14), DeadLettersOnExpiration = true };
        space.AddQueue(WorldNames.AlertsQueue, ordinary);
        space.AddQueue(WorldNames.AuditQueue, new BusQueueOptions { Partitions = 4 });
        space.AddQueue(WorldNames.CommandsQueue, new BusQueueOptions { RequiresSession = true });
        space.AddQueue(WorldNames.DeviceEventsQueue, new BusQueueOptions { TimeToLive = TimeSpan.FromDays(7) });
        BusTopic alerts = space.AddTopic(WorldNames.AlertsTopic, TimeSpan.FromDays(14));
        alerts.Add(Operations, ordinary with { MaxDeliveryCount = 5 });
        // What comes here goes on at once: the copy that stays is in the queue.
        alerts.Add(Audit, new BusQueueOptions { ForwardTo = WorldNames.AuditQueue });
        alerts.Add(Security, ordinary, SubscriptionFilter.OfSql("critical = 'true'"));
        alerts.Add(Muted, ordinary, SubscriptionFilter.False);
        space.AddTopic(WorldNames.DeviceEventsTopic, TimeSpan.FromDays(7)).Add(Everything, new BusQueueOptions());
        space.Add(Rule(random, MessagingRule.Root, MessagingRight.Listen | MessagingRight.Send | MessagingRight.Manage));
        space.Add(Rule(random, "send", MessagingRight.Send));
        space.Add(Rule(random, "listen", MessagingRight.Listen) with { Entity = WorldNames.AlertsQueue });
        world.Add(space);
    }

    private static MessagingRule Rule(Random random, string name, MessagingRight rights) => new(name, rights, Key(random), Key(random));

    private static string Key(Random random)
    {
        byte[] key = new byte[32];
        random.NextBytes(key);
        return Convert.ToBase64String(key);
    }
}
