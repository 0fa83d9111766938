using System.IO.Hashing;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace IotHubDsr.Archives;

/// <summary>
/// The device IDs asked for, found by their UTF-8 bytes as these stand in a buffer. Ordinal and case-sensitive, as device IDs
/// are. Immutable; the cost of a look-up does not grow with the number of subjects.
/// </summary>
internal sealed class SubjectIndex
{
    private const int SketchBitsPerSubject = 32;

    private readonly string[] _ids;
    private readonly byte[][] _keys;
    private readonly int[] _slots;
    private readonly ulong[] _sketch;

    public SubjectIndex(IEnumerable<string> deviceIds)
    {
        _ids = deviceIds.Distinct(StringComparer.Ordinal).ToArray();
        _keys = Array.ConvertAll(_ids, Encoding.UTF8.GetBytes);
        _slots = new int[BitOperations.RoundUpToPowerOf2((uint)Math.Max(4, _ids.Length * 4))];
        _sketch = new ulong[BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, _ids.Length * SketchBitsPerSubject / 64))];
        for (var subject = 0; subject < _keys.Length; subject++)
        {
            Add(_keys[subject], subject);
        }
    }

    public int Count => _ids.Length;

    public string this[int subject] => _ids[subject];

    public bool TryFind(ReadOnlySpan<byte> utf8, out int subject)
    {
        // Nearly all IDs in a file are of other devices: a few of their bytes tell most of them before hashing all.
        var sketch = Sketch(utf8);
        if ((_sketch[(int)(sketch >> 6) & (_sketch.Length - 1)] & (1UL << (int)sketch)) != 0)
        {
            return TryFindHashed(utf8, out subject);
        }

        subject = -1;
        return false;
    }

    private bool TryFindHashed(ReadOnlySpan<byte> utf8, out int subject)
    {
        for (var slot = FirstSlot(utf8); _slots[slot] != 0; slot = (slot + 1) & (_slots.Length - 1))
        {
            subject = _slots[slot] - 1;
            if (utf8.SequenceEqual(_keys[subject]))
            {
                return true;
            }
        }

        subject = -1;
        return false;
    }

    private void Add(byte[] key, int subject)
    {
        var sketch = Sketch(key);
        _sketch[(int)(sketch >> 6) & (_sketch.Length - 1)] |= 1UL << (int)sketch;
        var slot = FirstSlot(key);
        while (_slots[slot] != 0)
        {
            slot = (slot + 1) & (_slots.Length - 1);
        }

        _slots[slot] = subject + 1;
    }

    private int FirstSlot(ReadOnlySpan<byte> utf8) => (int)XxHash3.HashToUInt64(utf8) & (_slots.Length - 1);

    /// <summary>Mixes length, first and last bytes: cheap, and of IDs that are numbered the part that differs.</summary>
    private static uint Sketch(ReadOnlySpan<byte> utf8)
    {
        var mixed = utf8.Length < sizeof(ulong)
            ? (utf8.Length == 0 ? 0 : utf8[0] | ((ulong)utf8[^1] << 8) | ((ulong)utf8[utf8.Length / 2] << 16))
            : MemoryMarshal.Read<ulong>(utf8) ^ BitOperations.RotateLeft(MemoryMarshal.Read<ulong>(utf8[^sizeof(ulong)..]), 27);
        return (uint)(((mixed + (uint)utf8.Length) * 0x9E3779B97F4A7C15) >> 32);
    }
}
