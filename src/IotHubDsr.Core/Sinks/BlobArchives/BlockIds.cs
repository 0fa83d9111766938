using System.Buffers.Binary;
using System.Security.Cryptography;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace IotHubDsr.Core.Sinks.BlobArchives;

/// <summary>
/// IDs of blocks. They are random, because two runs that stage blocks on the same blob must never use the same ID: the one that commits
/// would take the other's content. All IDs of a blob must have the same length, those of its present blocks included.
/// </summary>
/// <remarks>
/// Where the length allows it, an ID also says when a writer other than this module last wrote the blob. Replacing a blob makes it young
/// again by its time of change; by the IDs of its blocks a later erasure knows that this was no batch of the hub's, and waits for nothing.
/// A later writer of the blob writes other blocks.
/// </remarks>
internal static class BlockIds
{
    /// <summary>Length in bytes before the Base64 encoding.</summary>
    private const int PreferredLength = 32;

    /// <summary>Below this two random IDs could meet; the service's limit is 64.</summary>
    private const int LeastLength = 8;

    private const int TimeLength = sizeof(long);

    private static ReadOnlySpan<byte> Mark => "IotHubDsr"u8;

    private static int MarkedLength => Mark.Length + TimeLength + LeastLength;

    /// <exception cref="DsrException">Its present IDs are so short that two runs could choose the same.</exception>
    public static async Task<int> LengthForAsync(BlockBlobClient blob, CancellationToken cancellationToken)
    {
        BlockList list = await blob.GetBlockListAsync(BlockListTypes.All, cancellationToken: cancellationToken);
        // Blocks that another client staged and never committed determine the length first: the service discards them only after a week.
        int length = list
            .UncommittedBlocks.Concat(list.CommittedBlocks)
            .Select(block => Convert.FromBase64String(block.Name).Length)
            .FirstOrDefault(PreferredLength);
        return length >= LeastLength
            ? length
            : throw FaultCatalogue.BlockIdsTooShort.Exception($"{blob.BlobContainerName}/{blob.Name}", Counted.Of(length, "byte"));
    }

    /// <param name="length">Length in bytes.</param>
    /// <param name="lastWrite">When a writer other than this module last wrote the blob.</param>
    public static string Next(int length, DateTimeOffset lastWrite)
    {
        byte[] id = RandomNumberGenerator.GetBytes(length);
        if (length >= MarkedLength)
        {
            Mark.CopyTo(id);
            BinaryPrimitives.WriteInt64BigEndian(id.AsSpan(Mark.Length), lastWrite.ToUnixTimeSeconds());
        }

        return Convert.ToBase64String(id);
    }

    /// <summary>When a writer other than this module last wrote a blob; null when its present content is not this module's alone.</summary>
    public static async Task<DateTimeOffset?> LastWriteOfOthersAsync(BlockBlobClient blob, CancellationToken cancellationToken)
    {
        BlockList list = await blob.GetBlockListAsync(BlockListTypes.Committed, cancellationToken: cancellationToken);
        DateTimeOffset? latest = null;
        foreach (BlobBlock block in list.CommittedBlocks)
        {
            if (TimeIn(Convert.FromBase64String(block.Name)) is not { } time)
                return null;
            latest = latest > time ? latest : time;
        }

        return latest;
    }

    private static DateTimeOffset? TimeIn(ReadOnlySpan<byte> id)
    {
        if (id.Length < MarkedLength || !id.StartsWith(Mark))
            return null;
        long seconds = BinaryPrimitives.ReadInt64BigEndian(id[Mark.Length..]);
        return seconds > 0 && seconds < DateTimeOffset.MaxValue.ToUnixTimeSeconds() ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
    }
}
