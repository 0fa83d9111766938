using System.Buffers;

namespace IotHubDsr.Archives;

/// <summary>
/// A forward window on a file's bytes: formats look at <see cref="Unread"/> in place and take what they have understood.
/// The window grows only as bytes really arrive, so a corrupt length cannot make it large.
/// </summary>
internal sealed class ArchiveSource : IDisposable
{
    // Large enough to hold many blocks or lines, small enough to stay in a core's second-level cache.
    private const int InitialWindow = 256 * 1024;
    private const int SmallestRead = 4 * 1024;

    private readonly Stream? _stream;
    private byte[]? _rented;
    private ReadOnlyMemory<byte> _bytes;
    private int _start;
    private int _end;
    private bool _ended;

    public ArchiveSource(Stream stream, ArchiveLimits? limits = null)
    {
        _stream = stream;
        _rented = ArrayPool<byte>.Shared.Rent(InitialWindow);
        _bytes = _rented;
        Limits = limits ?? ArchiveLimits.Default;
    }

    /// <summary>A file that is in memory already; nothing is copied.</summary>
    public ArchiveSource(ReadOnlyMemory<byte> file, ArchiveLimits? limits = null)
    {
        _bytes = file;
        _end = file.Length;
        _ended = true;
        Limits = limits ?? ArchiveLimits.Default;
    }

    public ArchiveLimits Limits { get; }

    /// <summary>Offset in the file of the first unread byte.</summary>
    public long Offset { get; private set; }

    /// <summary>Bytes that have arrived and are not taken yet; valid until the next <see cref="FillAsync"/>.</summary>
    public ReadOnlyMemory<byte> Unread => _bytes[_start.._end];

    /// <summary>True when no bytes will come after <see cref="Unread"/>.</summary>
    public bool Ended => _ended;

    public void Take(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_end - _start));
        _start += count;
        Offset += count;
    }

    /// <summary>Waits until that many bytes are unread. False when the file ends before.</summary>
    public ValueTask<bool> FillAsync(int count, CancellationToken cancellationToken)
        => _end - _start >= count ? new(true) : _ended ? new(false) : ReadAsync(count, cancellationToken);

    public void Dispose()
    {
        if (_rented is not null)
        {
            ArrayPool<byte>.Shared.Return(_rented);
            _rented = null;
            _bytes = default;
            _start = _end = 0;
            _ended = true;
        }
    }

    private async ValueTask<bool> ReadAsync(int count, CancellationToken cancellationToken)
    {
        while (_end - _start < count)
        {
            MakeRoom();
            var read = await _stream!.ReadAsync(_rented.AsMemory(_end), cancellationToken);
            if (read == 0)
            {
                _ended = true;
                return false;
            }

            _end += read;
        }

        return true;
    }

    private void MakeRoom()
    {
        if (_rented!.Length - _end >= SmallestRead)
        {
            return;
        }

        var unread = _rented.AsSpan(_start, _end - _start);
        if (unread.Length > _rented.Length / 2)
        {
            var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(_rented.Length * 2L, Array.MaxLength));
            unread.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_rented);
            _bytes = _rented = larger;
        }
        else
        {
            unread.CopyTo(_rented);
        }

        _end = unread.Length;
        _start = 0;
    }
}
