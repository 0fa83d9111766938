namespace IotHubDsr;

/// <summary>
/// One data subject request, as its store holds it. Everything but the subjects and the free texts is derived from the request's journal;
/// nothing of it can be set.
/// </summary>
public sealed record DataRequest
{
    private readonly IReadOnlyList<DataHold> _holds = TextList.Of<DataHold>([]);
    private readonly IReadOnlyList<DataRequestLocation> _locations = TextList.Of<DataRequestLocation>([]);
    private readonly IReadOnlyList<CertificateReference> _certificates = TextList.Of<CertificateReference>([]);
    private readonly IReadOnlyList<string> _deviceId = TextList.Of<string>([]);

    /// <summary>Names the request within its store: the time it was registered and eight random digits.</summary>
    public required string RequestId { get; init; }

    /// <summary>The store that holds it: the full path of a folder, or the URI of a blob container.</summary>
    public required string RequestStore { get; init; }

    /// <summary>Host name of the hub that it is about.</summary>
    public required string HubHostName { get; init; }

    /// <summary>Azure Resource Manager ID of the hub; null when only a connection string is known.</summary>
    public string? HubResourceId { get; init; }

    /// <summary>When the request reached the controller. Time limits start here, regardless of later events.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>
    /// When it must be answered: one month after <see cref="ReceivedAt"/>, or three when it was extended (GDPR, Article 12(3)).
    /// </summary>
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>Its state.</summary>
    public required DataRequestStatus Status { get; init; }

    /// <summary>The worst verdict of all devices and locations; null before anything was erased.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>IDs of the devices; empty when the request's key was destroyed.</summary>
    public IReadOnlyList<string> DeviceId
    {
        get => _deviceId;
        init => _deviceId = TextList.Of(value);
    }

    /// <summary>Number of devices.</summary>
    public int Devices { get; init; }

    /// <summary>How the person was identified, in words; null when nothing was said or the request's key was destroyed.</summary>
    public string? IdentityEvidence { get; init; }

    /// <summary>Why the time limit was extended; null when it was not, or when the request's key was destroyed.</summary>
    public string? ExtensionReason { get; init; }

    /// <summary>How the person was answered; null when that was not noted, or when the request's key was destroyed.</summary>
    public string? AnswerNote { get; init; }

    /// <summary>
    /// When it was noted that the person was answered; null when it was not, or not since the plan was bound. What only expires at a known
    /// time is watched to its end, but does not prevent the answer.
    /// </summary>
    public DateTimeOffset? AnsweredAt { get; init; }

    /// <summary>Whether the key that links the journal to the devices was destroyed.</summary>
    public bool IsAnonymised { get; init; }

    /// <summary>Why the key was destroyed while the request was open; null otherwise.</summary>
    public string? KeyDestructionReason { get; init; }

    /// <summary>
    /// Which of the devices' records the plan is about, in words and without a generation ID; null when it is about all of them, and before
    /// there is a plan.
    /// </summary>
    public string? Scope { get; init; }

    /// <summary>Whether every plan that is run for it must have been approved by another person.</summary>
    public bool RequiresApproval { get; init; }

    /// <summary>Digest of the plan that is run; null before there is one.</summary>
    public string? PlanDigest { get; init; }

    /// <summary>Hash of the journal's last line: it covers all lines before.</summary>
    public required string JournalDigest { get; init; }

    /// <summary>Certificates of the outcome, oldest first; each is a file of the request.</summary>
    public IReadOnlyList<CertificateReference> Certificates
    {
        get => _certificates;
        init => _certificates = TextList.Of(value);
    }

    /// <summary>The locations of the plan, with what is known of the devices there.</summary>
    public IReadOnlyList<DataRequestLocation> Locations
    {
        get => _locations;
        init => _locations = TextList.Of(value);
    }

    /// <summary>Active holds.</summary>
    public IReadOnlyList<DataHold> Holds
    {
        get => _holds;
        init => _holds = TextList.Of(value);
    }

    /// <summary>The next time at which something closes or has to be done; null when nothing is open.</summary>
    public DateTimeOffset? NextAt { get; init; }

    /// <summary>What has to be done next; null when nothing is open.</summary>
    public string? NextAction { get; init; }

    /// <summary>Who is working on it now: machine, process and time; null if nobody is.</summary>
    public string? Holder { get; init; }

    /// <summary>How far workers have come with the run that is open; null when none is, or all of it is done in one process.</summary>
    public WorkersProgress? Workers { get; init; }

    /// <summary>ID, status and due date.</summary>
    public override string ToString() => VisibleText.OfLine($"{RequestId}: {Status}, due {DueAt:yyyy-MM-dd}");
}
