using System.Text.Json.Serialization;

namespace IotHubDsr;

/// <summary>
/// What happened to one device's records of one location in an export: <see cref="Found"/> equals <see cref="Included"/> plus
/// <see cref="Withheld"/> plus <see cref="Unreachable"/>, if they were counted.
/// </summary>
public sealed record ExportCompleteness
{
    /// <summary>ID of the device.</summary>
    public required string DeviceId { get; init; }

    /// <summary>Host name of the hub; null in the package itself, which names it once.</summary>
    public string? HubHostName { get; init; }

    /// <summary>ID of the location, which is also the name of its folder under <c>data/</c>.</summary>
    public required string LocationId { get; init; }

    /// <summary>Kind of the location.</summary>
    public required string Kind { get; init; }

    /// <summary>Place of the location.</summary>
    public required string Place { get; init; }

    /// <summary>What is known of the device there.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>Records known to exist; null if not counted.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long? Found { get; init; }

    /// <summary>Records in the package.</summary>
    public long Included { get; init; }

    /// <summary>
    /// Records that were found and were sent under another generation ID than the registered device's (where none is registered, than the
    /// newest record's): the device ID was deleted and created again, and they can be another person's.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long OtherGenerationRecords { get; init; }

    /// <summary>Records left out on purpose; <see cref="Ground"/> says why.</summary>
    public long Withheld { get; init; }

    /// <summary>Records known to exist that could not be read; null if not counted.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long? Unreachable { get; init; }

    /// <summary>Why records are withheld or unreachable, or what the owner of the location has to do.</summary>
    public string? Ground
    {
        get;
        init => field = VisibleText.OfLineOrNull(value);
    }

    /// <summary>Device, counts and place.</summary>
    public override string ToString() =>
        VisibleText.OfLine(
            $"{DeviceId}: {Included} of {(Found is { } found ? $"{found}" : "an unknown number")} included from {Kind} {Place}"
        );
}
