using Azure.Storage;

namespace IotHubDsr.Core.Sinks.BlobArchives;

/// <summary>
/// A run of bytes of the present blob that stay together, cut into ranges that one block can take. A checksum of each range goes with it,
/// by which the service's copy is compared with what was read.
/// </summary>
/// <param name="offset">Where it begins.</param>
/// <param name="partSize">As long as a part of the blob must be that it keeps within the blocks that it may have.</param>
internal sealed class KeptRun(long offset, long partSize)
{
    // The service takes more; a smaller range is copied while the rest of the run is still read, and several at once.
    private const long UsualRange = 32L * 1024 * 1024;

    private readonly long _longest = Math.Max(UsualRange, partSize);
    private readonly Queue<KeptRange> _ranges = new();
    private StorageCrc64HashAlgorithm _crc = StorageCrc64HashAlgorithm.Create();
    private long _rangeStart = offset;
    private long _end = offset;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            int count = (int)Math.Min(bytes.Length, _longest - (_end - _rangeStart));
            _crc.Append(bytes[..count]);
            _end += count;
            bytes = bytes[count..];
            if (_end - _rangeStart == _longest)
                Cut();
        }
    }

    /// <summary>The run ends here.</summary>
    public void End()
    {
        if (_end > _rangeStart)
            Cut();
    }

    /// <summary>The next range that is complete.</summary>
    public bool TryTake(out KeptRange range) => _ranges.TryDequeue(out range);

    private void Cut()
    {
        _ranges.Enqueue(new KeptRange(_rangeStart, _end - _rangeStart, _crc.GetCurrentHash()));
        _crc = StorageCrc64HashAlgorithm.Create();
        _rangeStart = _end;
    }
}
