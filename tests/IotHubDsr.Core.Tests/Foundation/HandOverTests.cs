using System.Security.Cryptography;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Tests.Foundation;

public sealed class HandOverTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(1, 1, 16)]
    [InlineData(256 * 1024, 256 * 1024, 4096)]
    [InlineData(5_000_000, 777, 100_003)]
    [InlineData(5_000_000, 3_000_000, 511)]
    public async Task Reader_GetsWhatWasWritten(int length, int written, int read)
    {
        byte[] content = RandomNumberGenerator.GetBytes(length);
        var bytes = new HandOver();
        var writing = Task.Run(async () =>
        {
            for (int offset = 0; offset < length; offset += written)
                await bytes.WriteAsync(content.AsMemory(offset, Math.Min(written, length - offset)), CancellationToken.None);
            bytes.Complete();
        });

        using var result = new MemoryStream();
        await using (Stream reader = bytes.OpenReader())
        {
            byte[] buffer = new byte[read];
            while (await reader.ReadAsync(buffer) is > 0 and var count)
                result.Write(buffer, 0, count);
        }

        await writing.WaitAsync(Patience);
        Assert.True(content.AsSpan().SequenceEqual(result.ToArray()));
    }

    [Fact]
    public async Task Writer_WaitsForTheReader()
    {
        var bytes = new HandOver();
        Task writing = bytes.WriteAsync(new byte[64 * 1024 * 1024], CancellationToken.None).AsTask();
        await using Stream reader = bytes.OpenReader();

        Assert.False(writing.IsCompleted);

        byte[] buffer = new byte[1024 * 1024];
        long taken = 0;
        while (taken < 64 * 1024 * 1024)
        {
            taken += await reader.ReadAsync(buffer).AsTask().WaitAsync(Patience);
            if (writing.IsCompleted)
                bytes.Complete();
        }

        await writing.WaitAsync(Patience);
    }

    [Fact]
    public async Task ReaderThatGaveUp_LetsTheWriterGoOn()
    {
        var bytes = new HandOver();
        Stream reader = bytes.OpenReader();
        Task writing = bytes.WriteAsync(new byte[64 * 1024 * 1024], CancellationToken.None).AsTask();
        await reader.ReadExactlyAsync(new byte[10]);

        await reader.DisposeAsync();

        await writing.WaitAsync(Patience);
        bytes.Complete();
        bytes.Complete();
    }

    [Fact]
    public async Task Writer_CanBeCancelledWhileItWaits()
    {
        using var stop = new CancellationTokenSource();
        var bytes = new HandOver();
        Task writing = bytes.WriteAsync(new byte[64 * 1024 * 1024], stop.Token).AsTask();

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing.WaitAsync(Patience));
    }
}
