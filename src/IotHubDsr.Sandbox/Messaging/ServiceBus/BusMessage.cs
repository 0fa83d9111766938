using IotHubDsr.Sandbox.Messaging.Amqp;

namespace IotHubDsr.Sandbox.Messaging.ServiceBus;

internal enum BusMessageState
{
    Active,
    Deferred,
    Scheduled,
}

/// <summary>A message in a queue or subscription. What its sender wrote stands in the tail; the rest is the service's.</summary>
internal sealed class BusMessage
{
    private const string ScheduledTime = "x-opt-scheduled-enqueue-time";

    /// <summary>Annotations that the service sets itself, whatever a sender says.</summary>
    private static readonly string[] OwnAnnotations =
    [
        ScheduledTime,
        "x-opt-sequence-number",
        "x-opt-enqueue-sequence-number",
        "x-opt-enqueued-time",
        "x-opt-locked-until",
        "x-opt-message-state",
        "x-opt-deadletter-source",
    ];

    public BusMessage(EncodedMessage sent)
    {
        MessageId = sent.MessageId;
        SessionId = sent.SessionId;
        TimeToLive = sent.TimeToLive;
        Sent = sent;
        Tail = sent.Tail;
        ApplicationProperties = sent.ApplicationProperties;
        Annotations = [.. sent.Annotations.Where(pair => !OwnAnnotations.Contains(pair.Key))];
        if (sent.Annotations.GetValueOrDefault(ScheduledTime) is DateTime scheduled)
            ScheduledFor = new DateTimeOffset(DateTime.SpecifyKind(scheduled, DateTimeKind.Utc));
    }

    private BusMessage(BusMessage other)
    {
        MessageId = other.MessageId;
        SessionId = other.SessionId;
        TimeToLive = other.TimeToLive;
        Sent = other.Sent;
        Tail = other.Tail;
        ApplicationProperties = other.ApplicationProperties;
        Annotations = other.Annotations;
        EnqueuedSequence = other.EnqueuedSequence;
        DeadLetterSource = other.DeadLetterSource;
        Hops = other.Hops;
    }

    public string? MessageId { get; }

    public string? SessionId { get; }

    /// <summary>What subscriptions filter by.</summary>
    public EncodedMessage Sent { get; }

    public ReadOnlyMemory<byte> Tail { get; private set; }

    public IReadOnlyDictionary<string, object?> ApplicationProperties { get; private set; }

    public IReadOnlyList<KeyValuePair<string, object?>> Annotations { get; }

    public TimeSpan? TimeToLive { get; set; }

    public long Sequence { get; set; }

    /// <summary>The sequence number in the entity that the message came into first.</summary>
    public long EnqueuedSequence { get; set; }

    /// <summary>Its place among the messages to deliver, which it keeps when its lock ends.</summary>
    public long Order { get; set; }

    public DateTimeOffset Enqueued { get; set; }

    public DateTimeOffset? Expires => TimeToLive is { } time ? Enqueued + time : null;

    public BusMessageState State { get; set; }

    public DateTimeOffset? ScheduledFor { get; set; }

    /// <summary>Deliveries that ended without a settlement that removes the message.</summary>
    public int Deliveries { get; set; }

    public Guid LockToken { get; set; }

    public DateTimeOffset LockedUntil { get; set; }

    public bool IsLocked => LockToken != Guid.Empty;

    public string? DeadLetterSource { get; set; }

    /// <summary>How often it was forwarded.</summary>
    public int Hops { get; set; }

    /// <summary>The same message for another entity, where nothing has happened to it yet.</summary>
    public BusMessage Copy() => new(this);

    public void SetProperties(IEnumerable<KeyValuePair<string, object?>> changed)
    {
        var properties = new Dictionary<string, object?>(ApplicationProperties, StringComparer.Ordinal);
        foreach ((string name, object? value) in changed)
            properties[name] = value;

        ApplicationProperties = properties;
        Tail = EncodedMessage.WithApplicationProperties(Tail, properties);
    }

    /// <summary>The sections that the service writes, as the message is now.</summary>
    public void WriteHead(SectionWriter writer)
    {
        writer.BeginList(SectionWriter.Header);
        writer.Value(true);
        writer.Null();
        if (TimeToLive is { } time)
            writer.Value((uint)Math.Min(uint.MaxValue, time.TotalMilliseconds));
        else
            writer.Null();

        writer.Null();
        writer.Value((uint)Deliveries);
        writer.End();
        writer.BeginMap(SectionWriter.MessageAnnotations);
        foreach ((string name, object? value) in Annotations)
            Annotate(writer, name, value);

        Annotate(writer, "x-opt-sequence-number", Sequence);
        Annotate(writer, "x-opt-enqueue-sequence-number", EnqueuedSequence);
        Annotate(writer, "x-opt-enqueued-time", Enqueued);
        Annotate(writer, "x-opt-message-state", (int)State);
        if (State == BusMessageState.Scheduled)
            Annotate(writer, ScheduledTime, ScheduledFor);

        if (IsLocked)
            Annotate(writer, "x-opt-locked-until", LockedUntil);

        if (DeadLetterSource is not null)
            Annotate(writer, "x-opt-deadletter-source", DeadLetterSource);

        writer.End();
    }

    private static void Annotate(SectionWriter writer, string name, object? value)
    {
        writer.Symbol(name);
        writer.Value(value);
    }
}
