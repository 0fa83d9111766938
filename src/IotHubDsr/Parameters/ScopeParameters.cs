using System.Management.Automation;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Parameters;

/// <summary>
/// Some or all records of devices. Nothing of the scope binds from the pipeline: a piped device has a generation ID of its own, and must not
/// narrow the request unasked.
/// </summary>
internal sealed class ScopeParameters
{
    /// <summary>Only what belongs to this incarnation of the device ID; it takes exactly one device.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? GenerationId { get; set; }

    /// <summary>Only what the hub accepted at this time or after it.</summary>
    [Parameter]
    [DateTransformation]
    public DateTimeOffset StartTime { get; set; }

    /// <summary>Only what the hub accepted before this time.</summary>
    [Parameter]
    [DateTransformation]
    public DateTimeOffset EndTime { get; set; }

    /// <summary>Also records of other senders that name a device in their body; they can be other people's.</summary>
    [Parameter]
    public SwitchParameter IncludeMentioned { get; set; }

    /// <summary>The records that are asked for.</summary>
    public RecordScope ToScope(DsrCommand command) =>
        new()
        {
            GenerationId = GenerationId,
            StartTime = command.IfBound(nameof(StartTime), StartTime),
            EndTime = command.IfBound(nameof(EndTime), EndTime),
            IncludeMentioned = IncludeMentioned,
        };
}
