using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.BusEntities;

/// <summary>What is the same of queues and topics.</summary>
internal static class BusDescription
{
    public static PlaceDescription Of(string kind, int position, string summary, string advice) =>
        new(kind, position, summary)
        {
            Traits =
                PlaceTraits.MayBeDedicated
                | PlaceTraits.LeavesHubOpen
                | PlaceTraits.DeliversToReceivers
                | PlaceTraits.ForwardsWithinNamespace,
            Capabilities = LocationCapabilities.Find | LocationCapabilities.Export | LocationCapabilities.Erase,
            Stage = ErasureStage.Sinks,
            IsShared = true,
            Understands = BusSink.Understands,
            Method = BusSink.Method,
            Reading = BusSink.Reading,
            Verdict = Verdict.OwnerAction,
            Advice = advice,
        };
}
