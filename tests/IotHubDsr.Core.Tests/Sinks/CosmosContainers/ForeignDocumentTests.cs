using System.Text.Json.Nodes;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Tests.Packages;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sinks.CosmosContainers;

/// <summary>Documents that are another hub's, or nobody knows whose.</summary>
public sealed class ForeignDocumentTests
{
    private const string Alice = DocumentSandbox.Alice;
    private const string Bob = DocumentSandbox.Bob;

    [Fact]
    public async Task OtherHub_ItsDocumentsAreNotTheSubjects_WhateverTheCase()
    {
        await using DocumentSandbox sandbox = await DocumentSandbox.StartAsync();
        JsonObject own = DocumentSandbox.Message("own", Alice);
        own["iothub-name"] = WorldNames.HubName.ToUpperInvariant();
        JsonObject other = DocumentSandbox.Message("other", Alice);
        other["iothub-name"] = "fabrikam-hub";
        sandbox.Put(own);
        sandbox.Put(other);

        DeviceDataFinding found = await sandbox.FindOneAsync();
        await sandbox.EraseOneAsync();

        Assert.Equal(1, found.RecordCount);
        Assert.Equal(["other"], sandbox.Ids);
        Assert.Equal(Verdict.Absent, (await sandbox.FindOneAsync()).Verdict);
    }

    [Theory]
    [InlineData(LocationSettings.OtherHubs, "fabrikam-hub", "Hub 'fabrikam-hub' also writes")]
    [InlineData(LocationSettings.SharingUnknown, "hubs cannot be listed.", "hubs cannot be listed")]
    public async Task DocumentWithoutAHubsName_WhereOthersMayWrite_IsLeft_AndNotCalledAbsent(string setting, string value, string ground)
    {
        await using DocumentSandbox sandbox = await DocumentSandbox.StartAsync();
        sandbox.Settings[setting] = value;
        JsonObject unnamed = DocumentSandbox.Message("unnamed", Alice);
        unnamed.Remove("iothub-name");
        sandbox.Put(unnamed);
        sandbox.Put(DocumentSandbox.Message("named", Alice));

        DeviceDataFinding before = await sandbox.FindOneAsync();
        (_, MemoryTarget target) = await sandbox.ExportAsync(Alice);
        await sandbox.EraseOneAsync();
        DeviceDataFinding after = await sandbox.FindOneAsync();

        Assert.Equal((Verdict.Present, 1L), (before.Verdict, before.RecordCount));
        Assert.Equal("named", Assert.Single(target.Records("documents")).GetProperty("id").GetString());
        Assert.Equal(["unnamed"], sandbox.Ids);
        Assert.Equal((Verdict.OwnerAction, 0L), (after.Verdict, after.RecordCount));
        Assert.Contains(ground, after.Detail, StringComparison.OrdinalIgnoreCase);

        sandbox.Statements = [new OperatorStatement(OperatorStatementKind.DedicatedContainer, "a test")];
        Assert.Equal((Verdict.Present, 1L), (await sandbox.FindOneAsync() is var own ? (own.Verdict, own.RecordCount) : default));
    }

    [Theory]
    [InlineData("""{"id":"x","pk":"k","SystemProperties":{"iothub-connection-device-id":7},"iothub-name":"contoso-hub"}""")]
    [InlineData("""{"id":"x","pk":"k","SystemProperties":{}}""")]
    [InlineData("""{"id":"x","pk":"k","SystemProperties":{"iothub-connection-device-id":""},"iothub-name":"contoso-hub"}""")]
    [InlineData("""{"id":"x","pk":"k","SystemProperties":{},"Properties":{"$.cdid":""},"iothub-name":"contoso-hub"}""")]
    [InlineData("""{"id":"x","pk":"k","SystemProperties":"{\"iothub-connection-device-id\":\"alice\"}"}""")]
    [InlineData("""{"id":"x","pk":"k","iothub-name":"contoso-hub"}""")]
    [InlineData("""{"id":"x","pk":"k","Properties":{"deviceId":"alice"},"iothub-name":"contoso-hub"}""")]
    [InlineData("""{"id":"x","pk":"k","SystemProperties":{"iothub-connection-device-id":"alice","connectionDeviceId":"bob"}}""")]
    public async Task Document_WhoseSenderNobodyCanTell_MakesNoDeviceAbsent_AndIsKept(string json)
    {
        await using DocumentSandbox sandbox = await DocumentSandbox.StartAsync();
        sandbox.Put(JsonNode.Parse(json)!.AsObject());
        sandbox.Put(DocumentSandbox.Message("own", Alice));

        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(Alice, "carol");
        await sandbox.EraseAsync(found);

        Assert.All(found, one => Assert.Equal(Verdict.Unreachable, one.Verdict));
        Fault fault = Assert.Single(sandbox.Reported);
        Assert.Equal("DocumentsUnreadable", fault.Id);
        Assert.Contains("1 document ", fault.Message, StringComparison.Ordinal);
        Assert.Equal(["x"], sandbox.Ids);
    }

    [Theory]
    [InlineData("""{"id":"x","pk":"k","deviceId":"alice"}""")]
    [InlineData("""{"id":"x","pk":"k","Properties":{"deviceId":"alice"}}""")]
    public async Task Document_ThatNoHubWrote_IsForItsOwner(string json)
    {
        await using DocumentSandbox sandbox = await DocumentSandbox.StartAsync();
        sandbox.Put(JsonNode.Parse(json)!.AsObject());

        DeviceDataFinding found = await sandbox.FindOneAsync();

        Assert.Equal(Verdict.OwnerAction, found.Verdict);
        Assert.Contains("1 document of the container was written by no IoT hub", found.Detail, StringComparison.Ordinal);
        Assert.Empty(sandbox.Reported);
        sandbox.Erasure = sandbox.Erasure with { Scope = new RecordScope { IncludeMentioned = true } };
        Assert.Equal(Verdict.OwnerAction, (await sandbox.FindOneAsync()).Verdict);
    }

    [Theory]
    [InlineData("gen-1", true)]
    [InlineData("gen-of-another-hub", false)]
    [InlineData(null, false)]
    public async Task PassedOnByStreamAnalytics_WithoutAHubsName_IsTheSubjects_OnlyIfTheGenerationIs(string? generation, bool isOurs)
    {
        await using DocumentSandbox sandbox = await DocumentSandbox.StartAsync();
        sandbox.Registered[Alice] = "gen-1";
        sandbox.Put(
            new JsonObject
            {
                ["id"] = "x",
                ["pk"] = "k",
                ["temperature"] = 21,
                ["IoTHub"] = new JsonObject { ["ConnectionDeviceId"] = Alice, ["ConnectionDeviceGenerationId"] = generation },
            }
        );

        DeviceDataFinding found = await sandbox.FindOneAsync();
        (_, MemoryTarget target) = await sandbox.ExportAsync(Alice);
        sandbox.Statements = [new OperatorStatement(OperatorStatementKind.DedicatedContainer, "a test")];
        DeviceDataFinding vouched = await sandbox.FindOneAsync();
        sandbox.Statements = [];
        await sandbox.EraseAsync([found]);

        Assert.Equal((Verdict.Present, 1L), (vouched.Verdict, vouched.RecordCount));
        Assert.Equal(isOurs ? [] : ["x"], sandbox.Ids);
        Assert.Equal(isOurs ? 1 : 0, target.Records("documents").Count);
        Assert.Equal(isOurs ? (Verdict.Present, 1L) : (Verdict.OwnerAction, 0L), (found.Verdict, found.RecordCount));
        if (!isOurs)
            Assert.Contains("which can be from several hubs", found.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PartitionKey_ThatIsNamedLikeTheTimeOfAMessage_IsNotItsTime()
    {
        await using DocumentSandbox sandbox = await DocumentSandbox.StartAsync(DocumentSandbox.Keyed("/enqueuedTime"));
        JsonObject document = DocumentSandbox.Message("one", Alice);
        document["enqueuedTime"] = "2026-11-20";
        sandbox.Put(document);
        DateTimeOffset before = new(2026, 11, 20, 9, 0, 0, TimeSpan.Zero);
        sandbox.Erasure = sandbox.Erasure with { Scope = new RecordScope { EndTime = before } };

        Assert.Equal(0L, (await sandbox.FindOneAsync()).RecordCount);

        sandbox.Erasure = sandbox.Erasure with { Scope = new RecordScope { StartTime = before } };
        Assert.Equal(1L, (await sandbox.FindOneAsync()).RecordCount);
    }

    [Fact]
    public async Task PartitionKey_ThatIsNamedLikeAFieldOfLogs_SaysNothingOfTheDevice()
    {
        await using DocumentSandbox sandbox = await DocumentSandbox.StartAsync(DocumentSandbox.Keyed("/deviceId"));
        JsonObject document = DocumentSandbox.Message("one", Bob);
        document["deviceId"] = Alice;
        sandbox.Put(document);

        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(Alice, Bob);

        Assert.Equal([0L, 1L], found.Select(one => one.RecordCount));
    }
}
