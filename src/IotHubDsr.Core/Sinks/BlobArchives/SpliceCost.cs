namespace IotHubDsr.Core.Sinks.BlobArchives;

/// <summary>
/// Decides which stretches of a blob that stay are copied within the service, and which are uploaded again together with what lies beside
/// them. A copy moves no byte over the network, but costs two more requests: its own, and the upload behind it that would otherwise have
/// been one with the upload before it.
/// </summary>
/// <remarks>
/// Prices: azure.microsoft.com/pricing/details/storage/blobs, hot tier, locally redundant storage, rounded up. Cooler tiers and more
/// redundancy charge up to several times as much for a request, and nothing for bytes that come in.
/// </remarks>
internal static class SpliceCost
{
    /// <summary>Size of what is uploaded at once; the service takes more, and each costs its memory.</summary>
    public const int BlockSize = 4 * 1024 * 1024;

    // As many copies and full uploads together, and between two copies at most one upload that is not full: a blob keeps within the 50,000
    // blocks that it may have.
    private const int MostParts = 20_000;

    private const double WriteUsd = 0.065 / 10_000;
    private const double ReadUsd = 0.005 / 10_000;

    /// <summary>What a second of a run is worth: about 1 US dollar an hour for the machine and whoever waits for it.</summary>
    private const double SecondUsd = 1.0 / 3600;

    /// <summary>
    /// What a request takes longer than its bytes do, with three of them under way: some 30 ms each, as "Latency in Blob storage" has it
    /// for a client in the region.
    /// </summary>
    private const double RequestSeconds = 0.030 / 3;

    /// <summary>What one blob's uploads reach from within the region.</summary>
    private const double BytesPerSecond = 50e6;

    /// <summary>Cost of copying one stretch, however long it is, in US dollars.</summary>
    private const double CopyUsd = (2 * WriteUsd) + ReadUsd + (2 * RequestSeconds * SecondUsd);

    private const double UploadUsdPerByte = SecondUsd / BytesPerSecond;

    /// <summary>
    /// From how many bytes on a stretch is copied: some 3.4 MB, and more in a blob that would get too many blocks.
    /// </summary>
    /// <param name="blobLength">Length of the blob.</param>
    public static long LeastCopy(long blobLength) => Math.Max(blobLength / MostParts, (long)(CopyUsd / UploadUsdPerByte));

    /// <summary>How much of a blob is uploaded at once: more only of one with more than 80 GB, which would get too many blocks.</summary>
    /// <param name="blobLength">Length of the blob.</param>
    public static long BlockSizeFor(long blobLength) => Math.Max(BlockSize, blobLength / MostParts);
}
