using System.Buffers;

namespace IotHubDsr.Core.Foundation;

/// <summary>Passes on what is written, in pieces, without keeping it.</summary>
/// <param name="pass">Takes the next bytes; they are valid during the call.</param>
internal sealed class FlowingBuffer(SpanAction pass) : IBufferWriter<byte>
{
    private const int Size = 64 * 1024;

    private byte[] _buffer = new byte[Size];
    private int _filled;

    /// <summary>Passes on what is left.</summary>
    public void Flush()
    {
        pass(_buffer.AsSpan(0, _filled));
        _filled = 0;
    }

    public void Advance(int count) => _filled += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsMemory(_filled);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsSpan(_filled);
    }

    private void Reserve(int size)
    {
        if (_buffer.Length - _filled >= Math.Max(size, 1))
            return;
        Flush();
        if (_buffer.Length < size)
            _buffer = new byte[size];
    }
}

/// <summary>Takes bytes that are valid during the call.</summary>
internal delegate void SpanAction(ReadOnlySpan<byte> bytes);
