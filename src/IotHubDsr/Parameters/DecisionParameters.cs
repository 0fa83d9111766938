using System.Management.Automation;
using IotHubDsr.Completion;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Parameters;

/// <summary>What Set-IotDataRequest takes, in the order of its syntax: a request, and one of several decisions about it.</summary>
internal sealed class DecisionParameters
{
    private const string ToExtend = "Extend";
    private const string ToHold = "Hold";
    private const string ToRelease = "Release";
    private const string ToNoteOwnerAction = "OwnerAction";
    private const string ToNoteAnswer = "Answer";
    public const string ToDestroyKey = "DestroyKey";

    [Composed]
    public RequestParameters Request { get; } = new();

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

    /// <summary>When the owner acted, or the recipient answered; by default now.</summary>
    [Parameter(ParameterSetName = ToNoteOwnerAction)]
    [DateTransformation]
    public DateTimeOffset OwnerActionAt { get; set; }

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

    [Composed]
    public ForceParameters Prompt { get; } = new();

    [Composed]
    public StoreAccessParameters Requests { get; } = new();

    /// <summary>The decision that a parameter set stands for.</summary>
    public ChangeOptions ToOptions(string parameterSet) =>
        parameterSet switch
        {
            ToExtend => new ExtendOptions { RequestId = Request.RequestId, Reason = ExtensionReason! },
            ToNoteOwnerAction => new OwnerActionOptions
            {
                RequestId = Request.RequestId,
                LocationId = LocationId!,
                Note = OwnerActionNote!,
                ActedAt = OwnerActionAt == default ? null : OwnerActionAt,
            },
            ToNoteAnswer => new AnswerOptions { RequestId = Request.RequestId, Note = AnswerNote! },
            ToDestroyKey => new AnonymiseOptions { RequestId = Request.RequestId, Reason = Reason },
            ToHold => HoldOf(Ground, ReviewAt),
            _ => HoldOf(ground: null, reviewAt: null),
        };

    private HoldOptions HoldOf(string? ground, DateTimeOffset? reviewAt) =>
        new()
        {
            RequestId = Request.RequestId,
            LocationId = LocationId!,
            DeviceId = DeviceId,
            Item = Item,
            Ground = ground,
            ReviewAt = reviewAt,
        };
}
