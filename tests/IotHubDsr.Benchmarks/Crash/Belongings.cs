using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Cosmos;
using IotHubDsr.Sandbox.Cosmos.Documents;
using IotHubDsr.Sandbox.Logs;
using IotHubDsr.Sandbox.Logs.Tables;
using IotHubDsr.Sandbox.Messaging.EventHubs;
using IotHubDsr.Sandbox.Messaging.ServiceBus;
using IotHubDsr.Sandbox.Provisioning;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.Storage.Queues;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Benchmarks.Crash;

/// <summary>
/// What lies in messaging, databases, storage queues, workspaces and provisioning services when a world begins, and what has become of it.
/// What comes later, such as the traces of an erasure, is not in it: its IDs and times are never the same in two worlds.
/// </summary>
internal sealed class Belongings
{
    private const string AsItWas = "as it was";

    /// <summary>What may leave by itself in a run, as its retention ends: nobody compares that.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromHours(2);

    private static readonly string[] Kinds = ["message", "event", "document", "queued", "row", "enrollment", "registration"];

    private readonly SandboxWorld _world;
    private readonly Dictionary<string, string> _before;

    public Belongings(SandboxWorld world)
    {
        _world = world;
        _before = Read().ToDictionary(thing => thing.Key, thing => thing.Content, StringComparer.Ordinal);

        // Where nothing lies, nothing is compared.
        string[] missing = [.. Kinds.Where(kind => !_before.Keys.Any(key => key.StartsWith(kind + ' ', StringComparison.Ordinal)))];
        if (missing.Length > 0)
            throw new InvalidOperationException($"The world has nothing of these kinds: {string.Join(", ", missing)}.");
    }

    /// <summary>What has become of each thing; what is gone is not in it.</summary>
    public IEnumerable<KeyValuePair<string, string>> State()
    {
        foreach (Thing thing in Read())
        {
            if (_before.TryGetValue(thing.Key, out string? content))
                yield return new(thing.Key, (content == thing.Content ? AsItWas : "changed") + thing.Remark);
        }

        foreach (BusQueue queue in BusQueues())
            yield return new($"order in {queue.Path}", OrderIn(queue));
    }

    /// <summary>Messages that nobody may receive once more, and what is still locked.</summary>
    public IEnumerable<string> Defects()
    {
        foreach (BusQueue queue in BusQueues())
        {
            foreach (BusMessage message in queue.Messages.Where(message => IsWorn(queue, message)))
                yield return $"{KeyOf(queue, message)} was delivered {message.Deliveries} times";
        }
    }

    /// <summary>Ends the time for which messages of storage queues are hidden, in the order in which they would be visible.</summary>
    public void ShowHidden()
    {
        DateTimeOffset now = _world.Clock.GetUtcNow();
        foreach (StorageQueue queue in StorageQueues())
        {
            foreach (QueueMessage message in queue.Messages.Where(message => message.NextVisible > now))
                queue.Update(message.Id, message.PopReceipt, TimeSpan.Zero, text: null);
        }
    }

    private static bool IsWorn(BusQueue queue, BusMessage message) =>
        queue.DeadLetters is not null && message.Deliveries >= queue.Options.MaxDeliveryCount;

    private IEnumerable<Thing> Read() => [.. Messages(), .. Events(), .. Documents(), .. Queued(), .. Rows(), .. Enrollments()];

    private IEnumerable<Thing> Messages()
    {
        DateTimeOffset now = _world.Clock.GetUtcNow();
        foreach (BusQueue queue in BusQueues())
        {
            foreach (BusMessage message in queue.Messages)
            {
                bool isLocked = message.IsLocked && message.LockedUntil > now;
                yield return new(
                    KeyOf(queue, message),
                    $"{message.State} {message.SessionId} {Digest(message.Tail.Span)}",
                    isLocked ? ", locked" : ""
                );
            }
        }
    }

    private IEnumerable<Thing> Events()
    {
        foreach (EventHubsNamespace space in _world.Messaging.Namespaces.OfType<EventHubsNamespace>())
        {
            foreach (EventHub hub in space.Hubs)
            {
                DateTimeOffset kept = _world.Messaging.CreatedAt - (hub.Options.Retention ?? TimeSpan.FromDays(3650)) + Margin;
                foreach (EventPartition partition in hub.Partitions)
                {
                    var events = new StoredEvent[partition.Count];
                    long first = 0;
                    int read = partition.Read(ref first, events);
                    for (int index = 0; index < read; index++)
                    {
                        if (events[index].EnqueuedMilliseconds >= kept.ToUnixTimeMilliseconds())
                            yield return new($"event {space.Name}/{hub.Name}/{partition.Id}/{first + index}", Digest(events[index].Tail));
                    }
                }
            }
        }
    }

    private List<Thing> Documents()
    {
        var things = new List<Thing>();
        foreach (CosmosAccount account in _world.Cosmos.Accounts)
        {
            foreach (CosmosContainer container in account.Databases.SelectMany(static database => database.Containers))
            {
                string place = $"document {account.Name}/{container.Database.Name}/{container.Name}";
                lock (container.Gate)
                    things.AddRange(container.Documents.Select(document => ThingOf(place, document)));
            }
        }

        return things;

        static Thing ThingOf(string place, StoredDocument document) =>
            new($"{place}/{document.Key.Text}/{document.Id}", $"{document.ETag} {document.Content.GetRawText()}");
    }

    /// <summary>Those who wait in a storage queue must be seen again: nobody receives what is hidden.</summary>
    private IEnumerable<Thing> Queued()
    {
        DateTimeOffset now = _world.Clock.GetUtcNow();
        foreach (StorageQueue queue in StorageQueues())
        {
            foreach (QueueMessage message in queue.Messages)
            {
                string key = string.Create(CultureInfo.InvariantCulture, $"queued {queue.Name}/{message.Number}");
                yield return new(key, message.Text, message.NextVisible > now ? ", hidden" : "");
            }
        }
    }

    /// <summary>A row whose purge was ordered counts as gone: when it goes is the service's business.</summary>
    private List<Thing> Rows()
    {
        var things = new List<Thing>();
        foreach (LogWorkspace workspace in _world.Logs.Workspaces)
        {
            lock (workspace.Gate)
            {
                foreach (LogTable table in workspace.Tables)
                {
                    DateTimeOffset kept = _world.Messaging.CreatedAt.AddDays(-table.RetentionInDays) + Margin;
                    things.AddRange(
                        table
                            .Rows.Where(row => row.GoneAt is null && row.Generated >= kept)
                            .Select(row => new Thing($"row {workspace.Name}/{table.Name}/{row.Id}", TextOf(row)))
                    );
                }
            }
        }

        return things;

        static string TextOf(LogRow row) => string.Join('\n', row.Values.Select(static value => $"{value.Key} {value.Value}"));
    }

    private List<Thing> Enrollments()
    {
        var things = new List<Thing>();
        foreach (ProvisioningInstance service in _world.Provisioning.Instances)
        {
            lock (service.Gate)
            {
                foreach ((string id, JsonObject entry) in service.Enrollments)
                    things.Add(new($"enrollment {service.Name}/{id}", entry.ToJsonString(), $", {entry["provisioningStatus"]}"));
                foreach ((string id, JsonObject entry) in service.Groups)
                    things.Add(new($"enrollment group {service.Name}/{id}", entry.ToJsonString()));
                foreach ((string id, RegisteredDevice registered) in service.Registrations)
                    things.Add(new($"registration {service.Name}/{id}", registered.Document.ToJsonString()));
            }
        }

        return things;
    }

    /// <summary>The order in which those who were there from the beginning are received.</summary>
    private string OrderIn(BusQueue queue)
    {
        IEnumerable<BusMessage> waiting = queue
            .Messages.Where(message => message.State == BusMessageState.Active && _before.ContainsKey(KeyOf(queue, message)))
            .OrderBy(static message => message.Order);
        return Digest(waiting.SelectMany(static message => BitConverter.GetBytes(message.Sequence)).ToArray());
    }

    private IEnumerable<BusQueue> BusQueues() =>
        _world
            .Messaging.Namespaces.OfType<ServiceBusNamespace>()
            .SelectMany(static space =>
                space.Queues.Concat(space.Topics.SelectMany(static topic => topic.Subscriptions).Select(static one => one.Queue))
            )
            .SelectMany(static queue => new[] { queue, queue.DeadLetters, queue.TransferDeadLetters })
            .OfType<BusQueue>();

    private IEnumerable<StorageQueue> StorageQueues() =>
        _world.Blobs.TryGetAccount(WorldNames.UploadAccount, out BlobAccount? account) ? account.Queues.All : [];

    private static string KeyOf(BusQueue queue, BusMessage message) =>
        string.Create(CultureInfo.InvariantCulture, $"message {queue.Path}/{message.Sequence}");

    private static string Digest(ReadOnlySpan<byte> content) => Convert.ToHexString(SHA256.HashData(content));

    /// <param name="Key">The same in every world of a seed.</param>
    /// <param name="Content">What nobody may change.</param>
    /// <param name="Remark">Its state in words, when there is something to say.</param>
    private sealed record Thing(string Key, string Content, string Remark = "");
}
