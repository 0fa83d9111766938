namespace IotHubDsr.Sandbox.Storage.Rest;

/// <summary>Azure Storage's CRC-64: reflected polynomial 0x9A6C9329AC4BC9B5, register and result inverted; eight bytes a step.</summary>
internal struct StorageCrc64
{
    private const ulong Polynomial = 0x9A6C9329AC4BC9B5;

    private static readonly ulong[][] s_tables = BuildTables();

    private ulong _register;

    public readonly ulong Value => _register;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        ulong crc = ~_register;
        while (bytes.Length >= sizeof(ulong))
        {
            crc ^= System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            crc =
                s_tables[7][(byte)crc]
                ^ s_tables[6][(byte)(crc >> 8)]
                ^ s_tables[5][(byte)(crc >> 16)]
                ^ s_tables[4][(byte)(crc >> 24)]
                ^ s_tables[3][(byte)(crc >> 32)]
                ^ s_tables[2][(byte)(crc >> 40)]
                ^ s_tables[1][(byte)(crc >> 48)]
                ^ s_tables[0][(byte)(crc >> 56)];
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (byte value in bytes)
            crc = s_tables[0][(byte)crc ^ value] ^ (crc >> 8);

        _register = ~crc;
    }

    /// <summary>Table n holds the effect of a byte that n further bytes follow.</summary>
    private static ulong[][] BuildTables()
    {
        ulong[][] tables = new ulong[8][];
        for (int n = 0; n < tables.Length; n++)
            tables[n] = new ulong[256];

        for (uint value = 0; value < 256; value++)
        {
            ulong crc = value;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ Polynomial;

            tables[0][value] = crc;
        }

        for (int n = 1; n < tables.Length; n++)
        {
            for (int value = 0; value < 256; value++)
            {
                ulong shorter = tables[n - 1][value];
                tables[n][value] = tables[0][(byte)shorter] ^ (shorter >> 8);
            }
        }

        return tables;
    }
}
