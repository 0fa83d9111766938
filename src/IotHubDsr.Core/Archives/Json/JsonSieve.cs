using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Archives.Json;

/// <summary>
/// Passes over messages that cannot concern a subject, at the speed of memory. One is passed over if it begins as the hub begins it, up to
/// a sender that is no subject, and nothing behind that can be a name of a device: of the rest it looks for nothing but the line's end, the
/// names of members that hold a device ID, and escapes that could spell such a name. All others are left to be read in full.
/// </summary>
/// <remarks>Which it passes over depends on nothing but the messages, so that all walks over a file read the same ones.</remarks>
internal sealed class JsonSieve(SubjectIndex subjects)
{
    // From the v of a name to its closing quote.
    private const int QuoteAfterDeviceId = 6;

    private const int NotPassed = -1;

    private readonly JsonHeadShape[] _shapes = [new(), new(), new(), new()];
    private int _recent;
    private int _next;

    private static ReadOnlySpan<byte> BeforeTime => "{\"EnqueuedTimeUtc\":\""u8;

    private static ReadOnlySpan<byte> BeforeProperties => ",\"Properties\":{"u8;

    private static ReadOnlySpan<byte> BeforeSystemProperties => ",\"SystemProperties\":{"u8;

    /// <summary>Returns where the next line begins that must be read, or where the lines end.</summary>
    /// <param name="lines">Whole lines.</param>
    /// <param name="start">Where to begin: the start of a line.</param>
    /// <param name="maxBytes">The longest line.</param>
    /// <param name="passed">How many lines were passed over.</param>
    public int PassOverLines(ReadOnlySpan<byte> lines, int start, int maxBytes, out int passed)
    {
        for (passed = 0; start < lines.Length; passed++)
        {
            int head = HeadOf(lines[start..]);
            int end = head < 0 ? NotPassed : EndOf(lines, start + head, lines.Length);
            if (end < 0 || end >= start + maxBytes || end == lines.Length || !IsWhole(lines[..end]))
                break;

            start = end + 1;
        }

        return start;
    }

    /// <summary>Whether one message can be passed over.</summary>
    /// <param name="bytes">The message, and what follows it.</param>
    /// <param name="length">Its length.</param>
    public bool PassesOver(ReadOnlySpan<byte> bytes, int length)
    {
        int head = HeadOf(bytes);
        return head >= 0 && head < length && EndOf(bytes, head, length) == length;
    }

    /// <summary>Where the sender ends, if the line begins as the hub begins it and names no subject up to there.</summary>
    private int HeadOf(ReadOnlySpan<byte> line)
    {
        int at = KnownHead(line);
        at = at > 0 ? at : ReadHead(line);
        return at >= 0 && TryTakePlain(line, ref at, out ReadOnlySpan<byte> sender) && !sender.IsEmpty && !subjects.TryFind(sender, out _)
            ? at
            : NotPassed;
    }

    /// <summary>Where the sender begins in a line of a recently seen shape; 0 if it has none of them.</summary>
    private int KnownHead(ReadOnlySpan<byte> line)
    {
        for (int tried = 0; tried < _shapes.Length; tried++)
        {
            int index = (_recent + tried) % _shapes.Length;
            if (_shapes[index].Is(line))
            {
                _recent = index;
                return _shapes[index].Length;
            }
        }

        return 0;
    }

    /// <summary>Where the sender begins. The next line is likely to have the same shape.</summary>
    private int ReadHead(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith(BeforeTime))
            return NotPassed;

        _recent = _next = (_next + 1) % _shapes.Length;
        _shapes[_recent].Begin();
        int at = BeforeTime.Length;
        if (
            !TryPassText(line, ref at)
            || !TryTake(line, ref at, BeforeProperties)
            || !TryPassProperties(line, ref at)
            || !TryTake(line, ref at, BeforeSystemProperties)
        )
        {
            return NotPassed;
        }

        while (TryTakeName(line, ref at, out ReadOnlySpan<byte> name))
        {
            switch (RecordMatcher.SenderSourceOf(name))
            {
                case SenderSource.System:
                    _shapes[_recent].End(line[..at]);
                    return at;
                case SenderSource.None when TryPassText(line, ref at) && TryTake(line, ref at, ","u8):
                    continue;
                default:
                    return NotPassed;
            }
        }

        return NotPassed;
    }

    /// <summary>Passes the application properties, closing brace included. False if one names a device, which may be a subject.</summary>
    private bool TryPassProperties(ReadOnlySpan<byte> line, ref int at)
    {
        if (TryTake(line, ref at, "}"u8))
            return true;

        while (TryTakeName(line, ref at, out ReadOnlySpan<byte> name) && TryPassValue(line, ref at, RecordMatcher.NamesDevice(name)))
        {
            if (TryTake(line, ref at, "}"u8))
                return true;

            if (!TryTake(line, ref at, ","u8))
                return false;
        }

        return false;
    }

    /// <summary>Passes a property. One that names a device must not name a subject, and is looked at again in the next line.</summary>
    private bool TryPassValue(ReadOnlySpan<byte> line, ref int at, bool namesDevice)
    {
        if (!namesDevice)
            return TryPassText(line, ref at);

        return TryTakePlain(line, ref at, out ReadOnlySpan<byte> device) && !subjects.TryFind(device, out _);
    }

    /// <summary>Takes the name of a member, and what is between it and its text.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryTakeName(ReadOnlySpan<byte> line, ref int at, out ReadOnlySpan<byte> name)
    {
        name = default;
        return TryTake(line, ref at, "\""u8) && TryTakePlain(line, ref at, out name) && TryTake(line, ref at, ":\""u8);
    }

    /// <summary>Takes the rest of a text without escapes, closing quote included.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryTakePlain(ReadOnlySpan<byte> line, ref int at, out ReadOnlySpan<byte> text)
    {
        int length = line[at..].IndexOfAny((byte)'"', (byte)'\\', (byte)'\n');
        text = length < 0 ? default : line.Slice(at, length);
        if (length < 0 || line[at + length] != '"')
            return false;

        at += length + 1;
        return true;
    }

    /// <summary>Passes the rest of a text, closing quote included.</summary>
    private bool TryPassText(ReadOnlySpan<byte> line, ref int at)
    {
        int start = at;
        while (line[at..].IndexOfAny((byte)'"', (byte)'\\', (byte)'\n') is >= 0 and var length)
        {
            at += length + 1;
            switch (line[at - 1])
            {
                case (byte)'"':
                    _shapes[_recent].NoteText(start, at - 1);
                    return true;
                case (byte)'\\' when at < line.Length && line[at] != '\n':
                    at++;
                    break;
                default:
                    return false;
            }
        }

        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryTake(ReadOnlySpan<byte> line, ref int at, ReadOnlySpan<byte> expected)
    {
        if (!line[at..].StartsWith(expected))
            return false;

        at += expected.Length;
        return true;
    }

    /// <summary>Where the line ends, or the bytes that are looked at, if nothing up to there can be a name of a device.</summary>
    private int EndOf(ReadOnlySpan<byte> lines, int at, int end)
    {
        ref byte bytes = ref MemoryMarshal.GetReference(lines);
        for (; at < end && at <= lines.Length - NameSigns.Stride - NameSigns.Reach; at += NameSigns.Stride)
        {
            for (ulong signs = NameSigns.FindInLines(ref Unsafe.Add(ref bytes, at)); signs != 0; signs &= signs - 1)
            {
                int sign = at + BitOperations.TrailingZeroCount(signs);
                if (sign >= end || lines[sign] == '\n')
                    return Math.Min(sign, end);

                if (MayName(lines, sign))
                    return NotPassed;
            }
        }

        // Too little is left for a stride.
        for (; at < end; at++)
        {
            if (lines[at] == '\n')
                return at;

            if (lines[at] is (byte)'v' or (byte)'\\' && MayName(lines, at))
                return NotPassed;
        }

        return end;
    }

    private static bool IsWhole(ReadOnlySpan<byte> line) => line is [.., (byte)'}'] or [.., (byte)'}', (byte)'\r'];

    private bool MayName(ReadOnlySpan<byte> lines, int sign) =>
        lines[sign] == 'v' ? MayNameSubject(lines, sign) : MaySpellName(lines[sign..]);

    /// <summary>
    /// Whether a name of interest stands around this v: a second sender, or another with a value that is, or may spell, a subject's ID.
    /// </summary>
    private bool MayNameSubject(ReadOnlySpan<byte> lines, int v)
    {
        ReadOnlySpan<byte> before = lines[..v];
        ReadOnlySpan<byte> after = lines[(v + 1)..];
        if (after.StartsWith("ice-id\""u8))
            return before.EndsWith("\"iothub-connection-de"u8);

        if (!after.StartsWith("iceId\""u8))
            return false;

        if (before.EndsWith("\"connectionDe"u8))
            return true;

        if (!before.EndsWith("\"de"u8) && !before.EndsWith("\"ConnectionDe"u8))
            return false;

        ReadOnlySpan<byte> rest = SkipSpace(lines[(v + QuoteAfterDeviceId + 1)..]);
        if (rest is not [(byte)':', ..] || SkipSpace(rest[1..]) is not [(byte)'"', .. var text])
            return false;

        int end = text.IndexOfAny((byte)'"', (byte)'\\');
        return end < 0 || text[end] == '\\' || subjects.TryFind(text[..end], out _);
    }

    /// <summary>Whether this is a \u that stands for a letter or a dash, of which the names consist.</summary>
    private static bool MaySpellName(ReadOnlySpan<byte> escape) =>
        escape
            is [_, (byte)'u', (byte)'0', (byte)'0', >= (byte)'4' and <= (byte)'7', ..]
                or [_, (byte)'u', (byte)'0', (byte)'0', (byte)'2', (byte)'d' or (byte)'D', ..];

    private static ReadOnlySpan<byte> SkipSpace(ReadOnlySpan<byte> text) =>
        text is [(byte)':' or (byte)'"', ..] ? text : text.TrimStart(" \t\r"u8);
}
