using System.Buffers.Binary;
using System.Text;

namespace IotHubDsr.Sandbox.Cosmos.Documents;

/// <summary>
/// Resource IDs: 4 bytes of a database, 4 more of a container with the highest bit set, 8 more of a document, in base64 with a hyphen
/// for the slash. Clients take them apart.
/// </summary>
internal static class ResourceId
{
    private const uint HashOffset = 2166136261;
    private const uint HashPrime = 16777619;

    public static string OfDatabase(string account, int number)
    {
        uint hash = HashOffset;
        foreach (byte letter in Encoding.UTF8.GetBytes($"{account}/{number}"))
            hash = (hash ^ letter) * HashPrime;

        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, hash);
        return Encode(bytes);
    }

    public static string OfContainer(string database, int number)
    {
        byte[] bytes = new byte[8];
        Decode(database).CopyTo(bytes, 0);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), 0x80000000u | (uint)number);
        return Encode(bytes);
    }

    public static string OfDocument(string container, long number)
    {
        byte[] bytes = new byte[16];
        Decode(container).CopyTo(bytes, 0);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), number);
        return Encode(bytes);
    }

    /// <summary>The number of a document within its container; null when the text is no ID of a document.</summary>
    public static long? NumberOf(string document)
    {
        byte[] bytes = new byte[document.Length];
        return Convert.TryFromBase64String(document.Replace('-', '/'), bytes, out int length) && length == 16
            ? BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(8))
            : null;
    }

    private static string Encode(byte[] bytes) => Convert.ToBase64String(bytes).Replace('/', '-');

    private static byte[] Decode(string rid) => Convert.FromBase64String(rid.Replace('-', '/'));
}
