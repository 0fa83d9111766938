namespace IotHubDsr.Sandbox.Storage.Blobs;

/// <summary>
/// Immutable bytes in one or more segments. Blocks, the blob committed from them, its versions and ranges copied from it
/// share the segments, so that a blob of hundreds of megabytes is held once.
/// </summary>
internal sealed class BlobContent
{
    public static readonly BlobContent Empty = new([], 0);

    private readonly ReadOnlyMemory<byte>[] _segments;

    private BlobContent(ReadOnlyMemory<byte>[] segments, long length)
    {
        _segments = segments;
        Length = length;
    }

    public long Length { get; }

    public IReadOnlyList<ReadOnlyMemory<byte>> Segments => _segments;

    /// <summary>The caller must not change the bytes afterwards.</summary>
    public static BlobContent Of(ReadOnlyMemory<byte> bytes) => bytes.IsEmpty ? Empty : new([bytes], bytes.Length);

    public static BlobContent Concat(IEnumerable<BlobContent> parts)
    {
        var segments = new List<ReadOnlyMemory<byte>>();
        long length = 0;
        foreach (BlobContent part in parts)
        {
            segments.AddRange(part._segments);
            length += part.Length;
        }

        return new([.. segments], length);
    }

    public BlobContent Slice(long offset, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length - offset);
        if (length == Length)
            return this;

        var segments = new List<ReadOnlyMemory<byte>>();
        long skip = offset;
        long left = length;
        foreach (ReadOnlyMemory<byte> segment in _segments)
        {
            if (left == 0)
                break;

            if (skip >= segment.Length)
            {
                skip -= segment.Length;
                continue;
            }

            int take = (int)Math.Min(left, segment.Length - skip);
            segments.Add(segment.Slice((int)skip, take));
            skip = 0;
            left -= take;
        }

        return new([.. segments], length);
    }

    public ReadOnlyMemory<byte> ToMemory()
    {
        if (_segments.Length <= 1)
            return _segments.Length == 0 ? ReadOnlyMemory<byte>.Empty : _segments[0];

        byte[] bytes = GC.AllocateUninitializedArray<byte>(checked((int)Length));
        int at = 0;
        foreach (ReadOnlyMemory<byte> segment in _segments)
        {
            segment.CopyTo(bytes.AsMemory(at));
            at += segment.Length;
        }

        return bytes;
    }
}
