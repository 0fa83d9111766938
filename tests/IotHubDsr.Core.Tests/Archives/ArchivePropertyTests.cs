using CsCheck;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Tests.Archives;

/// <summary>For any messages, subjects and division into reads: we agree with a reader of other making.</summary>
public sealed class ArchivePropertyTests
{
    private static readonly int Iterations = Repetitions.Of(100);

    [Theory]
    [InlineData("null")]
    [InlineData("deflate")]
    [InlineData("snappy")]
    [InlineData("zstandard")]
    public Task Scan_AnyAvroFile_CountsWhatApacheReads(string codec) =>
        Gen.Select(MessageGen.Messages, MessageGen.Subjects, Gen.Int[1, 50], Gen.Int)
            .SampleAsync(
                async (messages, subjects, syncEvery, chunks) =>
                {
                    byte[] plain = ApacheAvro.Write(messages, syncEvery: syncEvery);
                    byte[] file = AvroRecoding.Recode(plain, codec);
                    var sink = new CollectingSink();
                    ArchiveScan scan = await Archive.ScanAsync(file, subjects, sink, chunks);

                    List<Message> read = ApacheAvro.Read(plain);
                    Assert.Equal(read.Count, scan.RecordsRead);
                    Assert.Equal(read.Count(m => NaiveMatching.IsUnread(subjects, m)), scan.Unread.Count);
                    Assert.Equal(file.Length, scan.BytesRead);
                    Assert.Equal(NaiveMatching.Count(subjects, read), NaiveMatching.Count(scan.Subjects));
                    Assert.Equal(
                        scan.Subjects.Sum(s => s.Own.Bytes + s.Attributed.Bytes + s.Relayed.Bytes + s.Mentioned.Bytes),
                        sink.Records.Sum(r => (long)r.Raw.Length)
                    );
                    Assert.Equal(Times(subjects, read), scan.Subjects.Select(s => (s.DeviceId, First(s), Last(s))));
                },
                iter: Iterations
            );

    [Theory]
    [InlineData("null")]
    [InlineData("deflate")]
    [InlineData("snappy")]
    [InlineData("zstandard")]
    public Task Rewrite_AnyAvroFile_IsTheFilteredFileAsApacheReadsIt(string codec) =>
        Gen.Select(MessageGen.Messages, MessageGen.Selection, Gen.Int[1, 50], Gen.Int)
            .SampleAsync(
                async (messages, selection, syncEvery, chunks) =>
                {
                    byte[] plain = ApacheAvro.Write(messages, syncEvery: syncEvery);
                    byte[] file = AvroRecoding.Recode(plain, codec);
                    (ArchiveRewrite? rewrite, byte[]? result) = await Archive.RewriteAsync(file, selection, chunks);

                    IEnumerable<string> expected = ApacheAvro
                        .Read(plain)
                        .Where(m => !NaiveMatching.Removes(selection, m))
                        .Select(ApacheAvro.Describe);
                    Assert.Equal(expected, ApacheAvro.Read(AvroRecoding.Recode(result, "null")).Select(ApacheAvro.Describe));
                    await AssertVerifiesAsync(rewrite, file, result, selection);
                },
                iter: Iterations
            );

    [Fact]
    public Task Scan_AnyJsonLines_CountsWhatJsonDocumentReads() =>
        Gen.Select(MessageGen.Messages, MessageGen.Subjects, Gen.Int, Gen.Int)
            .SampleAsync(
                async (messages, subjects, spelling, chunks) =>
                {
                    byte[] file = JsonLine.Write(messages, spelling);
                    var sink = new CollectingSink();
                    ArchiveScan scan = await Archive.ScanAsync(file, subjects, sink, chunks);

                    var read = JsonLine.Split(file).Where(line => !string.IsNullOrWhiteSpace(line)).Select(JsonLine.Read).ToList();
                    Assert.Equal(messages.Length, read.Count);
                    Assert.Equal(read.Count, scan.RecordsRead);
                    Assert.Equal(read.Count(m => NaiveMatching.IsUnread(subjects, m)), scan.Unread.Count);
                    Assert.Equal(file.Length, scan.BytesRead);
                    Assert.Equal(NaiveMatching.Count(subjects, messages), NaiveMatching.Count(subjects, read));
                    Assert.Equal(NaiveMatching.Count(subjects, read), NaiveMatching.Count(scan.Subjects));
                    Assert.Equal(Times(subjects, messages), scan.Subjects.Select(s => (s.DeviceId, First(s), Last(s))));
                    Assert.All(sink.Records, r => Assert.Equal(r.Raw, file.AsSpan((int)r.Place.Offset, r.Raw.Length)));
                },
                iter: Iterations
            );

    [Fact]
    public Task Rewrite_AnyJsonLines_IsTheFileWithoutThoseLines() =>
        Gen.Select(MessageGen.Messages, MessageGen.Selection, Gen.Int, Gen.Int)
            .SampleAsync(
                async (messages, selection, spelling, chunks) =>
                {
                    byte[] file = JsonLine.Write(messages, spelling);
                    (ArchiveRewrite? rewrite, byte[]? result) = await Archive.RewriteAsync(file, selection, chunks);

                    IEnumerable<string> expected = JsonLine
                        .Split(file)
                        .Where(line => string.IsNullOrWhiteSpace(line) || !NaiveMatching.Removes(selection, JsonLine.Read(line)));
                    string bom = file.AsSpan().StartsWith("\uFEFF"u8) ? "\uFEFF" : "";
                    Assert.Equal(bom + string.Concat(expected), System.Text.Encoding.UTF8.GetString(result));
                    await AssertVerifiesAsync(rewrite, file, result, selection);
                },
                iter: Iterations
            );

    private static async Task AssertVerifiesAsync(ArchiveRewrite rewrite, byte[] file, byte[] result, RecordSelection selection)
    {
        Assert.Equal((file.Length, result.Length), (rewrite.BytesRead, rewrite.BytesWritten));
        ArchiveScan again = await Archive.ScanAsync(result, selection.Subjects);
        Assert.Equal(rewrite.KeptDigest, again.Digest);
        Assert.Equal(rewrite.RecordsKept, again.RecordsRead);
        Assert.Equal(rewrite.Retained, again.Subjects);
        Assert.DoesNotContain(again.Subjects, s => s.Own.Records + s.Attributed.Records > 0);
        if (rewrite.RecordsRemoved == 0)
            Assert.Equal(file, result);
        else
            Assert.NotEqual(rewrite.KeptDigest, (await Archive.ScanAsync(file, selection.Subjects)).Digest);
    }

    private static IEnumerable<(string, DateTimeOffset?, DateTimeOffset?)> Times(SubjectIndex subjects, IReadOnlyList<Message> messages) =>
        Enumerable
            .Range(0, subjects.Count)
            .Select(s =>
                (
                    Id: subjects[s],
                    Times: messages
                        .Where(m => NaiveMatching.KindFor(subjects, subjects[s], m) is not null)
                        .Select(m => DateTimeOffset.Parse(m.Enqueued, System.Globalization.CultureInfo.InvariantCulture))
                        .ToList()
                )
            )
            .Where(s => s.Times.Count > 0)
            .Select(s => (s.Id, (DateTimeOffset?)s.Times.Min(), (DateTimeOffset?)s.Times.Max()));

    private static DateTimeOffset? First(SubjectMatches s) =>
        new[] { s.Own.First, s.Attributed.First, s.Relayed.First, s.Mentioned.First }.Min();

    private static DateTimeOffset? Last(SubjectMatches s) =>
        new[] { s.Own.Last, s.Attributed.Last, s.Relayed.Last, s.Mentioned.Last }.Max();
}
