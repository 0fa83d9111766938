using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace IotHubDsr.Archives.Avro;

/// <summary>
/// Passes over blocks that cannot concern a subject, at the speed of memory. In a map of texts the bytes of a value follow those
/// of its key, with nothing but their length between. So a block in which no name of interest, be it a key or part of some text,
/// is followed by a subject's ID has no record that matches. All other blocks are left to be walked.
/// </summary>
/// <remarks>A block is also walked if it does not have one sender for each record that it claims, which is where damage shows.</remarks>
internal sealed class AvroBlockSieve(SubjectIndex subjects)
{
    private const int Word = sizeof(ulong);

    // From the first byte of the word "DeviceId" to its v.
    private const int VInWord = 2;

    private static readonly ulong DeviceId = MemoryMarshal.Read<ulong>("DeviceId"u8);

    public bool PassesOver(ReadOnlySpan<byte> records, long count)
    {
        ref var bytes = ref MemoryMarshal.GetReference(records);
        var senders = 0L;
        var at = 0;
        var last = records.Length - NameSigns.Stride - NameSigns.Reach;
        for (; at <= last; at += NameSigns.Stride)
        {
            var signs = NameSigns.FindNames(ref Unsafe.Add(ref bytes, at));
            if (signs != 0 && MayNameSubject(records, at, signs, ref senders))
            {
                return false;
            }
        }

        if (last >= 0)
        {
            // The rest once more with what is before it. A name so near the end that it is still not seen has no value after it.
            var signs = NameSigns.FindNames(ref Unsafe.Add(ref bytes, last)) & (ulong.MaxValue << (at - last));
            return (at - last == NameSigns.Stride || !MayNameSubject(records, last, signs, ref senders)) && senders == count;
        }

        for (; at < records.Length; at++)
        {
            if (records[at] == 'v' && MayNameSubject(records, at, ref senders))
            {
                return false;
            }
        }

        return senders == count;
    }

    private bool MayNameSubject(ReadOnlySpan<byte> records, int at, ulong signs, ref long senders)
    {
        for (; signs != 0; signs &= signs - 1)
        {
            if (MayNameSubject(records, at + BitOperations.TrailingZeroCount(signs), ref senders))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a name of interest stands around this v, with a subject's ID after it, be they key and value or not.</summary>
    private bool MayNameSubject(ReadOnlySpan<byte> records, int v, ref long senders)
    {
        ReadOnlySpan<byte> after;
        var before = records[..v];
        var word = v - VInWord;
        if (word >= 0 && records.Length - word >= Word && MemoryMarshal.Read<ulong>(records[word..]) == DeviceId)
        {
            // "DeviceId" alone is no name, but to look at what follows it does no harm.
            senders += before.EndsWith("connectionDe"u8) ? 1 : 0;
            after = records[(word + Word)..];
        }
        else if (before.EndsWith("de"u8) && records[(v + 1)..].StartsWith("iceId"u8))
        {
            after = records[(word + Word)..];
        }
        else if (before.EndsWith("iothub-connection-de"u8) && records[(v + 1)..].StartsWith("ice-id"u8))
        {
            senders++;
            after = records[(word + Word + 1)..];
        }
        else
        {
            return false;
        }

        var used = AvroVarint.Read(after, out var length);
        return used > 0 && (ulong)length <= (ulong)(after.Length - used) && subjects.TryFind(after.Slice(used, (int)length), out _);
    }
}
