using System.IO.Compression;
using System.Text;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Tests.Archives;

public sealed class ArchiveFaultTests
{
    private static readonly byte[] Record = OddAvroWriter.RoutedRecord(
        p => p.EndMap(),
        s => s.MapBlock(false, ("connectionDeviceId", "dev1")).EndMap()
    );

    private static readonly int HeaderLength = OddAvroWriter.File(ApacheAvro.RoutedSchema, "null").Length;

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("\uFEFF")]
    [InlineData(" \r\n\r\n")]
    public async Task Scan_FileOfNothing_HasNoRecords(string text)
    {
        byte[] file = Encoding.UTF8.GetBytes(text);
        ArchiveScan scan = await Archive.ScanAsync(file, new SubjectIndex(["dev1"]), chunks: 1);
        (ArchiveRewrite? rewrite, byte[]? result) = await Archive.RewriteAsync(file, new RecordSelection(new SubjectIndex(["dev1"])));

        Assert.Equal((0, file.Length), (scan.RecordsRead, scan.BytesRead));
        Assert.Equal(scan.Digest, rewrite.KeptDigest);
        Assert.Equal(file, result);
    }

    [Theory]
    [InlineData("<xml/>")]
    [InlineData("Obj")]
    [InlineData("Obj\u0002")]
    [InlineData("\n\n\"text\"")]
    public async Task Scan_SomethingElse_IsNotAnArchive(string text)
    {
        ArchiveFormatException fault = await Archive.FaultAsync(Encoding.UTF8.GetBytes(text));
        Assert.Equal((ArchiveFault.NotAnArchive, 0), (fault.Fault, fault.Offset));
    }

    [Fact]
    public async Task Scan_SecondAvroFileAppended_IsReportedWhereItBegins()
    {
        byte[] file = OddAvroWriter.RoutedFile(Record);
        ArchiveFormatException fault = await Archive.FaultAsync([.. file, .. file]);
        Assert.Equal((ArchiveFault.ConcatenatedFile, file.Length), (fault.Fault, fault.Offset));
    }

    [Fact]
    public async Task Scan_WrongSyncMarker_IsReportedWhereItStands()
    {
        byte[] file = OddAvroWriter.RoutedFile(Record);
        file[^16] ^= 1;
        ArchiveFormatException fault = await Archive.FaultAsync(file);
        Assert.Equal((ArchiveFault.BadSyncMarker, file.Length - 16), (fault.Fault, fault.Offset));
    }

    [Fact]
    public async Task Scan_AvroCutAnywhere_IsTruncatedUnlessBetweenBlocks()
    {
        byte[] file = OddAvroWriter.File(ApacheAvro.RoutedSchema, "null", (1, Record), (1, Record));
        int firstBlockEnd = HeaderLength + ((file.Length - HeaderLength) / 2);
        for (int length = 4; length < file.Length; length++)
        {
            if (length == HeaderLength || length == firstBlockEnd)
            {
                ArchiveScan scan = await Archive.ScanAsync(file[..length], new SubjectIndex(["dev1"]));
                Assert.Equal(length == HeaderLength ? 0 : 1, scan.RecordsRead);
            }
            else
            {
                ArchiveFormatException fault = await Archive.FaultAsync(file[..length]);
                int expected =
                    length < HeaderLength ? length
                    : length < firstBlockEnd ? HeaderLength
                    : firstBlockEnd;
                Assert.Equal((ArchiveFault.Truncated, expected), (fault.Fault, fault.Offset));
            }
        }
    }

    [Fact]
    public async Task Scan_UnknownCodec_SaysSo() =>
        Assert.Equal(
            ArchiveFault.UnknownCodec,
            (await Archive.FaultAsync(OddAvroWriter.File(ApacheAvro.RoutedSchema, "lzma-of-tomorrow"))).Fault
        );

    [Theory]
    [InlineData(-1, 10, nameof(ArchiveFault.BadBlock))]
    [InlineData(1, -10, nameof(ArchiveFault.BadBlock))]
    [InlineData(1, long.MaxValue, nameof(ArchiveFault.BadBlock))]
    [InlineData(1, 2_000_000_000, nameof(ArchiveFault.BadBlock))]
    [InlineData(1, 200_000_000, nameof(ArchiveFault.BadBlock))]
    [InlineData(1, 10_000_000, nameof(ArchiveFault.Truncated))]
    public async Task Scan_ImpossibleBlockFrame_IsAFaultWithoutTheMemoryForIt(long count, long size, string expected)
    {
        byte[] block = new OddAvroWriter().Long(count).Long(size).Raw(Record).ToArray();
        byte[] file = [.. OddAvroWriter.File(ApacheAvro.RoutedSchema, "null"), .. block];
        ArchiveFormatException? fault = null;
        long allocated = await Allocated.ByAsync(async () => fault = await Archive.FaultAsync(file));

        Assert.Equal((expected, HeaderLength), (fault!.Fault.ToString(), fault.Offset));
        Assert.InRange(allocated, 0, 4_000_000);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(0)]
    [InlineData(1_000_000_000_000)]
    public async Task Scan_BlockOfAnotherCount_IsAFault(long count)
    {
        ArchiveFormatException fault = await Archive.FaultAsync(OddAvroWriter.File(ApacheAvro.RoutedSchema, "null", (count, Record)));
        Assert.True(fault.Fault is ArchiveFault.BadBlock or ArchiveFault.BadRecord);
    }

    [Fact]
    public async Task Scan_RecordPointingPastItsBlock_IsLocated()
    {
        byte[] record = new OddAvroWriter().Text("t").Long(1).Text("k").Long(50).Raw("x"u8).ToArray();
        byte[] file = OddAvroWriter.RoutedFile(record);
        ArchiveFormatException fault = await Archive.FaultAsync(file);
        Assert.Equal((ArchiveFault.BadRecord, file.Length - 16 - 1), (fault.Fault, fault.Offset));
    }

    [Fact]
    public async Task Scan_DeflateBomb_StopsAtTheLimit()
    {
        using var bomb = new MemoryStream();
        using (var deflate = new DeflateStream(bomb, CompressionLevel.Fastest, leaveOpen: true))
            deflate.Write(new byte[20_000_000]);

        ArchiveFormatException fault = await Archive.FaultAsync(
            OddAvroWriter.File(ApacheAvro.RoutedSchema, "deflate", (1, bomb.ToArray())),
            new ArchiveLimits { MaxBlockBytes = 1_000_000 }
        );
        Assert.Equal(ArchiveFault.BadBlock, fault.Fault);
    }

    [Fact]
    public async Task Scan_DeflateOfNonsense_IsABadBlock() =>
        Assert.Equal(
            ArchiveFault.BadBlock,
            (await Archive.FaultAsync(OddAvroWriter.File(ApacheAvro.RoutedSchema, "deflate", (1, [0xFF, 0xFF, 0xFF, 0xFF])))).Fault
        );

    [Theory]
    [InlineData("{}\n[]\n", 3)]
    [InlineData("{}\n{}{}\n", 5)]
    [InlineData("{}\n{\"a\":1\n{}\n", 9)]
    [InlineData("{}\n{\"a\" 1}\n", 8)]
    [InlineData("{}\n{\"a\":}\n", 8)]
    [InlineData("{}\n{\"a\":tru}\n", 8)]
    [InlineData("{}\n{\"a\":1,}\n", 10)]
    [InlineData("{}\n{\"Properties\":{\"x\\q\":1}}\n", 24)]
    [InlineData("{}\n{\"SystemProperties\":{\"connectionDeviceId\":\"dev1\"},\"Body\":{1}}\n", 0)]
    public async Task Scan_LineThatIsNoJsonObject_IsLocated(string text, int offset)
    {
        ArchiveFormatException fault = await Archive.FaultAsync(Encoding.UTF8.GetBytes(text));
        Assert.Equal(ArchiveFault.BadRecord, fault.Fault);
        Assert.Contains("line 2", fault.Message, StringComparison.Ordinal);
        if (offset > 0)
            Assert.Equal(offset, fault.Offset);
    }

    [Theory]
    [InlineData("{}\n{\"a\":\"")]
    [InlineData("{}\n{\"a\":1")]
    [InlineData("{}\n{")]
    [InlineData("{}\n{\"Body\":{\"x\":[1,2")]
    public async Task Scan_LastLineBrokenOff_IsTruncatedWhereTheLineBegins(string text)
    {
        ArchiveFormatException fault = await Archive.FaultAsync(Encoding.UTF8.GetBytes(text));
        Assert.Equal((ArchiveFault.Truncated, 3), (fault.Fault, fault.Offset));
    }

    [Fact]
    public async Task Scan_EndlessLine_StopsAtTheLimit()
    {
        byte[] file = Encoding.UTF8.GetBytes("{\"Body\":\"" + new string('x', 3_000_000));
        ArchiveFormatException fault = await Archive.FaultAsync(file, new ArchiveLimits { MaxBlockBytes = 1_000_000 });
        Assert.Equal((ArchiveFault.RecordTooLarge, 0), (fault.Fault, fault.Offset));
    }
}
