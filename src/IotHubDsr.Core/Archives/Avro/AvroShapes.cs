using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Archives.Avro;

/// <summary>A field of a record as <see cref="AvroFastWalk"/> knows them.</summary>
internal enum AvroStep
{
    Text,
    OptionalNullFirst,
    OptionalNullLast,
    Properties,
    SystemProperties,
}

/// <summary>
/// Shapes of records: at which offsets the lengths and counts stand, and what they are. A record in which they are all the same has its
/// texts at the same offsets, and to compare them all at once is much quicker than to follow them one after another. The last field, the
/// body, is not part of a shape, as bodies differ in length.
/// </summary>
internal sealed class AvroShapes
{
    private const int MostShapes = 8;

    // Where hardly any two records have one shape, to learn each is more than it is worth.
    private const int MissesWithoutHit = 64;
    private const int LearnOneOf = 32;

    private readonly Shape?[] _shapes = new Shape?[MostShapes];
    private Shape? _recent;
    private int _next;
    private int _misses;

    /// <summary>The shape of a record; null if it has none that is known.</summary>
    public Shape? TryFind(ReadOnlySpan<byte> records, int position) =>
        _recent is { } recent && recent.Is(records, position) ? recent : TryFindOther(records, position);

    private Shape? TryFindOther(ReadOnlySpan<byte> records, int position)
    {
        foreach (Shape? shape in _shapes)
        {
            if (shape is not null && shape.Is(records, position))
            {
                _recent = shape;
                _misses = 0;
                return shape;
            }
        }

        return null;
    }

    /// <summary>Remembers the shape of a record.</summary>
    /// <param name="steps">Its fields.</param>
    /// <param name="record">The record without its last field, which must be one that has been walked.</param>
    public void Learn(AvroStep[] steps, ReadOnlySpan<byte> record)
    {
        _misses++;
        if (record.Length <= Shape.MaxLength && (_misses < MissesWithoutHit || _misses % LearnOneOf == 0))
        {
            _next = (_next + 1) % MostShapes;
            _recent = _shapes[_next] ??= new Shape();
            _recent.Learn(steps, record);
        }
    }

    /// <summary>One shape. The names by which devices are named are part of it, and the devices are not.</summary>
    internal sealed class Shape
    {
        public const int MaxLength = 2048;

        private readonly byte[] _expected = new byte[MaxLength + Vector512<byte>.Count];
        private readonly byte[] _mask = new byte[MaxLength + Vector512<byte>.Count];
        private readonly List<Entry> _names = [];
        private int _sender;
        private int _senderLength;

        /// <summary>Length of the record without its last field.</summary>
        public int Length { get; private set; }

        private int CheckedLength => (Length + Vector512<byte>.Count - 1) & -Vector512<byte>.Count;

        public bool Is(ReadOnlySpan<byte> records, int position)
        {
            int length = CheckedLength;
            if (length > records.Length - position)
                return false;

            ref byte record = ref MemoryMarshal.GetReference(records[position..]);
            ref byte expected = ref MemoryMarshal.GetArrayDataReference(_expected);
            ref byte mask = ref MemoryMarshal.GetArrayDataReference(_mask);
            Vector512<byte> differences = Vector512<byte>.Zero;
            for (int at = 0; at < length; at += Vector512<byte>.Count)
            {
                differences |=
                    (Vector512.LoadUnsafe(ref record, (nuint)at) ^ Vector512.LoadUnsafe(ref expected, (nuint)at))
                    & Vector512.LoadUnsafe(ref mask, (nuint)at);
            }

            return differences == Vector512<byte>.Zero;
        }

        /// <summary>Whether the hub names the sender, nothing names another device, and the sender is no subject.</summary>
        public bool IsSentByOther(ReadOnlySpan<byte> records, int position, RecordMatcher matcher) =>
            _senderLength > 0 && !matcher.IsSubject(records.Slice(position + _sender, _senderLength));

        /// <summary>Shows the matcher the properties that can name a device.</summary>
        public void Show(ReadOnlySpan<byte> records, int position, RecordMatcher matcher)
        {
            foreach (ref readonly Entry name in CollectionsMarshal.AsSpan(_names))
            {
                ReadOnlySpan<byte> key = records.Slice(position + name.Key, name.KeyLength);
                matcher.AddProperty(name.IsSystem, key, records.Slice(position + name.Value, name.ValueLength));
            }
        }

        public void Learn(AvroStep[] steps, ReadOnlySpan<byte> record)
        {
            Array.Clear(_mask);
            _names.Clear();
            record.CopyTo(_expected);
            Length = record.Length;
            int position = 0;
            foreach (AvroStep step in steps.AsSpan(..^1))
            {
                switch (step)
                {
                    case AvroStep.Properties or AvroStep.SystemProperties:
                        LearnMap(record, ref position, step is AvroStep.SystemProperties);
                        break;
                    case AvroStep.Text:
                        LearnText(record, ref position);
                        break;
                    default:
                        _mask[position] = byte.MaxValue;
                        if (record[position++] != (step is AvroStep.OptionalNullFirst ? 0 : 2))
                            LearnText(record, ref position);

                        break;
                }
            }

            LearnOnlySender(record);
        }

        /// <summary>Remembers the one property that names a device, if the hub wrote it and it is the only one.</summary>
        private void LearnOnlySender(ReadOnlySpan<byte> record)
        {
            _senderLength = 0;
            int naming = 0;
            foreach (Entry name in _names)
            {
                if (NamesDevice(record, name))
                {
                    naming++;
                    (_sender, _senderLength) = (name.Value, name.IsSystem && naming == 1 ? name.ValueLength : 0);
                }
            }
        }

        /// <summary>Whether a property can name a device, by the same rules as the matcher's.</summary>
        private static bool NamesDevice(ReadOnlySpan<byte> record, Entry name)
        {
            ReadOnlySpan<byte> key = record.Slice(name.Key, name.KeyLength);
            return name.IsSystem ? RecordMatcher.NamesSender(key) : RecordMatcher.NamesDevice(key);
        }

        private void LearnText(ReadOnlySpan<byte> record, ref int position)
        {
            int length = TakeLength(record, ref position);
            position += length;
        }

        private void LearnMap(ReadOnlySpan<byte> record, ref int position, bool isSystem)
        {
            int count = TakeLength(record, ref position);
            if (count == 0)
                return;

            for (; count > 0; count--)
            {
                int keyLength = TakeLength(record, ref position);
                int key = position;
                position += keyLength;
                int valueLength = TakeLength(record, ref position);
                if (RecordMatcher.MayBeName(keyLength))
                {
                    _names.Add(new Entry(isSystem, key, keyLength, position, valueLength));
                    _mask.AsSpan(key, keyLength).Fill(byte.MaxValue);
                }

                position += valueLength;
            }

            _mask[position++] = byte.MaxValue;
        }

        private int TakeLength(ReadOnlySpan<byte> record, ref int position)
        {
            int start = position;
            AvroFastWalk.TryReadLength(record, ref position, out int length);
            _mask.AsSpan(start..position).Fill(byte.MaxValue);
            return length;
        }

        private readonly record struct Entry(bool IsSystem, int Key, int KeyLength, int Value, int ValueLength);
    }
}
