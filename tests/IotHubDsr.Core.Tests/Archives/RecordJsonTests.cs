using System.Text;
using System.Text.Json;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Tests.Archives;

/// <summary>Matched records leave as the JSON that IoT Hub itself would have written.</summary>
public sealed class RecordJsonTests
{
    [Theory]
    [InlineData("application/json", "utf-8", "{\"t\":1}", "{\"t\":1}")]
    [InlineData("Application/JSON", "UTF-8", "[1, \"a\\n\"]", "[1, \"a\\n\"]")]
    [InlineData("application/json", "utf-8", " {\"t\":\r\n1}\n", "{\"t\":  1}")]
    [InlineData("application/json", "utf-8", "{\"t\":1", "base64")]
    [InlineData("application/json", "utf-8", "{\"t\":1}}", "base64")]
    [InlineData("application/json", "utf-8", "", "base64")]
    [InlineData("application/json", "utf-16", "{\"t\":1}", "base64")]
    [InlineData("application/json", "", "{\"t\":1}", "base64")]
    [InlineData("text/plain", "utf-8", "{\"t\":1}", "base64")]
    public async Task WriteJson_AvroBody_IsEmbeddedOnlyIfTheMessageSaysItIsJson(string type, string encoding, string body, string expected)
    {
        Message message = Message.From("dev1", ("a", "b\"\n")) with
        {
            System = [("connectionDeviceId", "dev1"), ("contentType", type), ("contentEncoding", encoding)],
            Body = Encoding.UTF8.GetBytes(body),
        };

        CollectedRecord record = Assert.Single(await MatchesAsync(ApacheAvro.Write([message])));

        using var json = JsonDocument.Parse(record.Json);
        Assert.Equal(
            ["EnqueuedTimeUtc", "Properties", "SystemProperties", "Body"],
            json.RootElement.EnumerateObject().Select(member => member.Name)
        );
        Assert.Equal("b\"\n", json.RootElement.GetProperty("Properties").GetProperty("a").GetString());
        Assert.Equal("dev1", json.RootElement.GetProperty("SystemProperties").GetProperty("connectionDeviceId").GetString());
        expected = expected is "base64" ? JsonSerializer.Serialize(Convert.ToBase64String(message.Body)) : expected;
        Assert.Equal(expected, json.RootElement.GetProperty("Body").GetRawText());
    }

    [Theory]
    [InlineData(63, false)]
    [InlineData(64, true)]
    [InlineData(100_000, true)]
    public async Task WriteJson_BodyNestedDeeply_StaysBase64(int depth, bool base64)
    {
        Message message = Message.From("dev1") with
        {
            System = [("connectionDeviceId", "dev1"), ("contentType", "application/json"), ("contentEncoding", "utf-8")],
            Body = Encoding.UTF8.GetBytes(new string('[', depth) + new string(']', depth)),
        };

        CollectedRecord record = Assert.Single(await MatchesAsync(ApacheAvro.Write([message])));
        using var json = JsonDocument.Parse(record.Json);
        Assert.Equal(base64 ? JsonValueKind.String : JsonValueKind.Array, json.RootElement.GetProperty("Body").ValueKind);
    }

    [Fact]
    public async Task WriteJson_TextThatIsNotUtf8_IsRepaired()
    {
        byte[] record = OddAvroWriter.RoutedRecord(
            p => p.Long(1).Bytes([0xFF]).Bytes([0xC3, 0x28]).EndMap(),
            s => s.MapBlock(false, ("connectionDeviceId", "dev1")).EndMap()
        );
        using var json = JsonDocument.Parse(Assert.Single(await MatchesAsync(OddAvroWriter.RoutedFile(record))).Json);
        Assert.Equal("\uFFFD(", json.RootElement.GetProperty("Properties").GetProperty("\uFFFD").GetString());
    }

    [Fact]
    public async Task WriteJson_Line_IsTheLineItself()
    {
        const string Line =
            """{"Body":"x", "SystemProperties":{"connectionDevice\u0049d":"\u0064ev1"},"EnqueuedTimeUtc":"2026-03-01T10:00:00Z"}""";
        CollectedRecord record = Assert.Single(await MatchesAsync(Encoding.UTF8.GetBytes($"{{}}\r\n{Line} \r\n")));
        Assert.Equal(Line, record.Json);
        Assert.Equal(new RecordPlace(4, 0), record.Place);
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 10, 0, 0, TimeSpan.Zero), record.Enqueued);
    }

    [Fact]
    public async Task WriteJson_LineNestedBeyondReaders_IsExportedAsText()
    {
        string line =
            $$"""{"SystemProperties":{"connectionDeviceId":"dev1"},"Body":{{new string('[', 5_000)}}{{new string(']', 5_000)}}}""";
        CollectedRecord record = Assert.Single(await MatchesAsync(Encoding.UTF8.GetBytes(line)));
        using var json = JsonDocument.Parse(record.Json);
        Assert.Equal(line, json.RootElement.GetProperty("UnreadableRecord").GetString());
    }

    [Theory]
    [InlineData("2018-07-05T15:11:42.6850000Z", "2019-01-01T00:00:00Z", "2018-07-05T15:11:42.6850000+00:00")]
    [InlineData("", "2019-01-01T00:00:00Z", "2019-01-01T00:00:00.0000000+00:00")]
    [InlineData("8/30/2017 8:36:10 PM", "", "2017-08-30T20:36:10.0000000+00:00")]
    [InlineData("never", "soon", null)]
    public async Task Scan_EnqueuedTime_IsTheFieldElseTheSystemProperty(string field, string system, string? expected)
    {
        Message message = Message.From("dev1") with
        {
            Enqueued = field,
            System = [("connectionDeviceId", "dev1"), ("enqueuedTime", system)],
        };
        foreach (byte[]? file in new[] { ApacheAvro.Write([message]), JsonLine.Write([message], seed: 7) })
            Assert.Equal(expected, Assert.Single(await MatchesAsync(file)).Enqueued?.ToString("O"));
    }

    private static async Task<List<CollectedRecord>> MatchesAsync(byte[] file)
    {
        var sink = new CollectingSink();
        await Archive.ScanAsync(file, new SubjectIndex(["dev1"]), sink);
        return sink.Records;
    }
}
