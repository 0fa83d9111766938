using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.BusEntities;

/// <summary>Routing endpoints that lead to Service Bus.</summary>
internal static class BusEndpoint
{
    /// <summary>The hub writes a message as it accepts it; what it tries again, and its clock, take a while.</summary>
    private static readonly TimeSpan Delay = TimeSpan.FromMinutes(5);

    /// <summary>The place of an endpoint, without ways; null when its address is not of a form that can be read.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="kind">The kind of place.</param>
    /// <param name="type">The type in Azure Resource Manager.</param>
    public static LocationDraft? DraftOf(RoutingEndpoint endpoint, string kind, string type) =>
        endpoint.ToEntity(kind, "Microsoft.ServiceBus", type) is { } place ? place with { FlushTime = Delay } : null;
}
