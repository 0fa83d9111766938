using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Tests.Sinks.Notebooks;

/// <summary>A file in which operators take notes about devices: the kind of place that <c>docs/adding-a-sink.md</c> adds.</summary>
internal sealed class NotebookKind : ISinkKind
{
    public const string Name = "Notebook";

    public PlaceDescription Description { get; } =
        new(Name, Position: 900, "A file in which operators take notes about devices. Erased by replacing the file.")
        {
            Traits = PlaceTraits.HasCase,
            Capabilities = LocationCapabilities.Find | LocationCapabilities.Export | LocationCapabilities.Erase,
            Stage = ErasureStage.Sinks,
            IsShared = true,
            Method = "The notes were taken out of the file; notes about other devices were kept byte for byte.",
            Reading = "The file was read to its end.",
            Verdict = Verdict.OwnerAction,
            Advice = "This version does not read notebooks: whoever keeps the file takes the notes about the device out.",
        };

    public Sink Open(SinkServices services) => Sink.Of(Description, new NotebookSink());
}
