using System.IO.Compression;
using System.Text;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Foundation;
using IotHubDsr.Core.Records;
using Snappier;
using ZstdSharp;

namespace IotHubDsr.Core.Tests.Archives;

/// <summary>Whatever a file holds, what reading it takes is bounded, and shared with all that is read at once.</summary>
public sealed class MemoryTests
{
    // All that is allocated, garbage included: buffers grow by doubling up to 16 MiB, and decoders have a window of 8 MiB at most.
    private const long MostAllocated = 72L * 1024 * 1024;

    private const int BombBytes = 100_000_000;

    private static readonly SubjectIndex Dev1 = new(["dev1"]);

    [Theory]
    [InlineData("line", ArchiveFaultName.TooLarge)]
    [InlineData("blank", ArchiveFaultName.NotAnArchive)]
    [InlineData("document", ArchiveFaultName.TooLarge)]
    [InlineData("gzip", ArchiveFaultName.TooLarge)]
    [InlineData("zstd", ArchiveFaultName.TooLarge)]
    [InlineData("avro null", ArchiveFaultName.BadBlock)]
    [InlineData("avro deflate", ArchiveFaultName.BadBlock)]
    [InlineData("avro snappy", ArchiveFaultName.BadBlock)]
    [InlineData("avro zstandard", ArchiveFaultName.BadBlock)]
    public async Task Scan_FileThatNeedsMoreThanItsShare_IsAFaultAndTakesNoMore(string kind, string fault)
    {
        Func<Stream> file = Bomb(kind);
        await ScanAsync(file, fault);
        Assert.InRange(await Allocated.ByAsync(() => ScanAsync(file, fault)), 0, MostAllocated);
    }

    [Fact]
    public async Task Scan_TwoLargeFilesAtOnce_TheSecondWaitsUntilTheFirstIsDone()
    {
        var budget = new ReadingBudget();
        byte[] line = Encoding.UTF8.GetBytes(
            $$"""{"EnqueuedTimeUtc":"t","SystemProperties":{"connectionDeviceId":"dev1"},"Body":"{{new string('x', 3_000_000)}}"}"""
        );
        using var first = new ReadingShare(budget);
        using var second = new ReadingShare(budget);
        await first.EnlargeAsync(CancellationToken.None);

        Task<ArchiveScan> small = ScanAsync("{\"a\":1}"u8.ToArray(), second);
        Task<ArchiveScan> waiting = ScanAsync(line, second);
        Assert.True(small.IsCompleted);
        Assert.False(waiting.IsCompleted);

        first.Dispose();
        Assert.Equal(1, Assert.Single((await waiting).Subjects).Own.Records);
    }

    [Theory]
    [InlineData("deflate")]
    [InlineData("snappy")]
    [InlineData("zstandard")]
    public async Task Scan_BlockLargerThanAReadersOwnBytes_IsDecodedAgainWithinTheShare(string codec)
    {
        IEnumerable<Message> messages = Enumerable.Range(0, 40).Select(_ => Message.From("dev1") with { Body = new byte[100_000] });
        byte[] file = AvroRecoding.Recode(ApacheAvro.Write(messages, syncEvery: 40), codec);
        Assert.Equal(40, Assert.Single((await Archive.ScanAsync(file, Dev1)).Subjects).Own.Records);
        (ArchiveRewrite? rewrite, byte[] _) = await Archive.RewriteAsync(file, new RecordSelection(Dev1));
        Assert.Equal(40, rewrite.RecordsRemoved);
    }

    private static async Task ScanAsync(Func<Stream> open, string fault)
    {
        await using Stream file = open();
        ArchiveFormatException found = await Assert.ThrowsAsync<ArchiveFormatException>(() =>
            ArchiveFormats.ScanAsync(file, new ScanRequest(Dev1), CancellationToken.None)
        );
        Assert.Equal(fault, found.Fault.ToString());
    }

    private static Task<ArchiveScan> ScanAsync(byte[] file, ReadingShare share) =>
        ArchiveFormats.ScanAsync(new MemoryStream(file), new ScanRequest(Dev1), CancellationToken.None, share: share);

    private static Func<Stream> Bomb(string kind)
    {
        switch (kind)
        {
            case "line":
                return () => new FilledStream("{\"Body\":\"", 'x');
            case "blank":
                return () => new FilledStream("", ' ');
            case "document":
                return () => new FilledStream("[{\"Body\":\"", 'x');
            case "gzip":
                return Of(Compressed(stream => new GZipStream(stream, CompressionLevel.Fastest)));
            case "zstd":
                return Of(Compressed(stream => new CompressionStream(stream)));
            case "avro null":
                return Of([
                    .. OddAvroWriter.File(ApacheAvro.RoutedSchema, "null"),
                    .. new OddAvroWriter().Long(1).Long(BombBytes).ToArray(),
                ]);
            case "avro deflate":
                return OfBlock("deflate", Compressed(stream => new DeflateStream(stream, CompressionLevel.Fastest)));
            case "avro snappy":
                return OfBlock("snappy", [.. Snappy.CompressToArray(new byte[BombBytes]), 0, 0, 0, 0]);
            default:
                return OfBlock("zstandard", Compressed(stream => new CompressionStream(stream)));
        }
    }

    private static Func<Stream> Of(byte[] file) => () => new MemoryStream(file);

    private static Func<Stream> OfBlock(string codec, byte[] block) => Of(OddAvroWriter.File(ApacheAvro.RoutedSchema, codec, (1, block)));

    private static byte[] Compressed(Func<Stream, Stream> compress)
    {
        using var compressed = new MemoryStream();
        using (Stream stream = compress(compressed))
        using (var content = new FilledStream("{\"Body\":\"", 'x'))
            content.CopyTo(stream);

        return compressed.ToArray();
    }

    /// <summary>A beginning, and then one character over and over.</summary>
    private sealed class FilledStream(string beginning, char filling) : ReadOnlyStream
    {
        private long _position;

        public override long? KnownLength => BombBytes;

        public override long Position
        {
            get => _position;
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            int count = (int)Math.Min(buffer.Length, BombBytes - _position);
            buffer[..count].Fill((byte)filling);
            if (_position < beginning.Length)
            {
                count = Math.Min(count, beginning.Length - (int)_position);
                Encoding.ASCII.GetBytes(beginning.AsSpan((int)_position, count), buffer);
            }

            _position += count;
            return count;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            new(Read(buffer.Span));
    }

    private static class ArchiveFaultName
    {
        public const string TooLarge = nameof(ArchiveFault.RecordTooLarge);
        public const string BadBlock = nameof(ArchiveFault.BadBlock);
        public const string NotAnArchive = nameof(ArchiveFault.NotAnArchive);
    }
}
