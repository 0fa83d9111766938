using System.Buffers.Binary;
using System.Buffers.Text;

namespace IotHubDsr.Core.Evidence.Journals;

/// <summary>
/// The records that an order to erase is for, as base64 of eight bytes each: the beginning of a hash under the request's key. That one of a
/// million is taken for another, which would then be ordered later, is as good as impossible.
/// </summary>
internal static class CoveredRecords
{
    /// <summary>More than the line of a journal is to hold.</summary>
    public const int Most = 100_000;

    private const int Size = sizeof(ulong);

    public static string Write(IEnumerable<ulong> hashes)
    {
        ulong[] sorted = [.. hashes.Distinct().Order()];
        byte[] bytes = new byte[sorted.Length * Size];
        for (int index = 0; index < sorted.Length; index++)
            BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(index * Size), sorted[index]);
        return Convert.ToBase64String(bytes);
    }

    /// <exception cref="FormatException">It is not what is written.</exception>
    public static void Require(string text)
    {
        if (!Base64.IsValid(text, out int length) || length % Size != 0 || length / Size > Most)
            throw new FormatException("The records of an order are invalid.");
    }

    /// <exception cref="FormatException">It is not what is written.</exception>
    public static IReadOnlySet<ulong> Read(string text)
    {
        Require(text);
        byte[] bytes = Convert.FromBase64String(text);
        return Enumerable
            .Range(0, bytes.Length / Size)
            .Select(index => BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(index * Size)))
            .ToHashSet();
    }
}
