using IotHubDsr.Core.Records;
using IotHubDsr.Core.Sinks;

namespace IotHubDsr.Core.Operations;

/// <summary>One location of a stage, with the steps that are tried there.</summary>
internal sealed class ErasurePart(IReadOnlyList<RequestStep> steps, IReadOnlyList<string> everyone, Dictionary<string, RecordBound> bounds)
{
    /// <summary>All devices that the request is about there.</summary>
    public IReadOnlyList<string> Everyone => everyone;

    public IReadOnlyList<RequestStep> Steps => steps;

    public Dictionary<string, RecordBound> Bounds => bounds;

    public DataLocation Location => steps[0].Location;

    /// <summary>Whether no run has changed anything there.</summary>
    public bool IsFirst { get; set; }

    /// <summary>What is there, by device ID.</summary>
    public Dictionary<string, DeviceDataFinding> Now { get; set; } = new(StringComparer.Ordinal);

    public List<ErasureAttempt> Attempts { get; } = [];

    /// <inheritdoc cref="SinkCall.Held" />
    public ILookup<string, string> Held { get; set; } = Array.Empty<string>().ToLookup(path => path);

    /// <inheritdoc cref="SinkCall.HeldDevices" />
    public IReadOnlyCollection<string> HeldDevices { get; set; } = [];

    /// <inheritdoc cref="SinkCall.Earlier" />
    public Dictionary<string, string> Earlier { get; set; } = [];
}
