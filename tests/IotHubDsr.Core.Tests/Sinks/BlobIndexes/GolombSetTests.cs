using CsCheck;
using IotHubDsr.Core.Sinks.BlobIndexes;

namespace IotHubDsr.Core.Tests.Sinks.BlobIndexes;

/// <summary>The sets of an index: what was put in is found, always.</summary>
public sealed class GolombSetTests
{
    private static readonly Gen<ulong> Hash = Gen.Frequency(
        (8, Gen.ULong),
        (1, Gen.OneOf(0UL, 1UL, ulong.MaxValue, ulong.MaxValue - 1, 1UL << 63, 1UL << 40))
    );

    [Fact]
    public void Hashes_AreAllFound() =>
        Gen.Select(Hash.Array[0, 3_000], Hash.Array[0, 50])
            .Sample(
                (hashes, others) =>
                {
                    byte[] set = GolombSet.Encode(hashes.ToArray());
                    Assert.All(hashes, hash => Assert.True(GolombSet.HoldsAny(set, hashes.Length, [hash])));

                    (ulong Hash, bool IsIn)[] wanted =
                    [
                        .. hashes.Take(40).Select(static hash => (hash, true)).Concat(others.Select(static hash => (hash, false))).Order(),
                    ];
                    bool[] held = new bool[wanted.Length];
                    GolombSet.Mark(set, hashes.Length, [.. wanted.Select(static one => one.Hash)], held);
                    Assert.All(wanted.Zip(held), static one => Assert.True(one.Second || !one.First.IsIn));
                },
                iter: 200
            );

    [Theory]
    [InlineData(1, 40.0)]
    [InlineData(100, 26.0)]
    [InlineData(1_000, 26.0)]
    [InlineData(100_000, 26.0)]
    public void Size_IsSome26BitsAHash_AndOthersAreHardlyEverFound(int count, double bits)
    {
        var random = new Random(count);
        ulong[] hashes = [.. Enumerable.Range(0, count).Select(_ => (ulong)random.NextInt64() * 2)];
        byte[] set = GolombSet.Encode(hashes.ToArray());
        ulong[] others = [.. Enumerable.Range(0, 100_000).Select(_ => ((ulong)random.NextInt64() * 2) + 1).Order()];
        bool[] held = new bool[others.Length];
        GolombSet.Mark(set, count, others, held);

        Assert.True(set.Length * 8.0 / count <= bits, $"{set.Length * 8.0 / count} bits");
        Assert.InRange(held.Count(static one => one), 0, 3);
    }

    [Fact]
    public void SetThatWasCutShort_IsRefused()
    {
        byte[] set = GolombSet.Encode([.. Enumerable.Range(1, 100).Select(static i => (ulong)i << 56)]);

        Assert.Throws<InvalidDataException>(() => GolombSet.HoldsAny(set.AsSpan(..^20), 100, [ulong.MaxValue]));
    }

    [Fact]
    public void EmptySet_HoldsNothing() => Assert.False(GolombSet.HoldsAny(GolombSet.Encode([]), 0, [0UL, ulong.MaxValue]));
}
