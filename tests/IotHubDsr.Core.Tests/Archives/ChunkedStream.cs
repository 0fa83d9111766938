using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Tests.Archives;

/// <summary>Returns a file in reads of any size, as a network does.</summary>
internal sealed class ChunkedStream(byte[] file, int seed) : ReadOnlyStream
{
    private readonly Random _random = new(seed);
    private readonly int _largest = new Random(seed).Next(3) switch
    {
        0 => 1,
        1 => 40,
        _ => 100_000,
    };
    private int _position;

    public override int Read(Span<byte> buffer)
    {
        int count = Math.Min(Math.Min(buffer.Length, file.Length - _position), _random.Next(1, _largest + 1));
        file.AsSpan(_position, count).CopyTo(buffer);
        _position += count;
        return count;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // Every other read completes later, so that a window must survive the wait.
        if (_random.Next(8) == 0)
            await Task.Yield();

        cancellationToken.ThrowIfCancellationRequested();
        return Read(buffer.Span);
    }
}
