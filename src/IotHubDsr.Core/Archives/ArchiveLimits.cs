namespace IotHubDsr.Core.Archives;

/// <summary>Sizes beyond which a file is a fault: a few corrupt bytes must not cost more memory than the caller has.</summary>
internal sealed record ArchiveLimits
{
    public static ArchiveLimits Default { get; } = new();

    /// <summary>
    /// Bytes of an Avro block, compressed and inflated, or of a record of JSON. IoT Hub's messages have at most 256 KiB, and its blocks a
    /// few of them; rows of resource logs can be somewhat longer.
    /// </summary>
    public int MaxBlockBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Bytes of an Avro header, schema included.</summary>
    public int MaxHeaderBytes { get; init; } = 1024 * 1024;
}
