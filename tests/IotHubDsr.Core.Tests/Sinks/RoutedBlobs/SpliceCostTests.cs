using IotHubDsr.Core.Sinks.BlobArchives;

namespace IotHubDsr.Core.Tests.Sinks.RoutedBlobs;

/// <summary>From how many bytes on a stretch that stays is copied within the service.</summary>
public sealed class SpliceCostTests
{
    private const long Mebibyte = 1024 * 1024;
    private const int MostBlocks = 50_000;

    [Theory]
    [InlineData(100_000)]
    [InlineData(64 * Mebibyte)]
    [InlineData(1024 * Mebibyte)]
    public void Stretch_IsCopiedWhenUploadingItCostsMoreThanTwoRequests(long blobLength) =>
        Assert.InRange(SpliceCost.LeastCopy(blobLength), 2 * Mebibyte, 4 * Mebibyte);

    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    [InlineData(80)]
    [InlineData(150)]
    [InlineData(190)]
    [InlineData(4700)]
    public void Blob_HoweverItIsCut_KeepsWithinTheBlocksThatItMayHave(long gibibytes)
    {
        long length = gibibytes * 1024 * Mebibyte;
        long part = Math.Min(SpliceCost.LeastCopy(length), SpliceCost.BlockSizeFor(length));

        // As many copies and full uploads as fit, and an upload that is not full before each copy.
        Assert.InRange((2 * (length / part)) + 1, 1, MostBlocks);
    }
}
