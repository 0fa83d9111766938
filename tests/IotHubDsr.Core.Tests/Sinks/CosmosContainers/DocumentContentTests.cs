using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Tests.Packages;

namespace IotHubDsr.Core.Tests.Sinks.CosmosContainers;

/// <summary>Whose a document is.</summary>
public sealed class DocumentContentTests
{
    private const string Alice = DocumentSandbox.Alice;
    private const string Bob = DocumentSandbox.Bob;

    [Theory]
    [InlineData("it's")]
    [InlineData("100%")]
    [InlineData("a:b?c#d")]
    [InlineData("quote\"and\\slash")]
    [InlineData("007")]
    [InlineData("7")]
    [InlineData("@d1")]
    [InlineData("{deviceid}")]
    [InlineData("' OR true OR '")]
    [InlineData("Dev")]
    public async Task Id_OfAnyForm_FindsExportsAndErasesItsDocumentsAlone(string deviceId)
    {
        await using DocumentSandbox sandbox = await DocumentSandbox.StartAsync();
        string[] others = [deviceId + "0", "0" + deviceId, deviceId.ToUpperInvariant() + "X", "dev", "70"];
        for (int n = 0; n < 3; n++)
            sandbox.Put(DocumentSandbox.Message($"own-{n}", deviceId));
        foreach ((int number, string other) in others.Index())
            sandbox.Put(DocumentSandbox.Message($"other-{number}", other));

        DeviceDataFinding found = await sandbox.FindOneAsync(deviceId);
        (_, MemoryTarget target) = await sandbox.ExportAsync(deviceId);
        ErasureOutcome outcome = await sandbox.EraseOneAsync(deviceId);

        Assert.Equal((Verdict.Present, 3L), (found.Verdict, found.RecordCount));
        Assert.Equal(3, target.Records("documents").Count);
        Assert.Equal((3L, null), (outcome.RecordsErased, outcome.Fault));
        Assert.Equal(["other-0", "other-1", "other-2", "other-3", "other-4"], sandbox.Ids);
    }

    [Theory]
    [InlineData("iothub-connection-device-id")]
    [InlineData("connectionDeviceId")]
    public async Task Sender_InEitherSpelling_IsTheDevice_WhateverAPropertyClaims(string name)
    {
        await using DocumentSandbox sandbox = await DocumentSandbox.StartAsync();
        JsonObject document = DocumentSandbox.Message("one", Alice);
        document["SystemProperties"] = new JsonObject { [name] = Alice };
        document["Properties"] = new JsonObject { ["iothub-connection-device-id"] = Bob, ["connectionDeviceId"] = Bob };
        sandbox.Put(document);

        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(Alice, Bob);

        Assert.Equal([(Verdict.Present, 1L), (Verdict.Absent, 0L)], found.Select(one => (one.Verdict, one.RecordCount)));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"iothub-message-source":"Telemetry"}""")]
    [InlineData("""{"iothub-connection-device-id":""}""")]
    public async Task Sender_ThatOnlyAPropertyOfMqttNames_IsTheDevice(string system)
    {
        await using DocumentSandbox sandbox = await DocumentSandbox.StartAsync();
        JsonObject document = DocumentSandbox.Message("one", Alice);
        document["SystemProperties"] = JsonNode.Parse(system);
        document["Properties"] = new JsonObject { ["$.cdid"] = Alice };
        sandbox.Put(document);

        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(Alice, Bob);
        await sandbox.EraseAsync(found);

        Assert.Equal([(Verdict.Present, 1L), (Verdict.Absent, 0L)], found.Select(one => (one.Verdict, one.RecordCount)));
        Assert.Empty(sandbox.Ids);
    }

    [Theory]
    [InlineData("deviceId")]
    [InlineData("ConnectionDeviceId")]
    public async Task Gateway_RelaysForTheDeviceThatAPropertyNames(string property)
    {
        await using DocumentSandbox sandbox = await DocumentSandbox.StartAsync();
        JsonObject document = DocumentSandbox.Message("one", "gateway");
        document["Properties"] = new JsonObject { [property] = Alice };
        sandbox.Put(document);

        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync("gateway", Alice);
        (IReadOnlyList<ExportCompleteness> accounts, MemoryTarget target) = await sandbox.ExportAsync("gateway");
        ErasureOutcome kept = await sandbox.EraseOneAsync("gateway");

        Assert.Equal([(0L, 1L), (1L, 0L)], found.Select(one => (one.RecordCount, one.RelayedCount)));
        Assert.Equal((0L, 1L, 0), (accounts[0].Included, accounts[0].Withheld, target.Files.Count));
        Assert.Equal((0L, null), (kept.RecordsErased, kept.Fault));
        Assert.Equal(["one"], sandbox.Ids);

        sandbox.Erasure = sandbox.Erasure with { IncludeRelayed = true };
        Assert.Equal(1, (await sandbox.EraseOneAsync("gateway")).RecordsErased);
        Assert.Empty(sandbox.Ids);
    }

    [Fact]
    public async Task Document_OfTwoSubjects_IsDeletedOnce_AndCountsForTheOneWhoseItIs()
    {
        await using DocumentSandbox sandbox = await DocumentSandbox.StartAsync();
        JsonObject document = DocumentSandbox.Message("one", "gateway");
        document["Properties"] = new JsonObject { ["deviceId"] = Alice };
        sandbox.Put(document);

        IReadOnlyList<ErasureOutcome> outcomes = await sandbox.EraseAsync(await sandbox.FindAsync("gateway", Alice));

        Assert.Equal([0L, 1L], outcomes.Select(outcome => outcome.RecordsErased));
        Assert.Single(sandbox.Sent("DELETE"));
    }

    [Fact]
    public async Task Devices_OfManyQueries_AreEachCountedOnce()
    {
        await using DocumentSandbox sandbox = await DocumentSandbox.StartAsync();
        string[] devices = [.. Enumerable.Range(0, 300).Select(n => $"d{n}")];
        foreach (string device in devices)
            sandbox.Put(DocumentSandbox.Message($"m-{device}", device));
        JsonObject relayed = DocumentSandbox.Message("both", devices[0]);
        relayed["Properties"] = new JsonObject { ["deviceId"] = devices[^1] };
        sandbox.Put(relayed);

        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(devices);

        Assert.Equal([.. Enumerable.Repeat(1L, 299), 2L], found.Select(one => one.RecordCount));
        Assert.Equal(1, found.Sum(one => one.RelayedCount));
    }

    [Theory]
    [InlineData("{deviceid}", 200)]
    [InlineData("{deviceid}-{YYYY}", 0)]
    public async Task Template_ThatIsTheIdAlone_AsksThePartitionsOfTheDevices_AndStillFindsWhatLiesElsewhere(string template, int least)
    {
        await using DocumentSandbox sandbox = await DocumentSandbox.StartAsync();
        sandbox.Settings["partitionKeyName"] = "pk";
        sandbox.Settings["partitionKeyTemplate"] = template;
        string[] devices = [Alice, Bob, .. Enumerable.Range(0, 198).Select(n => $"d{n}")];
        sandbox.Put(DocumentSandbox.Message("own", Alice, Alice));
        sandbox.Put(DocumentSandbox.Message("older", Alice, "alice-2024"));
        JsonObject relayed = DocumentSandbox.Message("relayed", Bob, Bob);
        relayed["Properties"] = new JsonObject { ["deviceId"] = Alice };
        sandbox.Put(relayed);
        JsonObject elsewhere = DocumentSandbox.Message("elsewhere", "gateway", "d7");
        elsewhere["Properties"] = new JsonObject { ["deviceId"] = Alice };
        sandbox.Put(elsewhere);
        JsonObject keyless = DocumentSandbox.Message("keyless", Alice);
        keyless.Remove("pk");
        sandbox.Put(keyless);
        int queries = 0;
        sandbox.Wire.Before = request =>
        {
            if (request.Method == HttpMethod.Post && request.Headers.Contains("x-ms-documentdb-partitionkey"))
                Interlocked.Increment(ref queries);
            return Task.CompletedTask;
        };

        DeviceDataFinding found = (await sandbox.FindAsync(devices))[0];

        Assert.Equal(5, found.RecordCount);
        Assert.Equal(
            ["[\"alice\"]/own", "[\"alice-2024\"]/older", "[\"bob\"]/relayed", "[\"d7\"]/elsewhere", "[{}]/keyless"],
            found.Items.Select(item => item.Path)
        );
        Assert.InRange(queries, least, least * 2);
    }

    [Fact]
    public async Task Generation_AndTime_TakeWhatIsAskedForAlone()
    {
        await using DocumentSandbox sandbox = await DocumentSandbox.StartAsync();
        foreach (
            (string id, string generation, string time) in ((string, string, string)[])
                [
                    ("a", "gen-1", "2026-11-01T00:00:00.0000000Z"),
                    ("b", "gen-2", "2026-11-02T00:00:00.0000000Z"),
                    ("c", "gen-2", "2026-11-03T00:00:00.0000000Z"),
                ]
        )
        {
            JsonObject document = DocumentSandbox.Message(id, Alice);
            document["SystemProperties"]!["iothub-connection-auth-generation-id"] = generation;
            document["SystemProperties"]!["iothub-enqueuedtime"] = time;
            sandbox.Put(document);
        }

        DeviceDataFinding all = await sandbox.FindOneAsync();
        sandbox.Erasure = sandbox.Erasure with
        {
            Scope = new RecordScope { GenerationId = "gen-2", EndTime = new DateTimeOffset(2026, 11, 3, 0, 0, 0, TimeSpan.Zero) },
        };
        DeviceDataFinding some = await sandbox.FindOneAsync();
        await sandbox.EraseAsync([all]);

        Assert.Equal((3L, 1L), (all.RecordCount, all.OtherGenerationRecords));
        Assert.Equal(1, some.RecordCount);
        Assert.Equal(some.FirstTime, new DateTimeOffset(2026, 11, 2, 0, 0, 0, TimeSpan.Zero));
        Assert.Equal(["a", "c"], sandbox.Ids);
    }

    [Fact]
    public async Task OpcUa_TheBodyStaysBase64_AndTheExportAddsTheDecodedForm_TheLeafInItByRequestOnly()
    {
        await using DocumentSandbox sandbox = await DocumentSandbox.StartAsync();
        const string Body = """{"Messages":[{"DataSetWriterId":"leaf-7"}]}""";
        JsonObject document = DocumentSandbox.Message("one", "edge");
        document["SystemProperties"]!["iothub-connection-module-id"] = "publisher";
        document["SystemProperties"]!["iothub-content-type"] = "application/opcua+uajson";
        document["SystemProperties"]!["iothub-content-encoding"] = "UTF-8";
        document["Body"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(Body));
        sandbox.Put(document);

        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync("edge", "leaf-7");
        (_, MemoryTarget target) = await sandbox.ExportAsync("edge");
        sandbox.Erasure = sandbox.Erasure with { Scope = new RecordScope { IncludeMentioned = true } };
        DeviceDataFinding mentioned = await sandbox.FindOneAsync("leaf-7");

        Assert.Equal([(1L, Verdict.Present), (0L, Verdict.Absent)], found.Select(one => (one.RecordCount, one.Verdict)));
        JsonElement line = Assert.Single(target.Records("documents"));
        Assert.Equal((string?)document["Body"], line.GetProperty("document").GetProperty("Body").GetString());
        Assert.Equal(
            "publisher",
            line.GetProperty("document").GetProperty("SystemProperties").GetProperty("iothub-connection-module-id").GetString()
        );
        Assert.Equal(Body, line.GetProperty("decodedBody").GetRawText());
        Assert.Equal((1L, Verdict.Present), (mentioned.RecordCount, mentioned.Verdict));

        (IReadOnlyList<ExportCompleteness> accounts, MemoryTarget leaf) = await sandbox.ExportAsync("leaf-7");
        Assert.Equal((1L, 1), (accounts[0].Included, leaf.Records("documents").Count));
        Assert.Equal(1, (await sandbox.EraseOneAsync("leaf-7")).RecordsErased);
        Assert.Empty(sandbox.Ids);
    }

    [Theory]
    [InlineData("aGVsbG8=", "\"hello\"")]
    [InlineData("//79", null)]
    [InlineData("not base64", null)]
    public async Task Body_ThatIsNoJson_IsDecodedIfItIsAText(string body, string? decoded)
    {
        await using DocumentSandbox sandbox = await DocumentSandbox.StartAsync();
        JsonObject document = DocumentSandbox.Message("one", Alice);
        document["SystemProperties"]!.AsObject().Remove("iothub-content-type");
        document["Body"] = body;
        sandbox.Put(document);

        (_, MemoryTarget target) = await sandbox.ExportAsync(Alice);

        JsonElement line = Assert.Single(target.Records("documents"));
        Assert.Equal(decoded, line.TryGetProperty("decodedBody", out JsonElement found) ? found.GetRawText() : null);
    }
}
