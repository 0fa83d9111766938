using System.Security.Cryptography;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace IotHubDsr.Stores.RoutedBlobs;

/// <summary>
/// IDs of blocks. They are random, because two runs that stage blocks on the same blob must never use the same ID: the one that commits
/// would take the other's content. All IDs of a blob must have the same length, those of its present blocks included.
/// </summary>
internal static class BlockIds
{
    /// <summary>Length in bytes before the Base64 encoding.</summary>
    public const int PreferredLength = 24;

    /// <summary>Below this two random IDs could meet; the service's limit is 64.</summary>
    private const int LeastLength = 8;

    public static async Task<int> LengthForAsync(BlockBlobClient blob, CancellationToken cancellationToken)
    {
        BlockList list = await blob.GetBlockListAsync(BlockListTypes.All, cancellationToken: cancellationToken).ConfigureAwait(false);
        int length = list.CommittedBlocks.Concat(list.UncommittedBlocks)
            .Select(block => Convert.FromBase64String(block.Name).Length)
            .FirstOrDefault(PreferredLength);
        return Math.Max(length, LeastLength);
    }

    public static string Next(int length) => Convert.ToBase64String(RandomNumberGenerator.GetBytes(length));
}
