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

    /// <summary>Whether its owner's action was noted as done.</summary>
    public bool IsOwnerActionDone { get; init; }

    /// <summary>Kind, place and verdict.</summary>
    public override string ToString() => VisibleText.OfLine($"{Kind} {Place}: {(Verdict is null ? "not read" : Verdict)}");
}
