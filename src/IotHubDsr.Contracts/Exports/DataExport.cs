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

    /// <summary>Host name of the hub; null in output of earlier versions.</summary>
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
