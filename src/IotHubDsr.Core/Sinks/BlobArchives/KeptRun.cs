using Azure.Storage;

namespace IotHubDsr.Core.Sinks.BlobArchives;

/// <summary>
/// A run of bytes of the present blob that stay together, cut into ranges that one block can take. A checksum of each range goes with it,
/// by which the service's copy is compared with what was read.
/// </summary>
internal sealed class KeptRun
{
    // The service takes more in recent versions; a smaller range is copied sooner, and several at once.
    private const long LongestRange = 100L * 1024 * 1024;

    private readonly List<KeptRange> _ranges = [];
    private StorageCrc64HashAlgorithm _crc = StorageCrc64HashAlgorithm.Create();
    private readonly long _start;
    private long _rangeStart;

    public KeptRun(long offset) => _start = _rangeStart = End = offset;

    /// <summary>Where the run ends so far.</summary>
    public long End { get; private set; }

    public long Length => End - _start;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            int count = (int)Math.Min(bytes.Length, LongestRange - (End - _rangeStart));
            _crc.Append(bytes[..count]);
            End += count;
            bytes = bytes[count..];
            if (End - _rangeStart == LongestRange)
                Cut();
        }
    }

    /// <summary>The run as ranges.</summary>
    public IReadOnlyList<KeptRange> ToRanges()
    {
        if (End > _rangeStart)
            Cut();
        return _ranges;
    }

    private void Cut()
    {
        _ranges.Add(new KeptRange(_rangeStart, End - _rangeStart, _crc.GetCurrentHash()));
        _crc = StorageCrc64HashAlgorithm.Create();
        _rangeStart = End;
    }
}
