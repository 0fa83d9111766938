using System.Text.Json.Serialization;

namespace IotHubDsr;

/// <summary>An export package that was written completely.</summary>
public sealed record DataExport
{
    private readonly IReadOnlyList<ExportCompleteness> _completeness = TextList.Of<ExportCompleteness>([]);
    private readonly IReadOnlyList<string> _deviceId = TextList.Of<string>([]);

    /// <summary>IDs of the devices it covers.</summary>
    public required IReadOnlyList<string> DeviceId
    {
        get => _deviceId;
        init => _deviceId = TextList.Of(value);
    }

    /// <summary>Host name of the hub; null in what an earlier version made.</summary>
    public string? HubHostName { get; init; }

    /// <summary>Azure Resource Manager ID of the hub; null when only a connection string is known.</summary>
    public string? HubResourceId { get; init; }

    /// <summary>ID of the package, which also stands in it.</summary>
    public required string Identifier { get; init; }

    /// <summary>Full path of the folder, zip file or encrypted zip file.</summary>
    public required string Path { get; init; }

    /// <summary>
    /// SHA-256 of the package's <c>tagmanifest-sha256.txt</c>, as lower-case hexadecimal digits: through the digests in it, it stands for
    /// every byte of the package, in whatever form it was written.
    /// </summary>
    public required string Digest { get; init; }

    /// <summary>Number of files in the package.</summary>
    public required int Files { get; init; }

    /// <summary>Size of the files in bytes, before compression.</summary>
    public required long Bytes { get; init; }

    /// <summary>One line per device and location; its counts add up.</summary>
    public required IReadOnlyList<ExportCompleteness> Completeness
    {
        get => _completeness;
        init => _completeness = TextList.Of(value);
    }

    /// <summary>When the package was complete.</summary>
    public required DateTimeOffset CompletedAt { get; init; }

    /// <summary>Records included, over all locations.</summary>
    public long Records => Completeness.Sum(line => line.Included);

    /// <summary>The path.</summary>
    public override string ToString() => VisibleText.OfLine(Path);
}

/// <summary>
/// What happened to one device's records of one location in an export: <see cref="Found"/> equals <see cref="Included"/> plus
/// <see cref="Withheld"/> plus <see cref="Unreachable"/>, where somebody counted.
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

    /// <summary>Records known to exist; null when nobody counted.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long? Found { get; init; }

    /// <summary>Records in the package.</summary>
    public long Included { get; init; }

    /// <summary>
    /// Records that were found and were sent under another generation ID than the registered device's (where none is registered, than the
    /// newest record's): the device ID was deleted and made again, and they can be another person's.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long OtherGenerationRecords { get; init; }

    /// <summary>Records left out on purpose; <see cref="Ground"/> says why.</summary>
    public long Withheld { get; init; }

    /// <summary>Records known to exist that could not be read; null when nobody counted.</summary>
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
