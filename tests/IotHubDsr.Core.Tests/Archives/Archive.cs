using IotHubDsr.Archives;

namespace IotHubDsr.Core.Tests.Archives;

/// <summary>Shorthand for what tests do to whole files.</summary>
internal static class Archive
{
    /// <summary>Scans with a digest, which reads every record in full, and without, which need not; both must find the same.</summary>
    public static async Task<ArchiveScan> ScanAsync(
        byte[] file, SubjectIndex subjects, IMatchedRecordSink? sink = null, int? chunks = null, ArchiveLimits? limits = null)
    {
        var scan = await ScanAsync(file, new ScanRequest(subjects, sink, WithDigest: true), chunks, limits);
        var search = await ScanAsync(file, new ScanRequest(subjects), chunks, limits);
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
        using var result = new MemoryStream();
        var rewrite = await ArchiveFormats.RewriteAsync(stream, result, selection, CancellationToken.None);
        return (rewrite, result.ToArray());
    }

    public static async Task<ArchiveFormatException> FaultAsync(byte[] file, ArchiveLimits? limits = null)
    {
        var scan = await Assert.ThrowsAsync<ArchiveFormatException>(() => ScanAsync(file, new SubjectIndex(["dev1"]), limits: limits));
        using var result = new MemoryStream();
        var rewrite = await Assert.ThrowsAsync<ArchiveFormatException>(
            () => ArchiveFormats.RewriteAsync(
                new MemoryStream(file), result, new RecordSelection(new SubjectIndex(["dev1"])), CancellationToken.None, limits));
        Assert.Equal((scan.Fault, scan.Offset), (rewrite.Fault, rewrite.Offset));
        Assert.Contains($"byte {scan.Offset}", scan.Message, StringComparison.Ordinal);
        return scan;
    }
}

internal sealed record CollectedRecord(
    int Subject, MatchKind Kind, RecordPlace Place, byte[] Raw, DateTimeOffset? Enqueued, string Json);

/// <summary>Keeps matches as they come.</summary>
internal sealed class CollectingSink : IMatchedRecordSink
{
    public List<CollectedRecord> Records { get; } = [];

    public void OnRecord(in MatchedRecord record)
    {
        using var json = new MemoryStream();
        using (var writer = new System.Text.Json.Utf8JsonWriter(json))
        {
            record.WriteJson(writer);
        }

        var text = System.Text.Encoding.UTF8.GetString(json.ToArray());
        Records.Add(new CollectedRecord(record.Subject, record.Kind, record.Place, record.Raw.ToArray(), record.EnqueuedTime, text));
    }
}
