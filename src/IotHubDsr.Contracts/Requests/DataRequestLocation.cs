namespace IotHubDsr;

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

    /// <summary>Records that the plan expected to erase; null if not counted.</summary>
    public long? RecordsPlanned { get; init; }

    /// <summary>Records that were erased, over all runs; null in a place that nobody ever read.</summary>
    public long? RecordsErased { get; init; }

    /// <summary>Records that were there when the location was read last; null if not counted.</summary>
    public long? RecordsRemaining { get; init; }

    /// <summary>The last time at which a verdict of the location ends.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Erasures there that a service carries out later, or has carried out.</summary>
    public IReadOnlyList<ServiceOperation> Operations { get; init; } = [];

    /// <summary>
    /// Full path or URI of the file that asks the recipient to erase, in the shape of OpenDSR 2.0; null where nobody is asked, and when the
    /// key of the request was destroyed, and the file with it.
    /// </summary>
    public string? RequestFile { get; init; }

    /// <summary>SHA-256 of the request file: <c>sha256:</c> and 64 hexadecimal digits; null where nobody is asked.</summary>
    public string? RequestFileDigest { get; init; }

    /// <summary>When the request file was written; null where nobody is asked.</summary>
    public DateTimeOffset? RequestedAt { get; init; }

    /// <summary>Whether its owner's action was noted as done.</summary>
    public bool IsOwnerActionDone { get; init; }

    /// <summary>When its owner acted, or the recipient answered, as was noted; null when it was not.</summary>
    public DateTimeOffset? OwnerActionAt { get; init; }

    /// <summary>What was noted; null when nothing was, or its key was destroyed.</summary>
    public string? OwnerActionNote
    {
        get;
        init => field = VisibleText.OfLineOrNull(value);
    }

    /// <summary>Kind, place and verdict.</summary>
    public override string ToString() => VisibleText.OfLine($"{Kind} {Place}: {(Verdict is null ? "not read" : Verdict)}");
}
