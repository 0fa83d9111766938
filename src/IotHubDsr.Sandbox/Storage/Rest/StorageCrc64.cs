using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace IotHubDsr.Sandbox.Storage.Rest;

/// <summary>
/// Azure Storage's CRC-64: reflected polynomial 0x9A6C9329AC4BC9B5, register and result inverted. Long inputs are folded where the processor
/// multiplies without carries, as in "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction"; others take eight bytes a
/// step.
/// </summary>
internal struct StorageCrc64
{
    private const ulong Polynomial = 0x9A6C9329AC4BC9B5;
    private const int LaneBytes = 16;
    private const int LeastFolded = 8 * LaneBytes;

    private static readonly ulong[][] s_tables = BuildTables();
    private static readonly Vector128<ulong> s_acrossOne = FoldConstants(128);
    private static readonly Vector128<ulong> s_acrossFour = FoldConstants(512);

    private ulong _register;

    public readonly ulong Value => _register;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        ulong crc = ~_register;
        if (Pclmulqdq.IsSupported && bytes.Length >= LeastFolded)
        {
            int folded = bytes.Length - (bytes.Length % LaneBytes);
            crc = Fold(crc, MemoryMarshal.Cast<byte, Vector128<ulong>>(bytes[..folded]));
            bytes = bytes[folded..];
        }

        _register = ~Step(crc, bytes);
    }

    private static ulong Fold(ulong crc, ReadOnlySpan<Vector128<ulong>> lanes)
    {
        Vector128<ulong> first = lanes[0] ^ Vector128.CreateScalar(crc);
        Vector128<ulong> second = lanes[1];
        Vector128<ulong> third = lanes[2];
        Vector128<ulong> fourth = lanes[3];
        lanes = lanes[4..];
        while (lanes.Length >= 4)
        {
            first = Fold(first, s_acrossFour) ^ lanes[0];
            second = Fold(second, s_acrossFour) ^ lanes[1];
            third = Fold(third, s_acrossFour) ^ lanes[2];
            fourth = Fold(fourth, s_acrossFour) ^ lanes[3];
            lanes = lanes[4..];
        }

        Vector128<ulong> all = Fold(Fold(Fold(first, s_acrossOne) ^ second, s_acrossOne) ^ third, s_acrossOne) ^ fourth;
        foreach (Vector128<ulong> lane in lanes)
            all = Fold(all, s_acrossOne) ^ lane;
        return Step(0, MemoryMarshal.AsBytes(new ReadOnlySpan<Vector128<ulong>>(in all)));
    }

    private static Vector128<ulong> Fold(Vector128<ulong> lane, Vector128<ulong> across) =>
        Pclmulqdq.CarrylessMultiply(lane, across, 0x00) ^ Pclmulqdq.CarrylessMultiply(lane, across, 0x11);

    private static ulong Step(ulong crc, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            crc ^= BinaryPrimitives.ReadUInt64LittleEndian(bytes);
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
        return crc;
    }

    /// <summary>
    /// What the halves of a lane are multiplied by to move it so many bits on. The lower half stands for the higher terms, and a product
    /// of reflected factors is one term too high.
    /// </summary>
    private static Vector128<ulong> FoldConstants(int bits) => Vector128.Create(Power(bits + 64 - 1), Power(bits - 1));

    /// <summary>x to the power of n, reduced and reflected.</summary>
    private static ulong Power(int n)
    {
        ulong power = 1UL << 63;
        for (int i = 0; i < n; i++)
            power = (power & 1) == 0 ? power >> 1 : (power >> 1) ^ Polynomial;
        return power;
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
