using System.Buffers;

namespace IotHubDsr.Core.Foundation;

/// <summary>Compares what is written with what is expected, without storing it.</summary>
internal sealed class ComparingBuffer(ReadOnlyMemory<byte> expected) : IBufferWriter<byte>
{
    private const int Size = 64 * 1024;

    private byte[] _buffer = new byte[Size];
    private int _filled;
    private int _compared;
    private bool _differs;

    /// <summary>Whether all that was expected was written, and nothing else.</summary>
    public bool IsSame()
    {
        Compare();
        return !_differs && _compared == expected.Length;
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
        Compare();
        if (_buffer.Length < size)
            _buffer = new byte[size];
    }

    private void Compare()
    {
        _differs = _differs || !expected.Span[_compared..].StartsWith(_buffer.AsSpan(0, _filled));
        _compared += _differs ? 0 : _filled;
        _filled = 0;
    }
}
