using System.Threading.Channels;

namespace IotHubDsr.Azure.Blobs;

/// <summary>
/// The memory that all downloads of a connection take together, in pieces of one size. A download waits for its first piece and takes further
/// ones only while nobody waits, so that many blobs read at once share what there is and none stands still for good.
/// </summary>
internal sealed class TransferBudget
{
    /// <summary>Size of a piece: large enough that a request is worth it, small enough that many can be under way.</summary>
    public const int PieceSize = 1024 * 1024;

    private const int Pieces = 8;

    private readonly Channel<byte[]> _free = Channel.CreateUnbounded<byte[]>();
    private int _waiting;

    public TransferBudget()
    {
        for (int i = 0; i < Pieces; i++)
            _free.Writer.TryWrite([]);
    }

    public async ValueTask<byte[]> RentAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            return Whole(await _free.Reader.ReadAsync(cancellationToken).ConfigureAwait(false));
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <summary>A piece that nobody waits for; null when there is none.</summary>
    public byte[]? TryRent() => Volatile.Read(ref _waiting) == 0 && _free.Reader.TryRead(out byte[]? piece) ? Whole(piece) : null;

    public void Return(byte[] piece) => _free.Writer.TryWrite(piece);

    /// <summary>A piece gets its memory when it is first used.</summary>
    private static byte[] Whole(byte[] piece) => piece.Length > 0 ? piece : GC.AllocateUninitializedArray<byte>(PieceSize);
}
