using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Tests.Archives;

/// <summary>Shorthand for what tests do to whole files.</summary>
internal static class Archive
{
    /// <summary>Scans with a digest, which reads every record in full, and without, which need not; both must find the same.</summary>
    public static async Task<ArchiveScan> ScanAsync(
        byte[] file,
        SubjectIndex subjects,
        IMatchedRecordSink? sink = null,
        int? chunks = null,
        ArchiveLimits? limits = null
    )
    {
        ArchiveScan scan = await ScanAsync(file, new ScanRequest(subjects, sink, WithDigest: true), chunks, limits);
        ArchiveScan search = await ScanAsync(file, new ScanRequest(subjects), chunks, limits);
        Assert.Equal(scan.Subjects, search.Subjects);
        Assert.Equal(scan with { Subjects = [], Digest = null }, search with { Subjects = [] });
        return scan;
    }

    public static async Task<ArchiveScan> ScanAsync(byte[] file, ScanRequest request, int? chunks = null, ArchiveLimits? limits = null)
    {
        await using Stream stream = chunks is { } seed ? new ChunkedStream(file, seed) : new MemoryStream(file);
        return await ArchiveFormats.ScanAsync(stream, request, CancellationToken.None, limits);
    }

    public static async Task<(ArchiveRewrite Rewrite, byte[] File)> RewriteAsync(byte[] file, RecordSelection selection, int? chunks = null)
    {
        await using Stream stream = chunks is { } seed ? new ChunkedStream(file, seed) : new MemoryStream(file);
        using var source = new ArchiveSource(stream);
        IArchiveFormat format = await ArchiveFormats.DetectAsync(source, CancellationToken.None);
        var target = new SplicingTarget(file);
        ArchiveRewrite rewrite = await format.RewriteAsync(source, target, selection, CancellationToken.None);
        return (rewrite, target.ToArray());
    }

    public static async Task<ArchiveFormatException> FaultAsync(byte[] file, ArchiveLimits? limits = null)
    {
        ArchiveFormatException scan = await Assert.ThrowsAsync<ArchiveFormatException>(() =>
            ScanAsync(file, new SubjectIndex(["dev1"]), limits: limits)
        );
        using var result = new MemoryStream();
        ArchiveFormatException rewrite = await Assert.ThrowsAsync<ArchiveFormatException>(() =>
            ArchiveFormats.RewriteAsync(
                new MemoryStream(file),
                result,
                new RecordSelection(new SubjectIndex(["dev1"])),
                CancellationToken.None,
                limits
            )
        );
        Assert.Equal((scan.Fault, scan.Offset), (rewrite.Fault, rewrite.Offset));
        Assert.Contains($"byte {scan.Offset}", scan.Message, StringComparison.Ordinal);
        return scan;
    }
}

/// <summary>Takes what stays from the file itself, as a splice does, after making sure that it was said right.</summary>
internal sealed class SplicingTarget(byte[] file) : IRewriteTarget
{
    private readonly MemoryStream _result = new();
    private long _keptTo;

    public ValueTask KeepAsync(long sourceOffset, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        Assert.InRange(sourceOffset, _keptTo, file.Length - bytes.Length);
        Memory<byte> kept = file.AsMemory((int)sourceOffset, bytes.Length);
        Assert.True(kept.Span.SequenceEqual(bytes.Span));
        _keptTo = sourceOffset + bytes.Length;
        _result.Write(kept.Span);
        return default;
    }

    public ValueTask ReplaceAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        _result.Write(bytes.Span);
        return default;
    }

    public byte[] ToArray() => _result.ToArray();
}

internal sealed record CollectedRecord(int Subject, MatchKind Kind, RecordPlace Place, byte[] Raw, DateTimeOffset? Enqueued, string Json);

/// <summary>Keeps matches as they come.</summary>
internal sealed class CollectingSink : IMatchedRecordSink
{
    public List<CollectedRecord> Records { get; } = [];

    public void OnRecord(in MatchedRecord record)
    {
        using var json = new MemoryStream();
        using (var writer = new System.Text.Json.Utf8JsonWriter(json))
            record.WriteJson(writer);

        string text = System.Text.Encoding.UTF8.GetString(json.ToArray());
        Records.Add(new CollectedRecord(record.Subject, record.Kind, record.Place, record.Raw.ToArray(), record.EnqueuedTime, text));
    }
}
