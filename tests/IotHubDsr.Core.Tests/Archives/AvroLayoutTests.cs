using System.Text.Json;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Tests.Archives;

/// <summary>Layouts and schemas that the specification allows beyond what IoT Hub writes today.</summary>
public sealed class AvroLayoutTests
{
    private static readonly SubjectIndex Dev1 = new(["dev1"]);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Scan_MapInSeveralBlocks_ReadsAllOfThem(bool sized)
    {
        byte[] file = OddAvroWriter.RoutedFile(
            OddAvroWriter.RoutedRecord(
                p => p.MapBlock(sized, ("a", "dev1"), ("b", "")).MapBlock(!sized, ("c", "")).EndMap(),
                s =>
                    s.MapBlock(sized, ("messageId", "dev1"))
                        .MapBlock(!sized, ("x", "y"))
                        .MapBlock(sized, ("connectionDeviceId", "dev1"))
                        .EndMap()
            ),
            OddAvroWriter.RoutedRecord(p => p.EndMap(), s => s.MapBlock(sized, ("connectionDeviceId", "dev10")).EndMap())
        );

        ArchiveScan scan = await Archive.ScanAsync(file, Dev1);

        Assert.Equal(2, ApacheAvro.Read(file).Count);
        Assert.Equal((2, 1), (scan.RecordsRead, Assert.Single(scan.Subjects).Own.Records));
    }

    [Fact]
    public async Task Scan_MapBlockOfWrongByteSize_IsAFaultAndNoGuess()
    {
        byte[] record = OddAvroWriter.RoutedRecord(
            p => p.EndMap(),
            s => s.Long(-1).Long(5).Text("connectionDeviceId").Text("dev1").EndMap()
        );
        Assert.Equal(ArchiveFault.BadRecord, (await Archive.FaultAsync(OddAvroWriter.RoutedFile(record))).Fault);
    }

    [Fact]
    public async Task Scan_RepeatedKeyWithTheSameSender_MatchesIt()
    {
        byte[] file = OddAvroWriter.RoutedFile(
            OddAvroWriter.RoutedRecord(
                p => p.EndMap(),
                s => s.MapBlock(false, ("connectionDeviceId", "dev1"), ("connectionDeviceId", "dev1")).EndMap()
            )
        );
        Assert.Equal(1, Assert.Single((await Archive.ScanAsync(file, Dev1)).Subjects).Own.Records);
    }

    [Theory]
    [InlineData("other", "dev1")]
    [InlineData("dev1", "other")]
    public async Task Scan_SubjectAndAnotherAsSenders_IsUnreadAndNobodys(string first, string second)
    {
        byte[] file = OddAvroWriter.RoutedFile(
            OddAvroWriter.RoutedRecord(
                p => p.EndMap(),
                s => s.MapBlock(false, ("connectionDeviceId", first), ("connectionDeviceId", second)).EndMap()
            )
        );
        ArchiveScan scan = await Archive.ScanAsync(file, Dev1);
        Assert.Equal((0, 1), (scan.Subjects.Count, scan.Unread.Count));
    }

    [Fact]
    public async Task Scan_PaddedNumbers_ReadsThem()
    {
        byte[] record = new OddAvroWriter()
            .Long(1, padding: 3)
            .Raw("t"u8)
            .Long(0, padding: 8)
            .Long(1, padding: 1)
            .Text("connectionDeviceId")
            .Long(4, padding: 9 - 1)
            .Raw("dev1"u8)
            .Long(0)
            .Long(0, padding: 2)
            .ToArray();
        Assert.Equal(1, Assert.Single((await Archive.ScanAsync(OddAvroWriter.RoutedFile(record), Dev1)).Subjects).Own.Records);
    }

    [Fact]
    public async Task Scan_OtherFieldOrderExtraFieldsAndUnions_ReadsAndRewrites()
    {
        const string Schema = """
            {"type":"record","name":"M","namespace":"n","fields":[
              {"name":"Body","type":["bytes","null"]},
              {"name":"Tree","type":{"type":"record","name":"Node","fields":[
                {"name":"v","type":"double"},{"name":"next","type":["null","Node"]}]}},
              {"name":"SystemProperties","type":["null",{"type":"map","values":["long","null","double","string","bytes"]}]},
              {"name":"Numbers","type":{"type":"array","items":{"type":"fixed","name":"F","size":3}}},
              {"name":"Level","type":{"type":"enum","name":"E","symbols":["low","high"]}},
              {"name":"Nothing","type":{"type":"array","items":"null"}},
              {"name":"Again","type":["n.F","boolean"]},
              {"name":"At","type":{"type":"long","logicalType":"timestamp-millis"}},
              {"name":"Properties","type":{"type":"map","values":["string","int"]}},
              {"name":"EnqueuedTimeUtc","type":{"type":"string","avro.java.string":"String"}}]}
            """;
        byte[] Record(string device) =>
            new OddAvroWriter()
                .Long(0)
                .Bytes("{\"a\":\n1}"u8.ToArray())
                .Raw(BitConverter.GetBytes(1.5))
                .Long(1)
                .Raw(BitConverter.GetBytes(double.NaN))
                .Long(0)
                .Long(1)
                .Long(3)
                .Text("connectionDeviceId")
                .Long(3)
                .Text(device)
                .Text("contentType")
                .Long(3)
                .Text("Application/json")
                .Text("n")
                .Long(0)
                .Long(7)
                .Long(1)
                .Text("contentEncoding")
                .Long(3)
                .Text("UTF-8")
                .Long(0)
                .Long(-1)
                .Long(3)
                .Raw("abc"u8)
                .Long(0)
                .Long(1)
                .Long(1L << 60)
                .Long(0)
                .Long(0)
                .Raw("xyz"u8)
                .Long(123456)
                .Long(2)
                .Text("deviceId")
                .Long(0)
                .Text("dev1")
                .Text("count")
                .Long(1)
                .Long(-3)
                .Long(0)
                .Text("2026-03-01T10:00:00Z")
                .ToArray();

        byte[] file = OddAvroWriter.File(Schema, "null", (3, [.. Record("gw-1"), .. Record("dev1"), .. Record("gw-1")]));
        var sink = new CollectingSink();
        ArchiveScan scan = await Archive.ScanAsync(file, new SubjectIndex(["dev1", "gw-1"]), sink);
        Assert.Equal([("dev1", 1, 2, 0), ("gw-1", 0, 0, 2)], NaiveMatching.Count(scan.Subjects));

        using var json = JsonDocument.Parse(sink.Records[0].Json);
        Assert.Equal(1, json.RootElement.GetProperty("Body").GetProperty("a").GetInt32());
        Assert.Equal("NaN", json.RootElement.GetProperty("Tree").GetProperty("next").GetProperty("v").GetString());
        Assert.Equal(-3, json.RootElement.GetProperty("Properties").GetProperty("count").GetInt32());
        Assert.Equal("high", json.RootElement.GetProperty("Level").GetString());
        Assert.DoesNotContain('\n', sink.Records[0].Json);

        (ArchiveRewrite? rewrite, byte[]? result) = await Archive.RewriteAsync(file, new RecordSelection(new SubjectIndex(["dev1"])));
        Assert.Equal((3, 0), (rewrite.RecordsRemoved, rewrite.RecordsKept));
        Assert.Equal(file[..result.Length], result);
    }

    [Theory]
    [InlineData("""["string","null"]""")]
    [InlineData(""""string"""")]
    [InlineData("""{"type":"record","name":"M","fields":[{"name":"EnqueuedTimeUtc","type":"string"}]}""")]
    [InlineData("""{"type":"record","name":"M","fields":[{"name":"a","type":"Missing"}]}""")]
    [InlineData("""{"type":"record","name":"M","fields":[{"name":"a","type":"int"},{"name":"a","type":"int"}]}""")]
    [InlineData("""{"type":"record","fields":[]}""")]
    [InlineData("""{"type":"fixed","name":"\ud800","size":-1}""")]
    [InlineData("""{"type":12}""")]
    [InlineData("""{"type":"record","name":"M","fields":{}}""")]
    [InlineData("nonsense")]
    [InlineData("")]
    public async Task Scan_SchemaOfSomethingElse_IsAnUnknownSchema(string schema) =>
        Assert.Equal(ArchiveFault.UnknownSchema, (await Archive.FaultAsync(OddAvroWriter.File(schema, "null"))).Fault);

    [Fact]
    public async Task Scan_FieldNamesInAnotherCase_IsAnUnknownSchema()
    {
        string schema = ApacheAvro.RoutedSchema.Replace("SystemProperties", "systemProperties", StringComparison.Ordinal);
        Assert.Equal(ArchiveFault.UnknownSchema, (await Archive.FaultAsync(OddAvroWriter.File(schema, "null"))).Fault);
    }

    [Fact]
    public async Task Scan_DeeplyNestedRecursion_IsAFaultAndNoStackOverflow()
    {
        string schema = ApacheAvro.RoutedSchema.Replace(
            """{"name":"EnqueuedTimeUtc","type":"string"}""",
            """
            {"name":"EnqueuedTimeUtc","type":"string"},
            {"name":"L","type":{"type":"record","name":"L","fields":[{"name":"n","type":["null","L"]}]}}
            """,
            StringComparison.Ordinal
        );
        OddAvroWriter record = new OddAvroWriter().Text("t");
        for (int i = 0; i < 1_000_000; i++)
            record.Long(1);

        Assert.Equal(ArchiveFault.BadRecord, (await Archive.FaultAsync(OddAvroWriter.File(schema, "null", (1, record.ToArray())))).Fault);
    }
}
