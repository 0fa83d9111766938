using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Findings;

/// <summary>A view into a spool that moves: what is read one after the other is taken from the file in pieces.</summary>
internal sealed class SpoolWindow(SpoolFile file, int size)
{
    private byte[] _bytes = new byte[size];
    private long _start;
    private int _length;

    /// <summary>Bytes at an offset: as many as asked for, fewer only at the end of the file.</summary>
    public ReadOnlySpan<byte> At(long offset, int count)
    {
        if (offset < _start || offset + count > _start + _length)
        {
            if (count > _bytes.Length)
                _bytes = new byte[count];
            _start = offset;
            _length = file.Read(offset, _bytes);
        }

        int at = (int)(offset - _start);
        return _bytes.AsSpan(at, Math.Min(count, _length - at));
    }
}

/// <summary>The entries of a part of a spool, one after the other; each has its length before it.</summary>
internal sealed class SpoolEntries(SpoolFile file, long start, long end, int window)
{
    private const int LongestNumber = 10;
    private readonly SpoolWindow _window = new(file, window);
    private long _next = start;
    private long _body;
    private int _length;

    /// <summary>Where the current entry begins.</summary>
    public long Offset { get; private set; }

    /// <summary>The entry, valid until the next one is read.</summary>
    public ReadOnlySpan<byte> Current => _window.At(_body, _length);

    /// <summary>The entry with its length.</summary>
    public ReadOnlySpan<byte> Framed => _window.At(Offset, (int)(_body - Offset) + _length);

    public bool MoveNext()
    {
        if (_next >= end)
            return false;
        Offset = _next;
        var reader = new SpoolReader(_window.At(Offset, (int)Math.Min(LongestNumber, end - Offset)));
        _length = (int)reader.Count(int.MaxValue);
        _body = Offset + SpoolBytes.LengthOf(_length);
        _next = _body + _length;
        return true;
    }
}
