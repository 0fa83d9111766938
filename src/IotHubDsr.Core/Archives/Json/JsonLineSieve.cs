using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace IotHubDsr.Archives.Json;

/// <summary>
/// Passes over lines that cannot concern a subject, at the speed of memory. It looks for nothing but the ends of lines, the
/// names of members that hold a device ID, and escapes that could spell such a name; each of these is rare in a line. It never
/// decides that a line matches, only that it cannot: a line is passed over if every such name in it, whatever object it may
/// belong to, comes with a text that is no subject's ID. All others are left to be read in full.
/// </summary>
/// <remarks>
/// A line is also read in full if it does not look like one whole routed message: begun as the hub begins it, closed by a brace,
/// and with one sender. That is where other records, with other fields, and damage, such as lines run together, show.
/// </remarks>
internal sealed class JsonLineSieve(SubjectIndex subjects)
{
    // What the names of interest have in common is "evice" near their end, and that a quote follows 6 or 7 bytes after the v.
    private const int QuoteAfterDeviceId = 6;
    private const int QuoteAfterDeviceDashId = 7;

    // Two vectors: fewer, longer steps mean fewer mispredicted branches on whether a step has signs.
    private const int Stride = 64;

    /// <summary>Returns where the next line begins that must be read, or where the lines end.</summary>
    /// <param name="lines">Whole lines.</param>
    /// <param name="start">Where to begin: the start of a line.</param>
    /// <param name="passed">How many lines were passed over.</param>
    public int PassOver(ReadOnlySpan<byte> lines, int start, out int passed)
    {
        passed = 0;
        var line = start;
        var senders = 0;
        for (var at = start; at <= lines.Length - Stride - QuoteAfterDeviceDashId; at += Stride)
        {
            for (var signs = FindSigns(lines, at); signs != 0; signs &= signs - 1)
            {
                var sign = at + BitOperations.TrailingZeroCount(signs);
                switch (lines[sign])
                {
                    case (byte)'\n':
                        if (senders != 1 || !IsRoutedMessage(lines[line..sign]))
                        {
                            return line;
                        }

                        passed++;
                        line = sign + 1;
                        senders = 0;
                        break;
                    case (byte)'v':
                        if (MayNameSubject(lines, sign, ref senders))
                        {
                            return line;
                        }

                        break;
                    default:
                        if (MaySpellName(lines[sign..]))
                        {
                            return line;
                        }

                        break;
                }
            }
        }

        return line;
    }

    /// <summary>A bit for each of the next bytes at which a line ends, a name may stand, or a character is spelled by number.</summary>
    private static ulong FindSigns(ReadOnlySpan<byte> lines, int at)
    {
        ref var bytes = ref Unsafe.Add(ref MemoryMarshal.GetReference(lines), at);
        return FindSigns(ref bytes) | ((ulong)FindSigns(ref Unsafe.Add(ref bytes, Stride / 2)) << (Stride / 2));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint FindSigns(ref byte bytes)
    {
        var quote = Vector256.Create((byte)'"');
        var here = Vector256.LoadUnsafe(ref bytes);
        var quoteAhead = Vector256.Equals(Vector256.LoadUnsafe(ref bytes, QuoteAfterDeviceId), quote)
            | Vector256.Equals(Vector256.LoadUnsafe(ref bytes, QuoteAfterDeviceDashId), quote);
        var names = Vector256.Equals(here, Vector256.Create((byte)'v')) & quoteAhead;
        var numbers = Vector256.Equals(here, Vector256.Create((byte)'\\'))
            & Vector256.Equals(Vector256.LoadUnsafe(ref bytes, 1), Vector256.Create((byte)'u'));
        return (Vector256.Equals(here, Vector256.Create((byte)'\n')) | names | numbers).ExtractMostSignificantBits();
    }

    private static bool IsRoutedMessage(ReadOnlySpan<byte> line)
        => line is [.., (byte)'}'] or [.., (byte)'}', (byte)'\r']
            && (line.StartsWith("{\"EnqueuedTimeUtc\":"u8) || line.StartsWith("{\"SystemProperties\":"u8));

    /// <summary>Whether a name of interest stands around this v, with a value that is, or may spell, a subject's ID.</summary>
    private bool MayNameSubject(ReadOnlySpan<byte> lines, int v, ref int senders)
    {
        var before = lines[..v];
        var after = lines[(v + 1)..];
        int value;
        if (after.StartsWith("iceId\""u8))
        {
            value = v + QuoteAfterDeviceId + 1;
            if (before.EndsWith("\"connectionDe"u8))
            {
                senders++;
            }
            else if (!before.EndsWith("\"de"u8) && !before.EndsWith("\"ConnectionDe"u8))
            {
                return false;
            }
        }
        else if (after.StartsWith("ice-id\""u8) && before.EndsWith("\"iothub-connection-de"u8))
        {
            value = v + QuoteAfterDeviceDashId + 1;
            senders++;
        }
        else
        {
            return false;
        }

        var rest = SkipSpace(lines[value..]);
        if (rest is not [(byte)':', ..] || SkipSpace(rest[1..]) is not [(byte)'"', .. var text])
        {
            return false;
        }

        var end = text.IndexOfAny((byte)'"', (byte)'\\');
        return end < 0 || text[end] == '\\' || subjects.TryFind(text[..end], out _);
    }

    /// <summary>Whether this \u stands for a letter or a dash, of which the names consist.</summary>
    private static bool MaySpellName(ReadOnlySpan<byte> escape)
        => escape is [_, _, (byte)'0', (byte)'0', >= (byte)'4' and <= (byte)'7', ..]
            or [_, _, (byte)'0', (byte)'0', (byte)'2', (byte)'d' or (byte)'D', ..];

    private static ReadOnlySpan<byte> SkipSpace(ReadOnlySpan<byte> text)
        => text is [(byte)':' or (byte)'"', ..] ? text : text.TrimStart(" \t\r"u8);
}
