using System.Collections.Concurrent;

namespace IotHubDsr.Core.Foundation;

/// <summary>
/// The memory that downloads take together, in pieces of one size. Each download has one piece whatever others do, so that none waits for
/// another, which may itself be waiting; further pieces, with which it reads ahead, are shared by all.
/// </summary>
internal sealed class TransferBudget
{
    /// <summary>Size of a piece: large enough that a request is worth it, small enough that many can be under way.</summary>
    public const int PieceSize = 1024 * 1024;

    private const int Pieces = 8;

    private readonly ConcurrentBag<byte[]> _idle = [];
    private int _out;

    /// <summary>That of the process.</summary>
    public static TransferBudget OfProcess { get; } = new();

    /// <summary>A download's first piece.</summary>
    public byte[] Rent()
    {
        Interlocked.Increment(ref _out);
        return Take();
    }

    /// <summary>A further piece; null when as many are under way as may be.</summary>
    public byte[]? TryRent()
    {
        if (Interlocked.Increment(ref _out) <= Pieces)
            return Take();
        Interlocked.Decrement(ref _out);
        return null;
    }

    public void Return(byte[] piece)
    {
        // More than these are only needed while many are under way.
        if (Interlocked.Decrement(ref _out) < Pieces)
            _idle.Add(piece);
    }

    private byte[] Take() => _idle.TryTake(out byte[]? piece) ? piece : GC.AllocateUninitializedArray<byte>(PieceSize);
}
