using System.Buffers.Binary;
using System.Text.Json;
using IotHubDsr.Core.Azure.Blobs;

namespace IotHubDsr.Core.Sinks.BlobArchives;

/// <summary>A unit of an export on its way, and what copying it showed: the records themselves are in a part of their own.</summary>
internal static class PackedExport
{
    private const byte Reading = 0;
    private const byte Copying = 1;
    private const int LengthOfHead = 1 + sizeof(int);

    /// <summary>A unit of the scan that comes first.</summary>
    public static byte[] OfReading(byte[] packed) => [Reading, .. packed];

    /// <summary>Blobs to copy from.</summary>
    /// <param name="number">Where their records stand among those of all units.</param>
    /// <param name="blobs">The blobs.</param>
    public static byte[] OfCopying(int number, IReadOnlyList<ListedBlob> blobs)
    {
        byte[] packed = PackedBlobs.Write([.. blobs.Select(static blob => (blob, false))]);
        byte[] all = new byte[LengthOfHead + packed.Length];
        all[0] = Copying;
        BinaryPrimitives.WriteInt32LittleEndian(all.AsSpan(1), number);
        packed.CopyTo(all, LengthOfHead);
        return all;
    }

    /// <summary>A unit of the scan; null when it is one of blobs to copy from.</summary>
    /// <exception cref="FormatException">It is neither.</exception>
    public static ReadOnlyMemory<byte>? AsReading(ReadOnlyMemory<byte> packed) =>
        packed.IsEmpty ? throw new FormatException("The unit is empty.")
        : packed.Span[0] == Reading ? packed[1..]
        : packed.Span[0] == Copying && packed.Length > LengthOfHead ? (ReadOnlyMemory<byte>?)null
        : throw new FormatException("The unit was packed by another version of the module.");

    /// <summary>The number of a unit of blobs to copy from, and the blobs.</summary>
    public static (int Number, IReadOnlyList<ListedBlob> Blobs) ReadCopying(ReadOnlyMemory<byte> packed) =>
        (
            BinaryPrimitives.ReadInt32LittleEndian(packed.Span[1..]),
            [.. PackedBlobs.Read(packed[LengthOfHead..]).Select(static one => one.Blob)]
        );

    public static byte[] Write(CopiedBlobs copied) => JsonSerializer.SerializeToUtf8Bytes(copied);

    /// <exception cref="FormatException">It is not what a unit shows.</exception>
    public static CopiedBlobs Read(ReadOnlyMemory<byte> shown, int subjects)
    {
        try
        {
            return
                JsonSerializer.Deserialize<CopiedBlobs>(shown.Span) is { Part: not null, Counts: not null, Faults: not null } copied
                && copied.Counts.All(count => count.Subject >= 0 && count.Subject < subjects)
                ? copied
                : throw new FormatException("What was copied is of another unit.");
        }
        catch (JsonException invalid)
        {
            throw new FormatException(invalid.Message, invalid);
        }
    }
}

/// <summary>What copying some blobs has shown.</summary>
/// <param name="Part">The records.</param>
/// <param name="Counts">How many there are.</param>
/// <param name="Faults">Why there are not more.</param>
internal sealed record CopiedBlobs(UnitPart Part, IReadOnlyList<CopiedCount> Counts, IReadOnlyList<Fault> Faults);

/// <param name="Subject">Number of the subject in the order of the call.</param>
/// <param name="Included">Its records that were copied.</param>
/// <param name="Withheld">Its records that were not, because they are not asked for.</param>
internal sealed record CopiedCount(int Subject, long Included, long Withheld);
