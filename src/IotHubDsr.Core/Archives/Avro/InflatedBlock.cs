using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Archives.Avro;

/// <summary>What a decoder has written of a block so far, in an array that serves one block after another.</summary>
/// <param name="share">Gives the array when it has to be a large one.</param>
internal sealed class InflatedBlock(ReadingShare share) : IDisposable
{
    private const int FirstLength = 64 * 1024;

    /// <summary>The most that may be written.</summary>
    public int MaxBytes { get; set; }

    public byte[] Bytes { get; private set; } = new byte[FirstLength];

    /// <summary>Makes room for more, up to the limit.</summary>
    /// <param name="length">How much is written.</param>
    /// <param name="room">How much must be free, beyond the limit if need be.</param>
    /// <exception cref="BlockTooLargeException">What is written is more than the limit.</exception>
    public byte[] Grow(int length, int room)
    {
        if (length > MaxBytes)
            throw new BlockTooLargeException(MaxBytes);

        if (Bytes.Length - length < room)
        {
            byte[] larger =
                MaxBytes > ReadingBudget.OwnBytes
                    ? share.Rent(Math.Max(length, MaxBytes) + room)
                    : new byte[Math.Max(Math.Min(2L * Bytes.Length, MaxBytes), length + (long)room)];
            Bytes.AsSpan(0, length).CopyTo(larger);
            share.Return(Bytes);
            Bytes = larger;
        }

        return Bytes;
    }

    /// <exception cref="BlockTooLargeException">It is more than the limit.</exception>
    public ReadOnlyMemory<byte> Take(int length)
    {
        Grow(length, 0);
        return Bytes.AsMemory(0, length);
    }

    public void Dispose()
    {
        share.Return(Bytes);
        Bytes = [];
    }
}
