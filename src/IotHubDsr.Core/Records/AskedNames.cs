using System.IO.Hashing;
using System.Security.Cryptography;

namespace IotHubDsr.Core.Records;

/// <summary>
/// Every text for which a walk over one file asks whether it is a subject's ID. A walk depends on its subjects through these questions
/// alone. As long as none was answered with yes, a walk for other subjects asks the same ones: where none of these texts is the ID of one of
/// them, it finds what this walk found, which is nothing. See <see cref="SubjectIndex.Noting"/>.
/// </summary>
internal sealed class AskedNames
{
    /// <summary>The longest device ID, 128 characters, in UTF-8. A longer text is nobody's ID.</summary>
    public const int LongestId = 512;

    /// <summary>A file can name any number of devices. One with more is not worth an entry in an index.</summary>
    public const int Most = 100_000;

    /// <summary>The most bytes of all names of a file.</summary>
    public const int MostBytes = 3 * 1024 * 1024;

    // Whoever chooses device IDs must not be able to choose slots.
    private readonly long _seed = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));
    private int[] _slots = new int[1024];
    private ulong[] _hashes = new ulong[256];
    private int[] _ends = new int[256];
    private byte[] _bytes = new byte[8 * 1024];

    /// <summary>How many different ones there are.</summary>
    public int Count { get; private set; }

    /// <summary>Whether a question was answered with yes: what the walk asked after that can depend on its subjects.</summary>
    public bool MetSubject { get; private set; }

    /// <summary>Whether these are all, and would be the same for other subjects.</summary>
    public bool IsComplete => !MetSubject && !_isFull;

    private bool _isFull;

    public ReadOnlySpan<byte> this[int index] => _bytes.AsSpan((index == 0 ? 0 : _ends[index - 1]).._ends[index]);

    public void Add(ReadOnlySpan<byte> name)
    {
        if (name.Length > LongestId || _isFull)
            return;

        ulong hash = XxHash3.HashToUInt64(name, _seed);
        int mask = _slots.Length - 1;
        int slot = (int)hash & mask;
        for (; _slots[slot] != 0; slot = (slot + 1) & mask)
        {
            int index = _slots[slot] - 1;
            if (_hashes[index] == hash && name.SequenceEqual(this[index]))
                return;
        }

        Append(name, hash, slot);
    }

    public void MeetSubject() => MetSubject = true;

    private void Append(ReadOnlySpan<byte> name, ulong hash, int slot)
    {
        int start = Count == 0 ? 0 : _ends[Count - 1];
        if (Count == Most || start + name.Length > MostBytes)
        {
            _isFull = true;
            return;
        }

        if (Count == _ends.Length)
        {
            Array.Resize(ref _ends, Count * 2);
            Array.Resize(ref _hashes, Count * 2);
        }

        if (start + name.Length > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, start + name.Length));

        name.CopyTo(_bytes.AsSpan(start));
        _ends[Count] = start + name.Length;
        _hashes[Count] = hash;
        _slots[slot] = ++Count;
        if (Count * 3 > _slots.Length * 2)
            Spread();
    }

    private void Spread()
    {
        _slots = new int[_slots.Length * 4];
        int mask = _slots.Length - 1;
        for (int index = 0; index < Count; index++)
        {
            int slot = (int)_hashes[index] & mask;
            while (_slots[slot] != 0)
                slot = (slot + 1) & mask;

            _slots[slot] = index + 1;
        }
    }
}
