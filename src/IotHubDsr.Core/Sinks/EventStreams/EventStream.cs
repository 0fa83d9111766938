using System.Globalization;
using System.Text.Json;
using IotHubDsr.Core.Azure.Messaging;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.EventStreams;

/// <summary>
/// An event hub as Azure Resource Manager describes it now: an owner can change how long events stay, also those that are there.
/// </summary>
/// <param name="Place">How it is read.</param>
/// <param name="Expiry">How its events end.</param>
internal sealed record EventStream(EventHubPlace Place, StreamExpiry Expiry)
{
    /// <summary>Whether there is no such event hub yet, and the service makes it with the first event.</summary>
    public bool IsAwaited { get; init; }

    /// <summary>
    /// Lists the key of a policy that may read, for accounts whose own token is refused; null where there is none, or the account may not
    /// list keys either.
    /// </summary>
    public Func<CancellationToken, Task<MessagingKey?>> FindKeyAsync { get; init; } = static _ => Task.FromResult<MessagingKey?>(null);
}

/// <summary>How the events of an event hub end.</summary>
internal sealed record StreamExpiry
{
    /// <summary>The setting of a location that holds the cleanup policy, once Azure Resource Manager has told it.</summary>
    private const string CleanupPolicy = "cleanupPolicy";

    /// <summary>How long an event stays; null when it stays for ever, or nobody can tell.</summary>
    public TimeSpan? Retention { get; init; }

    /// <summary>Whether the newest event of each key stays.</summary>
    public bool IsCompacted { get; init; }

    /// <summary>Whether Azure Resource Manager could be asked.</summary>
    public bool IsKnown { get; init; } = true;

    /// <summary>Why events do not leave by themselves, or nobody knows when, without a full stop; null when they do.</summary>
    public string? Obstacle =>
        !IsKnown ? "nobody can tell when events leave, as the resource ID of the event hub is not known"
        : IsCompacted
            ? "the event hub is compacted: it keeps the newest event of each key, and as readers do not see the keys of the hub's events, "
                + "they cannot be addressed: its owner has to replace it, or to change its cleanup policy"
        : Retention is null ? "the event hub keeps events without limit: its owner has to lower the retention, or to replace it"
        : null;

    /// <summary>When an event that was stored at a time is gone; null when that cannot be told.</summary>
    public DateTimeOffset? EndOf(DateTimeOffset stored) => Obstacle is null ? stored + Retention : null;

    /// <summary>As the properties of an event hub tell it.</summary>
    public static StreamExpiry Read(JsonElement? properties) => Of(PolicyOf(properties), RetentionOf(properties));

    /// <summary>As the command that found a location has read it; null where it has not.</summary>
    public static StreamExpiry? Of(DataLocation location) =>
        location.Settings.TryGetValue(CleanupPolicy, out string? policy) ? Of(policy, location.Retention) : null;

    /// <summary>A location with what the properties of its event hub tell.</summary>
    public static LocationDraft Note(LocationDraft location, JsonElement? properties) =>
        location with
        {
            Retention = RetentionOf(properties),
            Settings = new Dictionary<string, string>(location.Settings, StringComparer.Ordinal) { [CleanupPolicy] = PolicyOf(properties) },
        };

    private static StreamExpiry Of(string policy, TimeSpan? retention) =>
        new() { IsCompacted = policy.Contains("Compact", StringComparison.OrdinalIgnoreCase), Retention = retention };

    private static string PolicyOf(JsonElement? properties) => properties.Prop("retentionDescription").Text(CleanupPolicy) ?? "Delete";

    private static TimeSpan? RetentionOf(JsonElement? properties)
    {
        const long mostHours = 24L * 3650;
        long? hours = properties.Prop("retentionDescription").Number("retentionTimeInHours")
            ?? properties.Number("messageRetentionInDays") * 24;
        return hours is > 0 and <= mostHours and var kept ? TimeSpan.FromHours(kept) : null;
    }

    public override string ToString() =>
        Retention is { } kept ? string.Create(CultureInfo.InvariantCulture, $"{kept.TotalHours} hours") : "-";
}
