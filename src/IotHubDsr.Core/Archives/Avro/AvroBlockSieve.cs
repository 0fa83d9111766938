using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace IotHubDsr.Archives.Avro;

/// <summary>
/// Passes over blocks that cannot concern a subject, at the speed of memory. In a map of texts the bytes of a value follow those
/// of its key, with nothing but their length between. So a block in which no name of interest, be it a key or part of some text,
/// is followed by a subject's ID has no record that matches. All other blocks are left to be walked.
/// </summary>
/// <remarks>A block is also walked if it does not have one sender for each record that it claims, which is where damage shows.</remarks>
internal sealed class AvroBlockSieve(SubjectIndex subjects)
{
    // What the names of interest have in common is "evice" near their end, and a d 5 or 6 bytes after the v.
    private const int EndOfDeviceId = 5;
    private const int EndOfDeviceDashId = 6;

    // Two vectors: fewer, longer steps mean fewer mispredicted branches on whether a step has signs.
    private const int Stride = 64;

    public bool PassesOver(ReadOnlySpan<byte> records, long count)
    {
        var senders = 0L;
        var at = 0;
        for (; at <= records.Length - Stride - EndOfDeviceDashId; at += Stride)
        {
            for (var signs = FindSigns(records, at); signs != 0; signs &= signs - 1)
            {
                if (MayNameSubject(records, at + BitOperations.TrailingZeroCount(signs), ref senders))
                {
                    return false;
                }
            }
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

    private static ulong FindSigns(ReadOnlySpan<byte> records, int at)
    {
        ref var bytes = ref Unsafe.Add(ref MemoryMarshal.GetReference(records), at);
        return FindSigns(ref bytes) | ((ulong)FindSigns(ref Unsafe.Add(ref bytes, Stride / 2)) << (Stride / 2));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint FindSigns(ref byte bytes)
    {
        var d = Vector256.Create((byte)'d');
        var end = Vector256.Equals(Vector256.LoadUnsafe(ref bytes, EndOfDeviceId), d)
            | Vector256.Equals(Vector256.LoadUnsafe(ref bytes, EndOfDeviceDashId), d);
        return (Vector256.Equals(Vector256.LoadUnsafe(ref bytes), Vector256.Create((byte)'v')) & end).ExtractMostSignificantBits();
    }

    /// <summary>Whether a name of interest stands around this v, with a subject's ID after it, be they key and value or not.</summary>
    private bool MayNameSubject(ReadOnlySpan<byte> records, int v, ref long senders)
    {
        var before = records[..v];
        var after = records[(v + 1)..];
        if (after.StartsWith("iceId"u8))
        {
            after = after["iceId".Length..];
            if (before.EndsWith("connectionDe"u8))
            {
                senders++;
            }
            else if (!before.EndsWith("de"u8) && !before.EndsWith("ConnectionDe"u8))
            {
                return false;
            }
        }
        else if (after.StartsWith("ice-id"u8) && before.EndsWith("iothub-connection-de"u8))
        {
            after = after["ice-id".Length..];
            senders++;
        }
        else
        {
            return false;
        }

        var used = AvroVarint.Read(after, out var length);
        return used > 0 && (ulong)length <= (ulong)(after.Length - used) && subjects.TryFind(after.Slice(used, (int)length), out _);
    }
}
