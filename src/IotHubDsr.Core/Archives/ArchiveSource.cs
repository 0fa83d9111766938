using System.Buffers;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Archives;

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
    private readonly ReadingShare? _ownShare;
    private byte[]? _window;
    private ReadOnlyMemory<byte> _bytes;
    private int _start;
    private int _end;
    private bool _ended;

    /// <param name="stream">The file.</param>
    /// <param name="limits">Its limits.</param>
    /// <param name="share">What others that read or write the same blob take part in; by default the source has one of its own.</param>
    public ArchiveSource(Stream stream, ArchiveLimits? limits = null, ReadingShare? share = null)
    {
        _stream = stream;
        _window = ArrayPool<byte>.Shared.Rent(WindowFor(stream));
        _bytes = _window;
        Limits = limits ?? ArchiveLimits.Default;
        _ownShare = share is null ? new ReadingShare(ReadingBudget.OfProcess) : null;
        Share = share ?? _ownShare!;
    }

    /// <summary>A file that is in memory already; nothing is copied.</summary>
    public ArchiveSource(ReadOnlyMemory<byte> file, ArchiveLimits? limits = null)
    {
        _bytes = file;
        _end = file.Length;
        _ended = true;
        Limits = limits ?? ArchiveLimits.Default;
        Share = _ownShare = new ReadingShare(ReadingBudget.OfProcess);
    }

    public ArchiveLimits Limits { get; }

    /// <summary>To be asked before a reader of this file makes a buffer of more than <see cref="ReadingBudget.OwnBytes"/>.</summary>
    public ReadingShare Share { get; }

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
    public ValueTask<bool> FillAsync(int count, CancellationToken cancellationToken) =>
        _end - _start >= count ? new(true)
        : _ended ? new(false)
        : ReadAsync(count, cancellationToken);

    public void Dispose()
    {
        if (_window is not null)
        {
            Return(_window);
            _window = null;
            _bytes = default;
            _start = _end = 0;
            _ended = true;
        }

        _ownShare?.Dispose();
    }

    /// <summary>A small file needs a small window; at its end there is still room for a read.</summary>
    private static int WindowFor(Stream stream) =>
        stream is ReadOnlyStream { KnownLength: < InitialWindow - SmallestRead and var length }
            ? (int)length + SmallestRead
            : InitialWindow;

    private async ValueTask<bool> ReadAsync(int count, CancellationToken cancellationToken)
    {
        while (_end - _start < count)
        {
            await MakeRoomAsync(count, cancellationToken);
            int read = await _stream!.ReadAsync(_window.AsMemory(_end), cancellationToken);
            if (read == 0)
            {
                _ended = true;
                return false;
            }

            _end += read;
        }

        return true;
    }

    private ValueTask MakeRoomAsync(int wanted, CancellationToken cancellationToken)
    {
        if (_window!.Length - _end >= SmallestRead)
            return default;

        if (_end - _start > _window.Length / 2)
            return GrowAsync(wanted, cancellationToken);

        Move(_window);
        return default;
    }

    /// <summary>Twice as large, or as large as it may become.</summary>
    private async ValueTask GrowAsync(int wanted, CancellationToken cancellationToken)
    {
        long length = _window!.Length * 2L;
        if (length <= ReadingBudget.OwnBytes)
        {
            Move(ArrayPool<byte>.Shared.Rent((int)length));
            return;
        }

        await Share.EnlargeAsync(cancellationToken);
        long most = Math.Max(wanted, Math.Max(Limits.MaxBlockBytes, Limits.MaxHeaderBytes)) + (long)InitialWindow;
        Move(Share.Rent((int)Math.Min(Math.Max(most, _window.Length + (long)SmallestRead), Array.MaxLength)));
    }

    private void Move(byte[] window)
    {
        _window.AsSpan(_start, _end - _start).CopyTo(window);
        if (window != _window)
        {
            Return(_window!);
            _bytes = _window = window;
        }

        _end -= _start;
        _start = 0;
    }

    private void Return(byte[] window)
    {
        if (window.Length <= ReadingBudget.OwnBytes)
            ArrayPool<byte>.Shared.Return(window);
        else
            Share.Return(window);
    }
}
