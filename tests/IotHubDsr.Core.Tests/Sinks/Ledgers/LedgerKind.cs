using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Tests.Sinks.Ledgers;

/// <summary>A folder of pages from which a clerk erases on order: a kind that is read in units, and erased from later.</summary>
internal sealed class LedgerKind : ISinkKind
{
    public const string Name = "Ledger";

    public PlaceDescription Description { get; } =
        new(Name, Position: 901, "A folder of pages about devices. A clerk erases from it on order, within 30 days.")
        {
            Traits = PlaceTraits.HasCase,
            Capabilities = LocationCapabilities.Find | LocationCapabilities.Erase,
            Stage = ErasureStage.Logs,
            IsShared = true,
            Method = "The clerk struck the lines out.",
            Reading = "Every page was read to its end.",
            Verdict = Verdict.OwnerAction,
            Advice = "This version does not read ledgers: whoever keeps them strikes the lines out.",
        };

    public Sink Open(SinkServices services) => Sink.Of(Description, new LedgerSink(services.Time));
}
