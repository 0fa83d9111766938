using System.Buffers;
using System.Threading.Channels;

namespace IotHubDsr.Core.Foundation;

/// <summary>
/// Bytes that one task writes and another reads at the same time, a few buffers apart. A pipe does the same, but at the size of archives
/// it spent more on segments and their lock than the two tasks on their work.
/// </summary>
internal sealed class HandOver
{
    private const int BufferSize = 256 * 1024;
    private const int Buffers = 4;

    private readonly Channel<byte[]> _free = Channel.CreateBounded<byte[]>(Buffers);
    private readonly Channel<ArraySegment<byte>> _full = Channel.CreateBounded<ArraySegment<byte>>(Buffers);
    private byte[]? _buffer;
    private int _filled;
    private int _rented;

    /// <summary>The end that is read; disposing it lets the writer go on, to no effect.</summary>
    public Stream OpenReader() => new Reader(this);

    /// <summary>Waits while the reader is a few buffers behind.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (bytes.Length > 0)
        {
            if (_buffer is null && (_buffer = await RentAsync(cancellationToken)) is null)
                return;
            int count = Math.Min(bytes.Length, BufferSize - _filled);
            bytes[..count].CopyTo(_buffer.AsMemory(_filled));
            _filled += count;
            bytes = bytes[count..];
            if (_filled == BufferSize)
                Pass();
        }
    }

    /// <summary>Nothing more will be written. It may be called again.</summary>
    public void Complete()
    {
        if (_buffer is not null)
            Pass();
        _full.Writer.TryComplete();
    }

    /// <summary>There are never more buffers than the channel takes.</summary>
    private void Pass()
    {
        if (!_full.Writer.TryWrite(new ArraySegment<byte>(_buffer!, 0, _filled)))
            ArrayPool<byte>.Shared.Return(_buffer!);
        (_buffer, _filled) = (null, 0);
    }

    /// <summary>A buffer that the reader has read; null when it reads no more.</summary>
    private async ValueTask<byte[]?> RentAsync(CancellationToken cancellationToken)
    {
        if (_free.Reader.TryRead(out byte[]? free))
            return free;
        if (_free.Reader.Completion.IsCompleted)
            return null;
        if (_rented < Buffers)
        {
            _rented++;
            return ArrayPool<byte>.Shared.Rent(BufferSize);
        }

        return await _free.Reader.WaitToReadAsync(cancellationToken) && _free.Reader.TryRead(out free) ? free : null;
    }

    private sealed class Reader(HandOver bytes) : ReadOnlyStream
    {
        private ArraySegment<byte> _current;
        private int _taken;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (buffer.Length == 0)
                return 0;
            if (_current.Array is null)
            {
                while (!bytes._full.Reader.TryRead(out _current))
                {
                    if (!await bytes._full.Reader.WaitToReadAsync(cancellationToken))
                        return 0;
                }

                _taken = 0;
            }

            int count = Math.Min(buffer.Length, _current.Count - _taken);
            _current.AsMemory(_taken, count).CopyTo(buffer);
            _taken += count;
            if (_taken == _current.Count)
            {
                bytes._free.Writer.TryWrite(_current.Array!);
                _current = default;
            }

            return count;
        }

        protected override void Dispose(bool disposing)
        {
            // A writer that waits for a buffer learns that none comes; what it passes on is nobody's, and not passed on.
            bytes._free.Writer.TryComplete();
            bytes._full.Writer.TryComplete();
            while (bytes._free.Reader.TryRead(out byte[]? free))
                ArrayPool<byte>.Shared.Return(free);
            while (bytes._full.Reader.TryRead(out ArraySegment<byte> full))
                ArrayPool<byte>.Shared.Return(full.Array!);
            if (_current.Array is { } current)
                ArrayPool<byte>.Shared.Return(current);
            _current = default;
            base.Dispose(disposing);
        }
    }
}
