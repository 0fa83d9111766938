using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using IotHubDsr.Sandbox.Messaging.Amqp;
using Microsoft.Azure.Amqp;

namespace IotHubDsr.Sandbox.Messaging.EventHubs;

/// <summary>A namespace of event hubs.</summary>
internal sealed partial class EventHubsNamespace(string name, string resourceId, SandboxClock clock) : MessagingNamespace(name, resourceId)
{
    private readonly ConcurrentDictionary<string, EventHub> _hubs = new(StringComparer.OrdinalIgnoreCase);

    public override string Service => "eventhubs";

    public override string Provider => "Microsoft.EventHub";

    public override IReadOnlyList<string> Audiences => Identity.Audiences.EventHubs;

    public IEnumerable<EventHub> Hubs => _hubs.Values.OrderBy(hub => hub.Name, StringComparer.Ordinal);

    public EventHub Add(string hub, EventHubOptions options) => _hubs[hub] = new EventHub(hub, options, clock);

    public EventHub? Find(string hub) => _hubs.GetValueOrDefault(hub);

    public override string ResourceOf(string entity)
    {
        Match reader = ReaderAddress().Match(entity);
        string hub = entity.Split('/')[0];
        return reader.Success
            ? $"{ResourceId}/eventhubs/{reader.Groups["hub"].Value}/consumergroups/{reader.Groups["group"].Value}"
            : ResourceId + (hub.Length == 0 || hub.StartsWith('$') ? "" : $"/eventhubs/{hub}");
    }

    public override Task AttachAsync(BrokerLink link)
    {
        if (NodeAddress.IsSame(link.Address.Split('/')[^1], NodeAddress.Management))
        {
            RequestNode.Attach(link.Broker, link.Connection, link.Link, link.Address, request =>
                EventHubManagement.Answer(request, this, link.Broker)
            );
            return Task.CompletedTask;
        }

        if (link.Link is SendingAmqpLink reader)
            AttachReader(link, reader);
        else
            AttachWriter(link, (ReceivingAmqpLink)link.Link);

        return Task.CompletedTask;
    }

    private void AttachReader(BrokerLink link, SendingAmqpLink reader)
    {
        Match address = ReaderAddress().Match(link.Address);
        if (!address.Success || Find(address.Groups["hub"].Value) is not { } hub)
            throw MessagingErrors.NotFound(this, link.Address);

        link.Require(this, link.Address, MessagingRight.Listen);
        if (!hub.HasGroup(address.Groups["group"].Value))
            throw MessagingErrors.NotFound(this, link.Address);

        EventPartition partition = hub.Partition(address.Groups["partition"].Value);
        EventReader.Attach(link, reader, hub, partition, address.Groups["group"].Value);
    }

    private void AttachWriter(BrokerLink link, ReceivingAmqpLink writer)
    {
        Match address = WriterAddress().Match(link.Address);
        if (!address.Success || Find(address.Groups["hub"].Value) is not { } hub)
            throw MessagingErrors.NotFound(this, link.Address);

        link.Require(this, link.Address, MessagingRight.Send);
        EventPartition? partition = address.Groups["partition"].Success ? hub.Partition(address.Groups["partition"].Value) : null;
        EventWriter.Attach(link, writer, hub, partition);
    }

    [GeneratedRegex("^(?<hub>[^/]+)/ConsumerGroups/(?<group>[^/]+)/Partitions/(?<partition>[^/]+)$", RegexOptions.IgnoreCase)]
    private static partial Regex ReaderAddress();

    [GeneratedRegex("^(?<hub>[^/]+)(/Partitions/(?<partition>[^/]+))?$", RegexOptions.IgnoreCase)]
    private static partial Regex WriterAddress();
}

/// <summary>An event hub: its partitions and consumer groups.</summary>
internal sealed class EventHub
{
    public const string DefaultGroup = "$Default";

    private readonly ConcurrentDictionary<string, ConsumerGroup> _groups = new(StringComparer.OrdinalIgnoreCase);
    private int _next;

    public EventHub(string name, EventHubOptions options, SandboxClock clock)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Partitions, EventHubOptions.MostPartitions);
        Name = name;
        Options = options;
        Clock = clock;
        CreatedAt = clock.GetUtcNow();
        Partitions = [.. Enumerable.Range(0, options.Partitions).Select(id => new EventPartition(id, this))];
        foreach (string group in options.ConsumerGroups.Prepend(DefaultGroup))
            _groups[group] = new ConsumerGroup(group, CreatedAt);
    }

    public string Name { get; }

    /// <summary>A change of the retention applies to the events that are there already.</summary>
    public EventHubOptions Options { get; set; }

    public SandboxClock Clock { get; }

    public DateTimeOffset CreatedAt { get; }

    public IReadOnlyList<EventPartition> Partitions { get; }

    public IEnumerable<string> ConsumerGroups => _groups.Keys.Order(StringComparer.Ordinal);

    public bool HasGroup(string name) => _groups.ContainsKey(name);

    public ConsumerGroup Group(string name) => _groups[name];

    public EventPartition Partition(string id) =>
        int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number < Partitions.Count
            ? Partitions[number]
            : throw new MessagingRefusal(
                400,
                MessagingErrors.ArgumentOutOfRange,
                "The specified partition is invalid for an EventHub partition sender or receiver. It should be between 0 and "
                    + $"{Partitions.Count - 1}."
            );

    /// <summary>Events of one key are in one partition; without a key they are spread.</summary>
    public EventPartition PartitionFor(string? key)
    {
        if (key is null)
            return Partitions[(int)((uint)Interlocked.Increment(ref _next) % (uint)Partitions.Count)];

        uint hash = 2166136261u;
        foreach (char letter in key)
            hash = (hash ^ letter) * 16777619u;

        return Partitions[(int)(hash % (uint)Partitions.Count)];
    }
}
