using System.IO.Hashing;
using System.Text;

namespace IotHubDsr.Archives;

/// <summary>
/// The device IDs asked for, found by their UTF-8 bytes as these stand in a buffer. Ordinal and case-sensitive, as device IDs
/// are. Immutable; the cost of a look-up does not grow with the number of subjects.
/// </summary>
internal sealed class SubjectIndex
{
    private const int LengthsTracked = 256;

    private readonly string[] _ids;
    private readonly byte[][] _keys;
    private readonly int[] _slots;
    private readonly bool[] _lengths = new bool[LengthsTracked];

    public SubjectIndex(IEnumerable<string> deviceIds)
    {
        _ids = deviceIds.Distinct(StringComparer.Ordinal).ToArray();
        _keys = Array.ConvertAll(_ids, Encoding.UTF8.GetBytes);
        _slots = new int[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(4, _ids.Length * 4))];
        for (var subject = 0; subject < _keys.Length; subject++)
        {
            _lengths[Math.Min(_keys[subject].Length, LengthsTracked - 1)] = true;
            var slot = FirstSlot(_keys[subject]);
            while (_slots[slot] != 0)
            {
                slot = (slot + 1) & (_slots.Length - 1);
            }

            _slots[slot] = subject + 1;
        }
    }

    public int Count => _ids.Length;

    public string this[int subject] => _ids[subject];

    public bool TryFind(ReadOnlySpan<byte> utf8, out int subject)
    {
        // Most IDs in a file are of other devices, and many differ in length already.
        if (_lengths[Math.Min(utf8.Length, LengthsTracked - 1)])
        {
            for (var slot = FirstSlot(utf8); _slots[slot] != 0; slot = (slot + 1) & (_slots.Length - 1))
            {
                subject = _slots[slot] - 1;
                if (utf8.SequenceEqual(_keys[subject]))
                {
                    return true;
                }
            }
        }

        subject = -1;
        return false;
    }

    private int FirstSlot(ReadOnlySpan<byte> utf8) => (int)XxHash3.HashToUInt64(utf8) & (_slots.Length - 1);
}
