using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

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
    // From the v of a name to its closing quote.
    private const int QuoteAfterDeviceId = 6;
    private const int QuoteAfterDeviceDashId = 7;

    /// <summary>Returns where the next line begins that must be read, or where the lines end.</summary>
    /// <param name="lines">Whole lines.</param>
    /// <param name="start">Where to begin: the start of a line.</param>
    /// <param name="passed">How many lines were passed over.</param>
    public int PassOver(ReadOnlySpan<byte> lines, int start, out int passed)
    {
        passed = 0;
        var line = start;
        var senders = 0;
        ref var bytes = ref MemoryMarshal.GetReference(lines);
        for (var at = start; at <= lines.Length - NameSigns.Stride - NameSigns.Reach; at += NameSigns.Stride)
        {
            for (var signs = NameSigns.FindInLines(ref Unsafe.Add(ref bytes, at)); signs != 0; signs &= signs - 1)
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
