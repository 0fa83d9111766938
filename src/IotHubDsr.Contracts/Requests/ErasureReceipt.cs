using System.Text.Json.Serialization;

namespace IotHubDsr;

/// <summary>
/// What one erasure did to one device's data in one location, in counts, and what was found when the location was read again.
/// </summary>
public sealed record ErasureReceipt
{
    /// <summary>ID of the request that the erasure belongs to.</summary>
    public required string RequestId { get; init; }

    /// <summary>
    /// The store that holds the request, as <see cref="DataRequest.RequestStore"/> has it; null in output of earlier versions.
    /// </summary>
    [JsonIgnore]
    public string? RequestStore { get; init; }

    /// <summary>ID of the device, case-sensitive.</summary>
    public required string DeviceId { get; init; }

    /// <summary>Host name of the hub; null in output of earlier versions.</summary>
    public string? HubHostName { get; init; }

    /// <summary>Azure Resource Manager ID of the hub; null when only a connection string is known.</summary>
    public string? HubResourceId { get; init; }

    /// <summary>Where it was erased.</summary>
    public required DataLocation Location { get; init; }

    /// <summary>Kind of <see cref="Location"/>.</summary>
    public string Kind => Location.Kind;

    /// <summary>Place of <see cref="Location"/>.</summary>
    public string Place => Location.Place;

    /// <summary>The state after the location was read again.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>Records that the plan expected to erase; null if not counted.</summary>
    public long? RecordsPlanned { get; init; }

    /// <summary>Records that were erased; null where this module erases nothing.</summary>
    public long? RecordsErased { get; init; }

    /// <summary>Records that were still there when the location was read again, old copies included; null if not counted.</summary>
    public long? RecordsRemaining { get; init; }

    /// <summary>Documents deleted or blobs replaced.</summary>
    public int ItemsChanged { get; init; }

    /// <summary>Until when the verdict holds, for verdicts that end at a time.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>A sentence that explains the verdict; null when there is nothing to add.</summary>
    public string? Detail
    {
        get;
        init => field = VisibleText.OfLineOrNull(value);
    }

    /// <summary>When the work on this step ended, verification included.</summary>
    public DateTimeOffset CompletedAt { get; init; }

    /// <summary>Device, verdict and place.</summary>
    public override string ToString() =>
        VisibleText.OfLine($"{DeviceId}: {Verdict} in {Location} ({Number(RecordsErased)} erased, {Number(RecordsRemaining)} remaining)");

    private static string Number(long? records) => records is { } known ? Counted.Number(known) : "?";
}
