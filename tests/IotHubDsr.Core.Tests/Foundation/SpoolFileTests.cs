using CsCheck;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Tests.Foundation;

/// <summary>What is spooled is read as it was appended, and nothing of it is left under a name.</summary>
public sealed class SpoolFileTests
{
    [Fact]
    public void Read_WhateverWasAppended_IsTheSame() =>
        Gen.Select(Gen.Byte.Array[0, 200_000].Array[0, 6], Gen.Bool, Gen.Int[0, int.MaxValue], Gen.Int[0, 300_000])
            .Sample(
                (pieces, isSealed, from, count) =>
                {
                    byte[] all = [.. pieces.SelectMany(piece => piece)];
                    using var spool = new SpoolFile();
                    foreach (byte[] piece in pieces)
                        spool.Append(piece);
                    if (isSealed)
                        spool.Seal();
                    int offset = all.Length == 0 ? 0 : from % all.Length;
                    byte[] read = new byte[count];

                    int length = spool.Read(offset, read);

                    Assert.Equal(all.Length, spool.Length);
                    Assert.True(all.AsSpan(offset, Math.Min(count, all.Length - offset)).SequenceEqual(read.AsSpan(0, length)));
                },
                iter: 200
            );

    [Fact]
    public void Append_More_ThanAFewBytes_GoesToAFileWithoutANameThatOnlyItsOwnerCanRead()
    {
        using var spool = new SpoolFile();
        spool.Append(new byte[1_000_000]);

        Assert.True(spool.IsOnDisk);
        if (OperatingSystem.IsWindows())
            return;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, spool.UnixMode);
        Assert.False(File.Exists(spool.CreatedAt));
    }

    [Fact]
    public void Append_AFewBytes_StaysInMemory()
    {
        using var spool = new SpoolFile();
        spool.Append(new byte[10_000]);

        Assert.False(spool.IsOnDisk);
    }
}
