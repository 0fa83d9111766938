using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace IotHubDsr.Sandbox.Cosmos.Documents;

/// <summary>
/// The hash by which a document's place among the physical partitions is found. Clients compute it too, and ask the partition that they
/// find: it must be the same.
/// </summary>
internal static class EffectivePartitionKey
{
    private const byte NullMark = 1;
    private const byte FalseMark = 2;
    private const byte TrueMark = 3;
    private const byte NumberMark = 5;
    private const byte StringMark = 8;
    private const byte StringEnd = 0xFF;

    // The highest key is FF: all hashes are below.
    private const byte HighestBits = 0x3F;

    public static string Of(PartitionKeyValue key) => string.Concat(key.Components.Select(HashOf));

    private static string HashOf(JsonElement component)
    {
        byte[] hash = MurmurHash.Hash128(Bytes(component));
        Array.Reverse(hash);
        hash[0] &= HighestBits;
        return Convert.ToHexString(hash);
    }

    private static byte[] Bytes(JsonElement component)
    {
        switch (component.ValueKind)
        {
            case JsonValueKind.String:
                return [StringMark, .. Encoding.UTF8.GetBytes(component.GetString()!), StringEnd];
            case JsonValueKind.Number:
                byte[] number = new byte[9];
                number[0] = NumberMark;
                BinaryPrimitives.WriteDoubleLittleEndian(number.AsSpan(1), component.GetDouble());
                return number;
            case JsonValueKind.Null:
                return [NullMark];
            case JsonValueKind.False:
                return [FalseMark];
            case JsonValueKind.True:
                return [TrueMark];
            default:
                return [0];
        }
    }
}
