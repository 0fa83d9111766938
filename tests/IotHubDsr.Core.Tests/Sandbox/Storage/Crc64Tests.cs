using Azure.Storage;
using IotHubDsr.Sandbox.Storage.Rest;

namespace IotHubDsr.Core.Tests.Sandbox.Storage;

/// <summary>The checksum of the simulated service against that of Microsoft's client.</summary>
public sealed class Crc64Tests
{
    [Fact]
    public void Crc64_OfAnyLengthAndInAnyParts_IsThatOfTheClientLibrary()
    {
        byte[] bytes = new byte[5_000];
        new Random(1).NextBytes(bytes);
        for (int length = 0; length <= bytes.Length; length += length < 700 ? 1 : 331)
        {
            var expected = StorageCrc64HashAlgorithm.Create();
            expected.Append(bytes.AsSpan(0, length));
            var whole = new StorageCrc64();
            whole.Append(bytes.AsSpan(0, length));
            var parts = new StorageCrc64();
            parts.Append(bytes.AsSpan(0, length / 3));
            parts.Append(bytes.AsSpan(length / 3, length - (length / 3)));

            ulong value = BitConverter.ToUInt64(expected.GetCurrentHash());
            Assert.Equal((length, value, value), (length, whole.Value, parts.Value));
        }
    }
}
