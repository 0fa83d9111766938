using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Sandbox.Hub;

/// <summary>
/// The messages that the hub writes about its devices or takes from them, routed as configured. A storage endpoint collects them and writes
/// a blob when its batch frequency has passed: deleting a device leaves a new trace of it, minutes later.
/// </summary>
internal sealed class HubEvents(RoutingConfiguration routing, BlobStore blobs, TimeProvider time)
{
    public const string BuiltInEndpoint = "events";

    private const string Telemetry = "DeviceMessages";

    private readonly Lock _lock = new();
    private readonly List<PendingBatch> _pending = [];

    /// <summary>Called for each message and storage endpoint that it is bound for, before it can be written.</summary>
    public event Action<StorageEndpoint, RoutedMessage>? Accepted;

    /// <summary>Endpoints that take each message at once.</summary>
    public IReadOnlyList<IMessageTarget> Targets { get; init; } = [];

    /// <summary>Called for each message, whether or not a route takes it: what Event Grid tells its subscribers.</summary>
    public event Action<RoutedMessage>? Published;

    /// <summary>What was accepted and is not written yet.</summary>
    public IReadOnlyList<(StorageEndpoint Endpoint, RoutedMessage Message)> Unwritten
    {
        get
        {
            lock (_lock)
                return [.. _pending.SelectMany(batch => batch.Messages, (batch, message) => (batch.Endpoint, message))];
        }
    }

    /// <summary>Telemetry that the hub has just accepted; the routes whose condition holds take it.</summary>
    /// <param name="messages">The messages, which come into the same blobs where their partitions are the same.</param>
    /// <param name="share">How much of its batch frequency an endpoint lets pass before it writes: above 0 for later, 1 for all of
    /// it.</param>
    public void Accept(IReadOnlyList<RoutedMessage> messages, double share)
    {
        lock (_lock)
        {
            foreach (StorageEndpoint endpoint in routing.Storage)
            {
                IEnumerable<RoutedMessage> taken = messages.Where(message => IsRouted(Telemetry, message, endpoint.Name));
                foreach (IGrouping<int, RoutedMessage> part in taken.GroupBy(message => RoutingConfiguration.PartitionOf(message.DeviceId)))
                {
                    _pending.Add(new PendingBatch(endpoint, part.Key, time.GetUtcNow() + (endpoint.BatchFrequency * share), [.. part]));
                    foreach (RoutedMessage? message in part)
                        Accepted?.Invoke(endpoint, message);
                }
            }
        }

        foreach (RoutedMessage message in messages)
            Deliver(Telemetry, message);
    }

    public void LifecycleChanged(HubIdentity identity, string operation) =>
        Publish("DeviceLifecycleEvents", "deviceLifecycleNotification", identity, operation, identity.ToTwinJson());

    public void TwinChanged(HubIdentity identity, string operation)
    {
        // A twin change names its device in the message's properties only, never in its body.
        var body = new JsonObject
        {
            ["version"] = identity.Twin.Version,
            ["tags"] = identity.Twin.Tags.DeepClone(),
            ["properties"] = identity.Twin.PropertiesJson(),
        };
        Publish("TwinChangeEvents", "twinChangeNotification", identity, operation, body);
    }

    /// <summary>Writes the batches whose time has come. There is no timer: each request asks first.</summary>
    public void WriteDue()
    {
        lock (_lock)
        {
            DateTimeOffset now = time.GetUtcNow();
            foreach (PendingBatch? batch in _pending.Where(batch => batch.Due <= now).ToList())
            {
                _pending.Remove(batch);
                Write(batch);
            }
        }
    }

    private void Publish(string source, string schema, HubIdentity identity, string operation, JsonObject body)
    {
        RoutedMessage message = Message(source, schema, identity, operation, body);
        lock (_lock)
        {
            foreach (StorageEndpoint endpoint in routing.Storage.Where(endpoint => IsRouted(source, message, endpoint.Name)))
            {
                int partition = RoutingConfiguration.PartitionOf(identity.DeviceId);
                PendingBatch? batch = _pending.Find(batch => batch.Endpoint == endpoint && batch.Partition == partition);
                if (batch is null)
                {
                    batch = new PendingBatch(endpoint, partition, time.GetUtcNow() + endpoint.BatchFrequency, []);
                    _pending.Add(batch);
                }

                batch.Messages.Add(message);
                Accepted?.Invoke(endpoint, message);
            }
        }

        Deliver(source, message);
    }

    private void Deliver(string source, RoutedMessage message)
    {
        foreach (IMessageTarget target in Targets.Where(target => IsRouted(source, message, target.Endpoint)))
            target.Accept(message);

        Published?.Invoke(message);
    }

    /// <summary>
    /// Whether a message comes to an endpoint: once, however many routes lead there. The built-in endpoint has no route here, and gets the
    /// telemetry that no route takes.
    /// </summary>
    private bool IsRouted(string source, RoutedMessage message, string endpoint)
    {
        IEnumerable<HubRoute> taking = routing.Routes.Where(route =>
            route.IsEnabled && route.Source == source && RouteCondition.Holds(route.Condition, message)
        );
        return endpoint == BuiltInEndpoint && source == Telemetry && !taking.Any() || taking.Any(route => route.Endpoint == endpoint);
    }

    private RoutedMessage Message(string source, string schema, HubIdentity identity, string operation, JsonObject body)
    {
        DateTimeOffset now = time.GetUtcNow();
        var properties = new Dictionary<string, string>
        {
            ["deviceId"] = identity.DeviceId,
            ["hubName"] = routing.HubName,
            ["opType"] = operation,
            ["operationTimestamp"] = now.UtcDateTime.ToString("o", CultureInfo.InvariantCulture),
            ["iothub-message-schema"] = schema,
        };
        if (identity.ModuleId is not null)
            properties["moduleId"] = identity.ModuleId;

        return new RoutedMessage(now, identity.DeviceId, identity.GenerationId, Encoding.UTF8.GetBytes(body.ToJsonString()))
        {
            Properties = properties,
            MessageSource = char.ToLowerInvariant(source[0]) + source[1..],
            IsJson = true,
            ModuleId = identity.ModuleId,
        };
    }

    private void Write(PendingBatch batch)
    {
        BlobContainer container = blobs.GetOrAddAccount(batch.Endpoint.Account).GetOrAddContainer(batch.Endpoint.Container);
        DateTimeOffset minute = batch.Due;
        string name = batch.Endpoint.BlobName(routing.HubName, batch.Partition, minute);
        while (container.List(name).Any(blob => blob.Name == name))
        {
            minute = minute.AddMinutes(1);
            name = batch.Endpoint.BlobName(routing.HubName, batch.Partition, minute);
        }

        container.Put(name, RoutedFile.Write(batch.Messages, batch.Endpoint.Encoding), new BlobSeed { LastModified = batch.Due });
    }

    private sealed record PendingBatch(StorageEndpoint Endpoint, int Partition, DateTimeOffset Due, List<RoutedMessage> Messages);
}
