using System.Runtime.CompilerServices;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Archives.Avro;

/// <summary>
/// Walks records as IoT Hub writes them: texts, maps of texts in one block, an optional body, lengths of one or two bytes. It gives up
/// on anything else, valid or not, and leaves it to <see cref="AvroMessageLayout"/>, whose result it must equal. The position
/// lives in a register here, as each length is known only after the one before it; records of a shape that was seen before need not even
/// wait for that.
/// </summary>
internal sealed class AvroFastWalk
{
    private const int GaveUp = -1;

    private readonly AvroStep[] _steps;
    private readonly AvroShapes _shapes = new();

    private AvroFastWalk(AvroStep[] steps) => _steps = steps;

    /// <summary>Null if the schema is another than IoT Hub's, up to the order of fields.</summary>
    public static AvroFastWalk? TryCompile(AvroType record, MessagePart[] parts)
    {
        var steps = new AvroStep[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (StepOf(record.Fields[i].Type, parts[i]) is not { } step)
                return null;

            steps[i] = step;
        }

        return new AvroFastWalk(steps);
    }

    /// <summary>Returns where the record that begins at the position ends, or a negative number if it gave up.</summary>
    /// <param name="records">The records of a block.</param>
    /// <param name="position">Where the record begins.</param>
    /// <param name="matcher">What is shown the devices that the record names, unless it is of others.</param>
    /// <param name="isOfOthers">Whether the record names one device, as its sender, and that is no subject: most records do.</param>
    public int Walk(ReadOnlySpan<byte> records, int position, RecordMatcher matcher, out bool isOfOthers)
    {
        int last = GaveUp;
        if (_shapes.TryFind(records, position) is { } shape)
        {
            isOfOthers = shape.IsSentByOther(records, position, matcher);
            if (!isOfOthers)
            {
                matcher.Reset();
                shape.Show(records, position, matcher);
            }

            last = WalkStep(records, position + shape.Length, _steps[^1], matcher);
            return last <= records.Length ? last : GaveUp;
        }

        isOfOthers = false;
        matcher.Reset();
        int start = position;
        for (int step = 0; step < _steps.Length; step++)
        {
            last = position;
            position = WalkStep(records, position, _steps[step], matcher);
            if (position < 0)
                return GaveUp;
        }

        if (position > records.Length)
            return GaveUp;

        _shapes.Learn(_steps, records[start..last]);
        return position;
    }

    private static int WalkStep(ReadOnlySpan<byte> records, int position, AvroStep step, RecordMatcher matcher) =>
        step switch
        {
            AvroStep.Properties => WalkMap(records, position, matcher, system: false),
            AvroStep.SystemProperties => WalkMap(records, position, matcher, system: true),
            AvroStep.Text => SkipText(records, position),
            _ => SkipOptional(records, position, step),
        };

    private static int WalkMap(ReadOnlySpan<byte> records, int position, RecordMatcher matcher, bool system)
    {
        if (!TryReadLength(records, ref position, out int count))
            return GaveUp;

        if (count == 0)
            return position;

        for (; count > 0; count--)
        {
            if (!TryReadLength(records, ref position, out int keyLength))
                return GaveUp;

            int key = position;
            position += keyLength;
            if (!TryReadLength(records, ref position, out int valueLength))
                return GaveUp;

            int value = position;
            position += valueLength;
            if (RecordMatcher.MayBeName(keyLength))
            {
                if (position > records.Length)
                    return GaveUp;

                matcher.AddProperty(system, records.Slice(key, keyLength), records[value..position]);
            }
        }

        return (uint)position < (uint)records.Length && records[position] == 0 ? position + 1 : GaveUp;
    }

    private static int SkipText(ReadOnlySpan<byte> records, int position) =>
        TryReadLength(records, ref position, out int length) ? position + length : GaveUp;

    private static int SkipOptional(ReadOnlySpan<byte> records, int position, AvroStep step)
    {
        if ((uint)position >= (uint)records.Length)
            return GaveUp;

        return (records[position], step) switch
        {
            (0, AvroStep.OptionalNullFirst) or (2, AvroStep.OptionalNullLast) => position + 1,
            (2, AvroStep.OptionalNullFirst) or (0, AvroStep.OptionalNullLast) => SkipText(records, position + 1),
            _ => GaveUp,
        };
    }

    /// <summary>A length or count of one or two bytes. The position may lie past the end, where a text claimed to reach.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReadLength(ReadOnlySpan<byte> records, ref int position, out int length)
    {
        length = 0;
        if ((uint)position >= (uint)records.Length)
            return false;

        int bits = records[position++];
        if (bits >= 0x80)
        {
            if ((uint)position >= (uint)records.Length || records[position] >= 0x80)
                return false;

            bits = (bits & 0x7F) | (records[position++] << 7);
        }

        length = bits >> 1;
        return (bits & 1) == 0;
    }

    private static bool IsText(AvroType type) => type.Kind is AvroKind.String or AvroKind.Bytes;

    private static AvroStep? StepOf(AvroType type, MessagePart part) =>
        (part, type) switch
        {
            (MessagePart.Properties, { Kind: AvroKind.Map } map) when IsText(map.Element) => AvroStep.Properties,
            (MessagePart.SystemProperties, { Kind: AvroKind.Map } map) when IsText(map.Element) => AvroStep.SystemProperties,
            _ when IsText(type) => AvroStep.Text,
            (_, { Kind: AvroKind.Union, Branches: [{ Kind: AvroKind.Null }, var last] }) when IsText(last) => AvroStep.OptionalNullFirst,
            (_, { Kind: AvroKind.Union, Branches: [var first, { Kind: AvroKind.Null }] }) when IsText(first) => AvroStep.OptionalNullLast,
            _ => null,
        };
}
