using System.Text.Json.Nodes;

namespace IotHubDsr.Sandbox.Messaging.EventHubs;

/// <summary>What an event hub is made with.</summary>
internal sealed record EventHubOptions
{
    public const int MostPartitions = 32;

    public int Partitions { get; init; } = 4;

    /// <summary>How long events are kept; null is for ever.</summary>
    public TimeSpan? Retention { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Delete, Compact or DeleteOrCompact. A hub that compacts keeps its events until it is told which leave.</summary>
    public string CleanupPolicy { get; init; } = "Delete";

    public int? TombstoneRetentionHours { get; init; }

    public int? MinCompactionLagMinutes { get; init; }

    /// <summary>
    /// The description of Capture as Resource Manager shows it. What Capture has written stands in its container, or does not.
    /// </summary>
    public JsonObject? Capture { get; init; }

    public IReadOnlyList<string> ConsumerGroups { get; init; } = [];
}
