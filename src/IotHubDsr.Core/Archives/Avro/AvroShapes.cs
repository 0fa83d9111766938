using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace IotHubDsr.Archives.Avro;

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
/// Shapes of records: at which offsets the lengths and counts stand, and what they are. A record in which they are all the same has its texts
/// at the same offsets, and to compare them all at once is much quicker than to follow them one after another. The last field, the body, is
/// not part of a shape, as bodies differ in length.
/// </summary>
internal sealed class AvroShapes
{
    private const int MostShapes = 8;

    // Where hardly any two records have one shape, to learn each is more than it is worth.
    private const int MissesWithoutHit = 64;
    private const int LearnOneOf = 32;

    private readonly Shape?[] _shapes = new Shape?[MostShapes];
    private int _recent;
    private int _next;
    private int _misses;

    /// <summary>Returns where the record's last field begins, or a negative number if the record has none of the shapes.</summary>
    public int TryWalk(ReadOnlySpan<byte> records, int position, RecordMatcher matcher)
    {
        for (var tried = 0; tried < MostShapes; tried++)
        {
            var index = (_recent + tried) % MostShapes;
            if (_shapes[index] is { } shape && shape.Is(records, position))
            {
                _recent = index;
                _misses = 0;
                shape.Show(records, position, matcher);
                return position + shape.Length;
            }
        }

        return -1;
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
            _recent = _next;
            (_shapes[_next] ??= new Shape()).Learn(steps, record);
        }
    }

    private sealed class Shape
    {
        public const int MaxLength = 2048;

        private readonly byte[] _expected = new byte[MaxLength + Vector512<byte>.Count];
        private readonly byte[] _mask = new byte[MaxLength + Vector512<byte>.Count];
        private readonly List<Entry> _names = [];

        public int Length { get; private set; }

        private int CheckedLength => (Length + Vector512<byte>.Count - 1) & -Vector512<byte>.Count;

        public bool Is(ReadOnlySpan<byte> records, int position)
        {
            var length = CheckedLength;
            if (length > records.Length - position)
            {
                return false;
            }

            ref var record = ref MemoryMarshal.GetReference(records[position..]);
            ref var expected = ref MemoryMarshal.GetArrayDataReference(_expected);
            ref var mask = ref MemoryMarshal.GetArrayDataReference(_mask);
            var differences = Vector512<byte>.Zero;
            for (var at = 0; at < length; at += Vector512<byte>.Count)
            {
                differences |= (Vector512.LoadUnsafe(ref record, (nuint)at) ^ Vector512.LoadUnsafe(ref expected, (nuint)at))
                    & Vector512.LoadUnsafe(ref mask, (nuint)at);
            }

            return differences == Vector512<byte>.Zero;
        }

        /// <summary>Shows the matcher the properties that can name a device.</summary>
        public void Show(ReadOnlySpan<byte> records, int position, RecordMatcher matcher)
        {
            foreach (ref readonly var name in CollectionsMarshal.AsSpan(_names))
            {
                var key = records.Slice(position + name.Key, name.KeyLength);
                matcher.AddProperty(name.IsSystem, key, records.Slice(position + name.Value, name.ValueLength));
            }
        }

        public void Learn(AvroStep[] steps, ReadOnlySpan<byte> record)
        {
            Array.Clear(_mask);
            _names.Clear();
            record.CopyTo(_expected);
            Length = record.Length;
            var position = 0;
            foreach (var step in steps.AsSpan(..^1))
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
                        {
                            LearnText(record, ref position);
                        }

                        break;
                }
            }
        }

        private void LearnText(ReadOnlySpan<byte> record, ref int position)
        {
            var length = TakeLength(record, ref position);
            position += length;
        }

        private void LearnMap(ReadOnlySpan<byte> record, ref int position, bool isSystem)
        {
            var count = TakeLength(record, ref position);
            if (count == 0)
            {
                return;
            }

            for (; count > 0; count--)
            {
                var keyLength = TakeLength(record, ref position);
                var key = position;
                position += keyLength;
                var valueLength = TakeLength(record, ref position);
                if (RecordMatcher.MayBeName(keyLength))
                {
                    _names.Add(new Entry(isSystem, key, keyLength, position, valueLength));
                }

                position += valueLength;
            }

            _mask[position++] = byte.MaxValue;
        }

        private int TakeLength(ReadOnlySpan<byte> record, ref int position)
        {
            var start = position;
            AvroFastWalk.TryReadLength(record, ref position, out var length);
            _mask.AsSpan(start..position).Fill(byte.MaxValue);
            return length;
        }

        private readonly record struct Entry(bool IsSystem, int Key, int KeyLength, int Value, int ValueLength);
    }
}
