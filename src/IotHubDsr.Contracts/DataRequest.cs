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

    /// <summary>When the request reached the controller. The time limits count from here, whatever happens later.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>
    /// When it must be answered: one month after <see cref="ReceivedAt"/>, or three when it was extended (GDPR, Article 12(3)).
    /// </summary>
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>How far it has come.</summary>
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
    /// When it was noted that the person was answered; null when it was not, or not since the plan was bound. What only leaves by itself at
    /// a known time is watched to its end, and keeps no request from being answered.
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

    /// <summary>Whether every plan that is run for it must have been approved by somebody else.</summary>
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

    /// <summary>Holds that stand.</summary>
    public IReadOnlyList<DataHold> Holds
    {
        get => _holds;
        init => _holds = TextList.Of(value);
    }

    /// <summary>The next time at which something closes or has to be done; null when nothing is open.</summary>
    public DateTimeOffset? NextAt { get; init; }

    /// <summary>What has to be done next; null when nothing is open.</summary>
    public string? NextAction { get; init; }

    /// <summary>Who works on it now, when somebody does: machine, process and time.</summary>
    public string? Holder { get; init; }

    /// <summary>ID, status and due date.</summary>
    public override string ToString() => VisibleText.OfLine($"{RequestId}: {Status}, due {DueAt:yyyy-MM-dd}");
}

/// <summary>How far a request has come.</summary>
public enum DataRequestStatus
{
    /// <summary>It is registered; nothing was planned or erased.</summary>
    Received = 0,

    /// <summary>An erasure runs now.</summary>
    Running = 1,

    /// <summary>An erasure began and did not end: it was stopped, or its process died.</summary>
    Interrupted = 2,

    /// <summary>All that is left closes by itself at known times; it has to be read again then.</summary>
    Waiting = 3,

    /// <summary>Somebody has to act: data was found again, could not be read, is held, or belongs to another owner.</summary>
    ActionNeeded = 4,

    /// <summary>Every location is settled; or nothing was to be erased, and the answer was noted.</summary>
    Closed = 5,
}

/// <summary>What is known of a request's devices in one location.</summary>
public sealed record DataRequestLocation
{
    /// <summary>ID of the location within its hub.</summary>
    public required string LocationId { get; init; }

    /// <summary>Kind of the location.</summary>
    public required string Kind { get; init; }

    /// <summary>Place of the location.</summary>
    public required string Place { get; init; }

    /// <summary>The worst verdict of the devices there; null when there is none yet.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>Records that the plan expected to erase; null when nobody counted.</summary>
    public long? RecordsPlanned { get; init; }

    /// <summary>Records that were erased, over all runs; null in a place that nobody ever read.</summary>
    public long? RecordsErased { get; init; }

    /// <summary>Records that were there when the location was read last; null when nobody counted.</summary>
    public long? RecordsRemaining { get; init; }

    /// <summary>The last time at which a verdict of the location ends.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Whether its owner's action was noted as done.</summary>
    public bool IsOwnerActionDone { get; init; }

    /// <summary>Kind, place and verdict.</summary>
    public override string ToString() => VisibleText.OfLine($"{Kind} {Place}: {(Verdict is null ? "not read" : Verdict)}");
}

/// <summary>A decision not to erase something for the time being.</summary>
public sealed record DataHold
{
    /// <summary>ID of the location.</summary>
    public required string LocationId { get; init; }

    /// <summary>ID of the device; null when all devices of the request are meant.</summary>
    public string? DeviceId { get; init; }

    /// <summary>Path of the document or blob; null when all of the location is meant.</summary>
    public string? Item { get; init; }

    /// <summary>Why, in words; null when the request's key was destroyed.</summary>
    public string? Ground
    {
        get;
        init => field = VisibleText.OfLineOrNull(value);
    }

    /// <summary>When the hold has to be looked at again. It does not end by itself.</summary>
    public required DateTimeOffset ReviewAt { get; init; }

    /// <summary>Location and review date.</summary>
    public override string ToString() =>
        VisibleText.OfLine($"{LocationId}{(Item is null ? string.Empty : "/" + Item)} until reviewed on {ReviewAt:yyyy-MM-dd}");
}

/// <summary>A certificate of a request.</summary>
/// <param name="Name">Name of the file within the request's folder.</param>
/// <param name="Digest">SHA-256 of the file, as <c>sha256:</c> and 64 hexadecimal digits.</param>
/// <param name="IssuedAt">When it was issued.</param>
/// <param name="IsSigned">Whether it is signed.</param>
public sealed record CertificateReference(string Name, string Digest, DateTimeOffset IssuedAt, bool IsSigned)
{
    /// <summary>Full path or URI of the file.</summary>
    public string? Path { get; init; }

    /// <summary>Path, or the name of the file.</summary>
    public override string ToString() => VisibleText.OfLine(Path ?? Name);
}

/// <summary>A report that was written.</summary>
/// <param name="RequestId">ID of the request.</param>
/// <param name="Path">Full path of the file.</param>
/// <param name="Bytes">Its size in bytes.</param>
public sealed record RequestReport(string RequestId, string Path, long Bytes)
{
    /// <summary>The path.</summary>
    public override string ToString() => VisibleText.OfLine(Path);
}
