using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace IotHubDsr.Core.Archives;

/// <summary>
/// Where in a stretch of bytes a name of interest may stand. What the names have in common is "evice" and then an I or a dash, of which
/// the v and the character 4 bytes after it are looked for: few other words have both.
/// </summary>
internal static class NameSigns
{
    /// <summary>How many bytes are looked at in one step: fewer, longer steps mean fewer mispredicted branches.</summary>
    public const int Stride = 64;

    /// <summary>How many bytes beyond a stride are read.</summary>
    public const int Reach = 4;

    // The bits in which I and dash agree; a few other characters that are rare after such a v have the same.
    private const byte Agreeing = 0x9B;
    private const byte OfEnd = (byte)'I' & Agreeing;

    /// <summary>A bit for each v of a stride that may be that of a name.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong FindNames(ref byte bytes)
    {
        if (Vector512.IsHardwareAccelerated)
            return Names(Vector512.LoadUnsafe(ref bytes), Vector512.LoadUnsafe(ref bytes, Reach));

        return Join(
            Names(Vector256.LoadUnsafe(ref bytes), Vector256.LoadUnsafe(ref bytes, Reach)),
            Names(Vector256.LoadUnsafe(ref bytes, Stride / 2), Vector256.LoadUnsafe(ref bytes, (Stride / 2) + Reach))
        );
    }

    /// <summary>The same, and a bit for each end of a line and each character that is spelled by number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong FindInLines(ref byte bytes)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            var here = Vector512.LoadUnsafe(ref bytes);
            return Names(here, Vector512.LoadUnsafe(ref bytes, Reach))
                | Vector512.Equals(here, Vector512.Create((byte)'\n')).ExtractMostSignificantBits()
                | (
                    Vector512.Equals(here, Vector512.Create((byte)'\\')).ExtractMostSignificantBits()
                    & Vector512.Equals(Vector512.LoadUnsafe(ref bytes, 1), Vector512.Create((byte)'u')).ExtractMostSignificantBits()
                );
        }

        return Join(InLines(ref bytes), InLines(ref Unsafe.Add(ref bytes, Stride / 2)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint InLines(ref byte bytes)
    {
        var here = Vector256.LoadUnsafe(ref bytes);
        Vector256<byte> others =
            Vector256.Equals(here, Vector256.Create((byte)'\n'))
            | (
                Vector256.Equals(here, Vector256.Create((byte)'\\'))
                & Vector256.Equals(Vector256.LoadUnsafe(ref bytes, 1), Vector256.Create((byte)'u'))
            );
        return Names(here, Vector256.LoadUnsafe(ref bytes, Reach)) | others.ExtractMostSignificantBits();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Names(Vector512<byte> here, Vector512<byte> ahead) =>
        Vector512.Equals(here, Vector512.Create((byte)'v')).ExtractMostSignificantBits()
        & Vector512.Equals(ahead & Vector512.Create(Agreeing), Vector512.Create(OfEnd)).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Names(Vector256<byte> here, Vector256<byte> ahead)
    {
        var ends = Vector256.Equals(ahead & Vector256.Create(Agreeing), Vector256.Create(OfEnd));
        return (Vector256.Equals(here, Vector256.Create((byte)'v')) & ends).ExtractMostSignificantBits();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Join(uint low, uint high) => low | ((ulong)high << (Stride / 2));
}
