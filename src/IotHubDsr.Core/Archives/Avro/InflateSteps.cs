using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace IotHubDsr.Core.Archives.Avro;

/// <summary>
/// What inflating does for every symbol, on variables that the caller keeps in registers. Bounds are the caller's: it makes sure of
/// room for a whole step before it begins one.
/// </summary>
internal static class InflateSteps
{
    private const int LongestCode = 15;

    /// <summary>Tops the bits up to 56 or more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Refill(ref byte input, ref int read, ref ulong bits, ref int bitCount)
    {
        bits |= Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref input, read)) << bitCount;
        read += (63 - bitCount) >> 3;
        bitCount |= 56;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Consume(int count, ref ulong bits, ref int bitCount)
    {
        bits >>= count;
        bitCount -= count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Put(ref byte output, ref int written, uint entry, ref ulong bits, ref int bitCount)
    {
        Unsafe.Add(ref output, written++) = (byte)(entry >> HuffmanTable.ValueShift);
        Consume((int)(entry & 0xFF), ref bits, ref bitCount);
    }

    /// <summary>The base that an entry gives and the bits that follow its code.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int TakeValue(uint entry, ref ulong bits, ref int bitCount)
    {
        int extra = (int)(entry >> HuffmanTable.ExtraShift) & 0x1F;
        int value = (int)(entry >> HuffmanTable.ValueShift) + (int)(bits & ((1UL << extra) - 1));
        Consume(extra, ref bits, ref bitCount);
        return value;
    }

    /// <summary>Repeats what stands some way back; may write up to a vector more than it should.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void CopyMatch(ref byte to, int back, int length)
    {
        ref byte from = ref Unsafe.Subtract(ref to, back);
        if (back >= Vector128<byte>.Count)
        {
            // Most matches are short: two vectors without a question, then the rest.
            Vector128.LoadUnsafe(ref from).StoreUnsafe(ref to);
            Vector128.LoadUnsafe(ref from, 16).StoreUnsafe(ref to, 16);
            for (nuint at = 32; at < (nuint)length; at += 16)
                Vector128.LoadUnsafe(ref from, at).StoreUnsafe(ref to, at);
        }
        else if (back >= sizeof(ulong))
        {
            for (int at = 0; at < length; at += sizeof(ulong))
                Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, at), Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref from, at)));
        }
        else if (back == 1)
        {
            Unsafe.InitBlockUnaligned(ref to, from, (uint)length);
        }
        else
        {
            for (int at = 0; at < length; at++)
                Unsafe.Add(ref to, at) = Unsafe.Add(ref from, at);
        }
    }

    /// <summary>What the next bits lead to in the first table; they are not taken yet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Look(ref uint entries, ulong bits, int tableBits) =>
        Unsafe.Add(ref entries, (nint)(bits & ((1UL << tableBits) - 1)));

    /// <summary>What the bits after those of the first table lead to in the second; they are not taken yet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint LookFurther(ref uint entries, uint entry, ulong bits, int tableBits) =>
        Unsafe.Add(ref entries, (nint)(entry >> HuffmanTable.ValueShift) + (nint)(bits & ((1UL << (LongestCode - tableBits)) - 1)));

    /// <summary>How far back a match begins; 0 if the bits are no distance.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int TakeDistance(ref uint distances, int tableBits, ref ulong bits, ref int bitCount)
    {
        uint entry = Look(ref distances, bits, tableBits);
        Consume((int)(entry & 0xFF), ref bits, ref bitCount);
        if ((entry & HuffmanTable.SecondTable) != 0)
        {
            entry = LookFurther(ref distances, entry, bits, tableBits);
            Consume((int)(entry & 0xFF), ref bits, ref bitCount);
        }

        return (entry & HuffmanTable.Exceptional) == 0 ? TakeValue(entry, ref bits, ref bitCount) : 0;
    }
}
