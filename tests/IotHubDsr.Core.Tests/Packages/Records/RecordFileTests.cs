using System.Reflection;
using System.Text;
using System.Text.Json;
using CsCheck;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Packages.Records;
using IotHubDsr.Core.Records;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Sinks.RoutedBlobs;
using Json.Schema;

namespace IotHubDsr.Core.Tests.Packages.Records;

public sealed class RecordFileTests
{
    private static readonly string[] Values =
    [
        "null",
        "true",
        "1",
        "-1.5",
        "1e400",
        "123456789012345678901234567890",
        "\"\"",
        "\"=1+1\"",
        "[]",
        "[1,\";=x\"]",
        "{}",
        "{\"Body\":1}",
        "{\"a\":1,\"a\":2}",
    ];

    private static readonly string[] Names =
    [
        "EnqueuedTimeUtc",
        "Properties",
        "SystemProperties",
        "Body",
        "messageId",
        "enqueuedTime",
        "=cmd",
        "extra",
        "*",
    ];

    /// <summary>Every kind that a store declares.</summary>
    public static TheoryData<string> Kinds => [.. All.Keys];

    private static Dictionary<string, RecordKind> All { get; } =
        typeof(RecordKind)
            .Assembly.GetTypes()
            .SelectMany(type => type.GetProperties(BindingFlags.Static | BindingFlags.Public))
            .Where(property => property.PropertyType == typeof(RecordKind))
            .Select(property => (RecordKind)property.GetValue(null)!)
            .ToDictionary(kind => kind.Name, StringComparer.Ordinal);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Kind_Declared_HasOneDefinitionOfColumnsSchemaAndDictionary(string name)
    {
        var schema = new RecordSchema(All[name]);

        IReadOnlyList<string?[]> dictionary = CsvTable.Read(schema.ToDictionary());

        Assert.Equal(schema.Columns.All.Select(column => column.Name), dictionary.Skip(1).Select(row => row[0]));
        Assert.Equal(dictionary.Count, dictionary.Select(row => row[0]).Distinct().Count());
        Assert.All(dictionary, row => Assert.All([row[0], row[1], row[4], row[5]], cell => Assert.False(string.IsNullOrWhiteSpace(cell))));
        Assert.Equal("deviceId", dictionary[1][0]);
        Assert.Matches("^[a-z]+(-[a-z]+)*$", name);
        JsonElement root = JsonDocument.Parse(schema.ToJson()).RootElement;
        Assert.Equal("https://json-schema.org/draft/2020-12/schema", root.GetProperty("$schema").GetString());
        Assert.True(MetaSchemas.Draft202012.Evaluate(root).IsValid);
    }

    [Fact]
    public void Write_WhateverOthersWrote_IsInTheTableOnceAndFitsTheSchema()
    {
        Gen<string> value = Gen.Int[0, Values.Length - 1].Select(index => Values[index]);
        Gen<string> member = Gen.Select(Gen.Int[0, Names.Length - 1], value).Select((name, json) => $"\"{Names[name]}\":{json}");
        Gen<string> inner = member.Array[0, 4].Select(members => $"{{{string.Join(',', members)}}}");
        Gen<string> message = Gen.Select(member.Array[0, 4], inner)
            .Select((members, system) => $"{{{string.Join(',', members.Append($"\"SystemProperties\":{system}"))}}}");

        message
            .Array[1, 4]
            .Sample(messages =>
            {
                var target = new MemoryTarget();
                var schema = new RecordSchema(MessageRecords.Messages.Kind);
                string[] lines =
                [
                    .. messages.Select(text =>
                        $$"""{"deviceId":"d","attribution":"Own","blob":"=b","offset":5,"index":0,"message":{{text}}}"""
                    ),
                ];
                WriteAll(target, schema, lines).GetAwaiter().GetResult();
                return target.Text("records.ndjson") == string.Concat(lines.Select(line => $"{line}\n"))
                    && lines.All(line => Fits(schema, line))
                    && CsvTable.Read(target.Files["records.csv"]).Count == lines.Length + 1;
            });
    }

    [Fact]
    public async Task Write_Message_HasItsPartsInColumns()
    {
        var target = new MemoryTarget();
        const string line = """
            {"deviceId":"-1","attribution":"Own","blob":"b","offset":7,"index":0,"message":{"EnqueuedTimeUtc":"2026-01-01T00:00:00Z","Properties":{"a":"=1"},"SystemProperties":{"messageId":"=m","iothub-x":"1"},"Body":-5,"more":null}}
            """;

        await WriteAll(target, new RecordSchema(MessageRecords.Messages.Kind), line.Trim());

        IReadOnlyList<string?[]> table = CsvTable.Read(target.Files["records.csv"]);
        var row = table[0].Zip(table[1]).ToDictionary(cell => cell.First!, cell => cell.Second);
        Assert.Equal("'-1", row["deviceId"]);
        Assert.Equal("7", row["offset"]);
        Assert.Equal("""{"a":"=1"}""", row["message.Properties"]);
        Assert.Equal("'=m", row["message.SystemProperties.messageId"]);
        Assert.Equal("""{"iothub-x":"1"}""", row["message.SystemProperties.*"]);
        Assert.Equal("-5", row["message.Body"]);
        Assert.Equal("""{"more":null}""", row["message.*"]);
        Assert.Null(row["message.SystemProperties.userId"]);
    }

    [Fact]
    public async Task Write_MemberThatTheKindDoesNotDeclare_IsADefectThatShows() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            WriteAll(new MemoryTarget(), new RecordSchema(MessageRecords.Messages.Kind), """{"deviceId":"d","undeclared":1}""")
        );

    [Fact]
    public async Task Write_HalfSurrogates_StandAsTheirEscapes()
    {
        var target = new MemoryTarget();

        await WriteAll(
            target,
            new RecordSchema(MessageRecords.Messages.Kind),
            """{"deviceId":"\ud800","attribution":"Own","blob":"b","offset":7,"index":0,"message":{"\udc00":"\ud83d"}}"""
        );

        string?[] row = CsvTable.Read(target.Files["records.csv"])[1];
        Assert.Equal(
            """
            "\ud800"
            """,
            row[0]
        );
        Assert.Equal("""{"\udc00":"\ud83d"}""", row[^1]);
    }

    [Fact]
    public async Task Write_NoRecord_LeavesATableOfColumns()
    {
        var target = new MemoryTarget();

        await WriteAll(target, new RecordSchema(MessageRecords.Messages.Kind));

        Assert.Equal(string.Empty, target.Text("records.ndjson"));
        Assert.Single(CsvTable.Read(target.Files["records.csv"]));
    }

    private static bool Fits(RecordSchema schema, string line) => SchemaCheck.Of(schema.ToJson()).Failures(line).Count == 0;

    private static async Task WriteAll(MemoryTarget target, RecordSchema schema, params string[] lines)
    {
        await using IRecordFile file = await RecordFile.OpenAsync(target, "records", schema, CancellationToken.None);
        foreach (string line in lines)
            file.Write(Encoding.UTF8.GetBytes(line));
    }
}
