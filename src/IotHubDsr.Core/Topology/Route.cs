namespace IotHubDsr.Core.Topology;

/// <summary>A route of a hub, the fallback route included.</summary>
internal sealed record Route
{
    public const string BuiltInEndpoint = "events";

    public required string Name { get; init; }

    public required bool IsFallback { get; init; }

    public required bool IsEnabled { get; init; }

    /// <summary>Which messages it takes, as the service names them; null when not told.</summary>
    public required string? Source { get; init; }

    public required string? Condition { get; init; }

    /// <summary>Layout that the route gives to messages; null for the layout that IoT Hub always had.</summary>
    public string? DataSchema { get; init; }

    public required IReadOnlyList<string> Endpoints { get; init; }

    /// <summary>
    /// Whether messages can come along. Only the constant condition is judged: what the others let through depends on the messages.
    /// </summary>
    public bool IsLive => IsEnabled && !string.Equals(Condition?.Trim(), "false", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Whether the deletion of a device can put a message on this route: its lifecycle event, the end of its connection, the end of its
    /// twin. A source that is not known is taken to do so.
    /// </summary>
    public bool RecordsDeletion =>
        IsLive
        && Source is not ("DeviceMessages" or "DeviceJobLifecycleEvents" or "DigitalTwinChangeEvents" or "MqttBrokerMessages" or "Invalid");

    public bool LeadsTo(string endpoint) => Endpoints.Contains(endpoint, StringComparer.OrdinalIgnoreCase);

    /// <summary>The way to an endpoint.</summary>
    public DataWay To(string endpoint) =>
        new()
        {
            Kind = IsFallback ? DataWayKind.FallbackRoute : DataWayKind.Route,
            Name = Name,
            Carries = Source is null ? [] : [Source],
            Condition = Condition is null ? null : LocationText.Quote(Condition),
            Target = string.Equals(endpoint, BuiltInEndpoint, StringComparison.OrdinalIgnoreCase)
                ? "built-in endpoint"
                : $"endpoint '{endpoint}'",
            IsEnabled = IsEnabled,
        };
}
