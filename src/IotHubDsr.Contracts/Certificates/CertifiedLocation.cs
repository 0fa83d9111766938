namespace IotHubDsr;

/// <summary>What a certificate says of one location, over all devices.</summary>
public sealed record CertifiedLocation
{
    private readonly IReadOnlyList<OperatorStatement> _statements = TextList.Of<OperatorStatement>([]);

    /// <summary>ID of the location within its hub.</summary>
    public required string LocationId { get; init; }

    /// <summary>Kind of the location.</summary>
    public required string Kind { get; init; }

    /// <summary>Place of the location.</summary>
    public required string Place { get; init; }

    /// <summary>The worst verdict of the devices.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>Records that were planned to be erased; null if not counted.</summary>
    public long? RecordsPlanned { get; init; }

    /// <summary>Records that were erased; null where the module erases nothing.</summary>
    public long? RecordsErased { get; init; }

    /// <summary>Records that were there when the location was read again; null if not counted.</summary>
    public long? RecordsRemaining { get; init; }

    /// <summary>The last time at which a verdict ends; null when none does.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>How data is erased there, or why it is not.</summary>
    public string Method { get; init; } = string.Empty;

    /// <summary>When the location was read for this verdict; null when nobody could.</summary>
    public DateTimeOffset? VerifiedAt { get; init; }

    /// <summary>How it was read; null when nobody could, and in certificates of earlier versions.</summary>
    public string? Reading { get; init; }

    /// <summary>SHA-256 of the file that asks the recipient to erase; null where nobody is asked.</summary>
    public string? RequestFileDigest { get; init; }

    /// <summary>When the request file was written; null where nobody is asked.</summary>
    public DateTimeOffset? RequestedAt { get; init; }

    /// <summary>When its owner acted, or the recipient answered, as was noted; null when it was not.</summary>
    public DateTimeOffset? OwnerActionAt { get; init; }

    /// <summary>What the operator vouched for about the location; a text that named a device appears as a keyed hash.</summary>
    public IReadOnlyList<OperatorStatement> Statements
    {
        get => _statements;
        init => _statements = TextList.Of(value);
    }

    /// <summary>Kind, place and verdict.</summary>
    public override string ToString() => VisibleText.OfLine($"{Kind} {Place}: {Verdict}");
}
