using System.IO.Hashing;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace IotHubDsr.Core.Records;

/// <summary>
/// The device IDs asked for, found by their UTF-8 bytes as these stand in a buffer. Ordinal and case-sensitive, as device IDs
/// are. Immutable; the cost of a look-up does not grow with the number of subjects.
/// </summary>
internal sealed class SubjectIndex
{
    private const int SketchBitsPerSubject = 32;

    private readonly Subject[] _subjects;
    private readonly byte[][] _keys;
    private readonly int[] _slots;
    private readonly ulong[] _sketch;
    private readonly AskedNames? _asked;

    public SubjectIndex(IEnumerable<string> deviceIds)
        : this(deviceIds.Distinct(StringComparer.Ordinal).Select(id => new Subject(id)).ToArray()) { }

    private SubjectIndex(Subject[] subjects)
    {
        _subjects = subjects;
        _keys = Array.ConvertAll(_subjects, subject => Encoding.UTF8.GetBytes(subject.DeviceId));
        _slots = new int[BitOperations.RoundUpToPowerOf2((uint)Math.Max(4, _keys.Length * 4))];
        _sketch = new ulong[BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, _keys.Length * SketchBitsPerSubject / 64))];
        for (int subject = 0; subject < _keys.Length; subject++)
            Add(_keys[subject], subject);
    }

    private SubjectIndex(SubjectIndex same, AskedNames asked)
    {
        (_subjects, _keys, _slots, _sketch) = (same._subjects, same._keys, same._slots, same._sketch);
        Origin = same.Origin;
        _asked = asked;
    }

    /// <param name="subjects">The subjects.</param>
    /// <param name="origin">The hub that they are devices of; null when that does not matter.</param>
    /// <exception cref="ArgumentException">Two of them are the same device.</exception>
    public static SubjectIndex Of(IEnumerable<Subject> subjects, RecordOrigin? origin = null) =>
        new(subjects.ToArray()) { Origin = origin };

    public int Count => _subjects.Length;

    /// <summary>The hub that the subjects are devices of; null when that does not matter.</summary>
    public RecordOrigin? Origin { get; private init; }

    /// <summary>The device ID of a subject.</summary>
    public string this[int subject] => _subjects[subject].DeviceId;

    public Subject SubjectOf(int subject) => _subjects[subject];

    public bool TryFind(ReadOnlySpan<byte> utf8, out int subject)
    {
        _asked?.Add(utf8);

        // Nearly all IDs in a file are of other devices: a few of their bytes tell most of them before hashing all.
        uint sketch = Sketch(utf8);
        if ((_sketch[(int)(sketch >> 6) & (_sketch.Length - 1)] & (1UL << (int)sketch)) == 0 || !TryFindHashed(utf8, out subject))
        {
            subject = -1;
            return false;
        }

        _asked?.MeetSubject();
        return true;
    }

    /// <summary>The same subjects, with a note of everything that is asked; for one walk over one file.</summary>
    public SubjectIndex Noting(AskedNames asked) => new(this, asked);

    private bool TryFindHashed(ReadOnlySpan<byte> utf8, out int subject)
    {
        for (int slot = FirstSlot(utf8); _slots[slot] != 0; slot = (slot + 1) & (_slots.Length - 1))
        {
            subject = _slots[slot] - 1;
            if (utf8.SequenceEqual(_keys[subject]))
                return true;
        }

        subject = -1;
        return false;
    }

    private void Add(byte[] key, int subject)
    {
        if (TryFindHashed(key, out _))
            throw new ArgumentException("A device can be asked for only once.");

        uint sketch = Sketch(key);
        _sketch[(int)(sketch >> 6) & (_sketch.Length - 1)] |= 1UL << (int)sketch;
        int slot = FirstSlot(key);
        while (_slots[slot] != 0)
            slot = (slot + 1) & (_slots.Length - 1);

        _slots[slot] = subject + 1;
    }

    private int FirstSlot(ReadOnlySpan<byte> utf8) => (int)XxHash3.HashToUInt64(utf8) & (_slots.Length - 1);

    /// <summary>Mixes length, first and last bytes: cheap, and of IDs that are numbered the part that differs.</summary>
    private static uint Sketch(ReadOnlySpan<byte> utf8)
    {
        ulong mixed =
            utf8.Length < sizeof(ulong)
                ? (utf8.Length == 0 ? 0 : utf8[0] | ((ulong)utf8[^1] << 8) | ((ulong)utf8[utf8.Length / 2] << 16))
                : MemoryMarshal.Read<ulong>(utf8) ^ BitOperations.RotateLeft(MemoryMarshal.Read<ulong>(utf8[^sizeof(ulong)..]), 27);
        return (uint)(((mixed + (uint)utf8.Length) * 0x9E3779B97F4A7C15) >> 32);
    }
}
