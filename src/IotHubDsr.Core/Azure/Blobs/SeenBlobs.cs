using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace IotHubDsr.Core.Azure.Blobs;

/// <summary>
/// Which blobs the listings of a container have shown, and under which ETags. A listing is no snapshot: a blob that moves to an earlier
/// name meanwhile is in none of its pages. What a second listing shows beyond the first tells it. It takes 16 bytes a blob, as a container
/// can hold millions.
/// </summary>
internal sealed class SeenBlobs
{
    /// <summary>How many listings are compared before a container counts as constantly changing.</summary>
    public const int MostListings = 5;

    private const int KeySize = 16;
    private const int MarksOfPiece = 4_096;

    private readonly object _gate = new();

    // An attacker who chooses blob names must not be able to make two of them collide.
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(KeySize);

    // In pieces: a list that grows by doubling leaves as much behind as it holds.
    private readonly List<Mark[]> _pieces = [];
    private Mark[] _first = [];
    private int _met;
    private readonly Dictionary<ulong, ulong> _later = [];
    private int _listings;
    private long _before;
    private long _listed;
    private long _new;
    private long _changed;

    /// <summary>
    /// Whether the last listing showed nothing that takes another one: no blob that was not listed before while others had gone, and none
    /// that was changed although its service does not write to it any more. What merely arrives has been read.
    /// </summary>
    public bool IsSettled
    {
        get
        {
            lock (_gate)
                return _listings > 1 && _changed == 0 && (_new == 0 || _before + _new <= _listed);
        }
    }

    /// <summary>How many listings there were.</summary>
    public int Listings => _listings;

    /// <summary>A listing begins.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            if (_listings++ == 1)
                OrderFirst();
            (_before, _listed, _new, _changed) = (_listed, 0, 0, 0);
        }
    }

    /// <summary>
    /// Takes note of a blob that is listed. True when it has to be looked at: it was not listed before, or it was changed since.
    /// </summary>
    /// <param name="blob">The blob.</param>
    /// <param name="isWritten">Whether its service may still write to it, so that a change is nothing out of the ordinary.</param>
    public bool Meet(ListedBlob blob, bool isWritten)
    {
        Mark mark = MarkOf(blob);
        lock (_gate)
        {
            _listed++;
            if (_listings == 1)
            {
                if (_met % MarksOfPiece == 0)
                    _pieces.Add(new Mark[MarksOfPiece]);
                _pieces[^1][_met++ % MarksOfPiece] = mark;
                return true;
            }

            ulong? known = Find(mark.Path);
            if (known == mark.ETag)
                return false;
            _later[mark.Path] = mark.ETag;
            _new += known is null ? 1 : 0;
            _changed += known is null || isWritten ? 0 : 1;
            return true;
        }
    }

    /// <summary>A blob that was read had another ETag by then than it was listed with.</summary>
    public void Update(ListedBlob read)
    {
        Mark mark = MarkOf(read);
        lock (_gate)
            _later[mark.Path] = mark.ETag;
    }

    private ulong? Find(ulong path)
    {
        if (_later.TryGetValue(path, out ulong etag))
            return etag;
        int at = Array.BinarySearch(_first, new Mark(path, 0));
        return at < 0 ? null : _first[at].ETag;
    }

    /// <summary>The first listing is complete.</summary>
    private void OrderFirst()
    {
        _first = new Mark[_met];
        for (int index = 0; index < _pieces.Count; index++)
        {
            int start = index * MarksOfPiece;
            _pieces[index].AsSpan(0, Math.Min(MarksOfPiece, _met - start)).CopyTo(_first.AsSpan(start));
        }

        _pieces.Clear();
        Array.Sort(_first);
    }

    /// <summary>A blob keeps its ETag when it is soft-deleted.</summary>
    private Mark MarkOf(ListedBlob blob) =>
        new(Digest(blob.Path), Digest($"{blob.ETag:H}{(blob.LeavesAt is null ? string.Empty : " deleted")}"));

    private ulong Digest(string text)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(KeySize + Encoding.UTF8.GetMaxByteCount(text.Length));
        try
        {
            _key.CopyTo(buffer, 0);
            int length = KeySize + Encoding.UTF8.GetBytes(text, buffer.AsSpan(KeySize));
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(buffer.AsSpan(0, length), hash);
            return MemoryMarshal.Read<ulong>(hash);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private readonly record struct Mark(ulong Path, ulong ETag) : IComparable<Mark>
    {
        public int CompareTo(Mark other) => Path.CompareTo(other.Path);
    }
}
