using System.Management.Automation;

namespace IotHubDsr.Pipeline;

/// <summary>
/// A command about some or all records of devices. Nothing of the scope binds from the pipeline: a piped device has a generation ID of its
/// own, and must not narrow the request unasked.
/// </summary>
public abstract class ScopedDeviceCommand : DeviceCommand
{
    /// <summary>Only what belongs to this incarnation of the device ID; it takes exactly one device.</summary>
    [Parameter(ParameterSetName = ByDeviceId)]
    [Parameter(ParameterSetName = ByQuery)]
    [ValidateNotNullOrEmpty]
    public string? GenerationId { get; set; }

    /// <summary>Only what the hub accepted at this time or after it.</summary>
    [Parameter(ParameterSetName = ByDeviceId)]
    [Parameter(ParameterSetName = ByQuery)]
    [DateTransformation]
    public DateTimeOffset StartTime { get; set; }

    /// <summary>Only what the hub accepted before this time.</summary>
    [Parameter(ParameterSetName = ByDeviceId)]
    [Parameter(ParameterSetName = ByQuery)]
    [DateTransformation]
    public DateTimeOffset EndTime { get; set; }

    /// <summary>Also records of other senders that name a device in their body; they can be other people's.</summary>
    [Parameter(ParameterSetName = ByDeviceId)]
    [Parameter(ParameterSetName = ByQuery)]
    public SwitchParameter IncludeMentioned { get; set; }

    /// <summary>Runs as a thread job of the session, and gives the job.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    private protected override bool IsJob => AsJob;

    /// <summary>The records that are asked for.</summary>
    private protected RecordScope Scope =>
        new()
        {
            GenerationId = GenerationId,
            StartTime = IfBound(nameof(StartTime), StartTime),
            EndTime = IfBound(nameof(EndTime), EndTime),
            IncludeMentioned = IncludeMentioned,
        };
}
