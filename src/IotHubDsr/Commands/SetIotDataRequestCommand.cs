using System.Management.Automation;
using IotHubDsr.Completion;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Commands;

/// <summary>
/// Records a decision in a request's journal: an extension, a hold, its end, an owner's action, the answer, or the end of the request's
/// key.
/// </summary>
[Cmdlet(VerbsCommon.Set, "IotDataRequest", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(DataRequest))]
public sealed class SetIotDataRequestCommand : RequestStoreCommand
{
    private const string ToExtend = "Extend";
    private const string ToHold = "Hold";
    private const string ToRelease = "Release";
    private const string ToNoteOwnerAction = "OwnerAction";
    private const string ToNoteAnswer = "Answer";
    private const string ToDestroyKey = "DestroyKey";

    /// <summary>ID of the request.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [RequestIdTransformation]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RequestIdCompleter))]
    public string RequestId { get; set; } = string.Empty;

    /// <summary>Extends the time limit by two months, for this reason.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ToExtend)]
    [ValidateNotNullOrEmpty]
    public string? ExtensionReason { get; set; }

    /// <summary>Holds a location: nothing is erased there until the hold is released.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ToHold)]
    public SwitchParameter Hold { get; set; }

    /// <summary>Releases a hold.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ToRelease)]
    public SwitchParameter Release { get; set; }

    /// <summary>ID of the location.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ToHold)]
    [Parameter(Mandatory = true, ParameterSetName = ToRelease)]
    [Parameter(Mandatory = true, ParameterSetName = ToNoteOwnerAction)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(LocationIdCompleter))]
    public string? LocationId { get; set; }

    /// <summary>ID of the device that is meant; by default all devices of the request.</summary>
    [Parameter(ParameterSetName = ToHold)]
    [Parameter(ParameterSetName = ToRelease)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RequestDeviceCompleter))]
    public string? DeviceId { get; set; }

    /// <summary>Path of the document or blob that is meant; by default all of the location.</summary>
    [Parameter(ParameterSetName = ToHold)]
    [Parameter(ParameterSetName = ToRelease)]
    [ValidateNotNullOrEmpty]
    public string? Item { get; set; }

    /// <summary>Why it is held.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ToHold)]
    [ValidateNotNullOrEmpty]
    public string? Ground { get; set; }

    /// <summary>When the hold must be reviewed.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ToHold)]
    [DateTransformation]
    public DateTimeOffset ReviewAt { get; set; }

    /// <summary>Records that the owner of a location has done this.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ToNoteOwnerAction)]
    [ValidateNotNullOrEmpty]
    public string? OwnerActionNote { get; set; }

    /// <summary>Records how the request was answered if nothing is to be erased.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ToNoteAnswer)]
    [ValidateNotNullOrEmpty]
    public string? AnswerNote { get; set; }

    /// <summary>Destroys the key, the devices' IDs, the plan and the texts of the request.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ToDestroyKey)]
    public SwitchParameter DestroyKey { get; set; }

    /// <summary>Why the key is destroyed although the request is open; it is recorded, and must not name the person.</summary>
    [Parameter(ParameterSetName = ToDestroyKey)]
    [ValidateNotNullOrEmpty]
    public string? Reason { get; set; }

    /// <summary>Suppresses the confirmation prompt.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        ChangeOptions change = Change() with { Context = ContextOrNone, Store = Store };
        RunOne(cancellationToken => Engine.ChangeRequestAsync(change, cancellationToken));
    }

    private protected override bool IsForced => Force || !IsAskedFor();

    /// <summary>
    /// Only the end of the key is of high impact; the other decisions can be followed by others, and are asked for as of medium impact.
    /// </summary>
    private bool IsAskedFor() =>
        ParameterSetName == ToDestroyKey
        || (
            LanguagePrimitives.TryConvertTo(SessionState.PSVariable.GetValue("ConfirmPreference"), out ConfirmImpact preference)
            && preference is ConfirmImpact.Low or ConfirmImpact.Medium
        );

    private ChangeOptions Change() =>
        ParameterSetName switch
        {
            ToExtend => new ExtendOptions { RequestId = RequestId, Reason = ExtensionReason! },
            ToNoteOwnerAction => new OwnerActionOptions
            {
                RequestId = RequestId,
                LocationId = LocationId!,
                Note = OwnerActionNote!,
            },
            ToNoteAnswer => new AnswerOptions { RequestId = RequestId, Note = AnswerNote! },
            ToDestroyKey => new AnonymiseOptions { RequestId = RequestId, Reason = Reason },
            ToHold => HoldOf(Ground, ReviewAt),
            _ => HoldOf(ground: null, reviewAt: null),
        };

    private HoldOptions HoldOf(string? ground, DateTimeOffset? reviewAt) =>
        new()
        {
            RequestId = RequestId,
            LocationId = LocationId!,
            DeviceId = DeviceId,
            Item = Item,
            Ground = ground,
            ReviewAt = reviewAt,
        };
}
