using System.IO.Compression;
using CsCheck;
using IotHubDsr.Core.Archives.Avro;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Tests.Archives;

/// <summary>Whatever was deflated is read, and whatever is damaged or cut short does no harm.</summary>
public sealed class DeflateCodecTests
{
    private static readonly Gen<byte[]> Data = Gen.Frequency(
        (1, Gen.Byte.Array[1, 2_000]),
        (2, Gen.Select(Gen.Byte.Array[1, 40], Gen.Int[1, 3_000], Repeat)),
        (2, MessageGen.Messages.Select(messages => (byte[])[1, .. JsonLine.Write(messages, seed: 1)])),
        (1, Gen.Select(Gen.Int, Gen.Int[1, 200_000], Gen.Int[1, 256], Random))
    );

    [Fact]
    public void Decode_WhateverWasDeflated_GivesItBack()
    {
        using DeflateCodec codec = NewCodec(1_000_000);
        Gen.Select(Data, Gen.Enum<CompressionLevel>())
            .Sample(
                (data, level) =>
                {
                    lock (codec)
                        Assert.True(codec.Decode(Deflate(data, level)).Span.SequenceEqual(data));
                },
                iter: Repetitions.Of(150)
            );
    }

    [Fact]
    public void Decode_DamagedData_AgreesWithTheRuntimeOrRefuses() =>
        Gen.Select(Data, Gen.Enum<CompressionLevel>(), Gen.Int)
            .Sample(
                (data, level, seed) =>
                {
                    const int Limit = 1_000_000;
                    byte[] damaged = Mutation.Apply(Deflate(data, level), new Random(seed));
                    if (damaged.Length == 0)
                    {
                        // That is what the runtime makes of nothing.
                        return;
                    }

                    using DeflateCodec codec = NewCodec(Limit);
                    byte[] expected;
                    try
                    {
                        // The runtime takes data that breaks off for what is there of it; zeros behind it show both the same.
                        expected = Inflate([.. damaged, .. new byte[100]], Limit);
                    }
                    catch (InvalidDataException)
                    {
                        Assert.Throws<InvalidDataException>(() => codec.Decode(damaged));
                        return;
                    }

                    try
                    {
                        Assert.True(codec.Decode(damaged).Span.SequenceEqual(expected));
                    }
                    catch (Exception e) when (e is InvalidDataException or BlockTooLargeException)
                    {
                        Assert.True(expected.Length > Limit || e.Message.Contains("truncated", StringComparison.Ordinal), e.Message);
                    }
                },
                iter: Repetitions.Of(250)
            );

    [Theory]
    [InlineData("07")]
    [InlineData("0100FFFF00")]
    [InlineData("0105000000")]
    [InlineData("FDFF")]
    public void Decode_Nonsense_IsRefused(string hex)
    {
        using DeflateCodec codec = NewCodec(1_000);
        Assert.Throws<InvalidDataException>(() => codec.Decode(Convert.FromHexString(hex)));
    }

    [Fact]
    public void Decode_ABlockCutAnywhere_IsRefused()
    {
        using DeflateCodec codec = NewCodec(100_000);
        byte[] whole = Deflate(Random(7, 20_000, 64), CompressionLevel.Optimal);
        for (int length = 1; length < whole.Length; length++)
        {
            ReadOnlyMemory<byte> cut = whole.AsMemory(0, length);
            Assert.Throws<InvalidDataException>(() => codec.Decode(cut));
        }
    }

    [Fact]
    public void Decode_ABlockOfTheLimit_IsReadAndOneOfAByteMoreIsNot()
    {
        const int Limit = 70_000;
        using DeflateCodec codec = NewCodec(Limit);
        Assert.Equal(Limit, codec.Decode(Deflate(new byte[Limit], CompressionLevel.Optimal)).Length);
        Assert.Throws<BlockTooLargeException>(() => codec.Decode(Deflate(new byte[Limit + 1], CompressionLevel.Optimal)));
    }

    [Fact]
    public void Decode_BeyondTheLimit_IsRefusedWithoutTheMemoryForIt()
    {
        byte[] bomb = Deflate(new byte[50_000_000], CompressionLevel.Optimal);
        long before = GC.GetAllocatedBytesForCurrentThread();
        using DeflateCodec codec = NewCodec(1_000_000);
        Assert.Throws<BlockTooLargeException>(() => codec.Decode(bomb));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8_000_000);
    }

    private static DeflateCodec NewCodec(int maxBytes) => new(new ReadingShare(ReadingBudget.OfProcess)) { MaxBytes = maxBytes };

    private static byte[] Repeat(byte[] bytes, int count) => [.. Enumerable.Repeat(bytes, count).SelectMany(b => b)];

    private static byte[] Random(int seed, int length, int alphabet)
    {
        var random = new Random(seed);
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++)
        {
            // Skewed, so that codes get as long as they may be.
            bytes[i] = (byte)(alphabet * Math.Pow(random.NextDouble(), 6));
        }

        return bytes;
    }

    private static byte[] Deflate(byte[] data, CompressionLevel level)
    {
        using var deflated = new MemoryStream();
        using (var deflate = new DeflateStream(deflated, level, leaveOpen: true))
            deflate.Write(data);

        return deflated.ToArray();
    }

    /// <summary>At most a little more than the limit.</summary>
    private static byte[] Inflate(byte[] deflated, int limit)
    {
        using var inflate = new DeflateStream(new MemoryStream(deflated), CompressionMode.Decompress);
        using var data = new MemoryStream();
        byte[] buffer = new byte[64 * 1024];
        int read;
        while (data.Length <= limit && (read = inflate.Read(buffer)) != 0)
            data.Write(buffer, 0, read);

        return data.ToArray();
    }
}
