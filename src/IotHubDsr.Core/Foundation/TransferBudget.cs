namespace IotHubDsr.Core.Foundation;

/// <summary>
/// The memory for reading ahead, shared by all downloads, in pieces of one size. A download that gets none streams: it needs no memory
/// of its own, so that none waits for another.
/// </summary>
internal sealed class TransferBudget
{
    /// <summary>Size of a piece: some ten requests for a routed blob of the usual size, and many pieces within the budget.</summary>
    public const int PieceSize = 4 * 1024 * 1024;

    private const int Pieces = 4;

    private readonly object _gate = new();

    // A spare must not stay for good: between two commands nobody needs it.
    private readonly List<WeakReference<byte[]>> _spares = new(Pieces);
    private int _out;

    /// <summary>That of the process.</summary>
    public static TransferBudget OfProcess { get; } = new();

    /// <summary>A piece; null when as many are out as may be.</summary>
    public byte[]? TryRent()
    {
        lock (_gate)
        {
            if (_out == Pieces)
                return null;
            _out++;
            while (_spares.Count > 0)
            {
                WeakReference<byte[]> spare = _spares[^1];
                _spares.RemoveAt(_spares.Count - 1);
                if (spare.TryGetTarget(out byte[]? piece))
                    return piece;
            }
        }

        return GC.AllocateUninitializedArray<byte>(PieceSize);
    }

    public void Return(byte[] piece)
    {
        lock (_gate)
        {
            _out--;
            _spares.Add(new WeakReference<byte[]>(piece));
        }
    }
}
