using System.Text.Json.Nodes;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Sinks.HubConfigurations;
using IotHubDsr.Core.Tests.Packages;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sinks.HubConfigurations;

/// <summary>Configurations and deployments that name devices: their owner's, but for lists of devices and a consent.</summary>
public sealed class HubConfigurationTests
{
    private const string Alice = "alice";
    private const string Bob = "bob";

    private static readonly ErasureOptions Rewriting = new() { RewriteConfigurations = true };

    [Fact]
    public async Task Find_SeededHub_SaysWhichNameTheDevice_WithTheExactText()
    {
        await using HubPlaceSandbox sandbox = await StartAsync(isSeeded: true);

        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(
            new HubConfigurationSink(sandbox.Hub),
            "dev1",
            "Dev1",
            "dev10",
            "it's",
            "gw-1",
            "leaf-1",
            "dev2"
        );

        Assert.Equal([2L, 0, 1, 1, 1, 1, 0], found.Select(static one => one.RecordCount));
        Assert.All(found, static one => Assert.Equal(one.RecordCount > 0 ? Verdict.OwnerAction : Verdict.Absent, one.Verdict));
        Assert.Contains("'dev1-hotfix' names the device in targetCondition: deviceId='dev1'", found[0].Detail, StringComparison.Ordinal);
        Assert.Contains("deviceId IN ['…', '…', 'it''s']", found[3].Detail, StringComparison.Ordinal);
        Assert.Contains(sandbox.Events.OfType<NoticeEvent>(), static notice =>
            notice.Text.Contains("deviceId IN ['dev1', 'dev10', 'it''s']", StringComparison.Ordinal)
        );
        Assert.Contains("-RewriteConfigurations", found[3].Detail, StringComparison.Ordinal);
        Assert.Contains("content.modulesContent.$edgeHub.properties.desired.upstream: gw-1", found[4].Detail, StringComparison.Ordinal);
        Assert.Contains(
            "metrics.queries.leaves: SELECT deviceId FROM devices WHERE deviceId = 'leaf-1'",
            found[5].Detail,
            StringComparison.Ordinal
        );
        Assert.All(sandbox.Sent(), static request => Assert.Equal("GET", request.Method));
    }

    [Theory]
    [InlineData("""{"labels":{"for":"alice"}}""", true)]
    [InlineData("""{"labels":{"alice":"x"}}""", true)]
    [InlineData("""{"labels":{"note":"as asked by alice."}}""", true)]
    [InlineData("""{"labels":{"for":"Alice"}}""", false)]
    [InlineData("""{"labels":{"for":"alice2"}}""", false)]
    [InlineData("""{"labels":{"for":"x-alice"}}""", false)]
    [InlineData("""{"targetCondition":"tags.room = 'alice'"}""", true)]
    [InlineData("""{"targetCondition":"deviceId = 'Alice'"}""", false)]
    [InlineData("""{"targetCondition":"tags.members.alice = true"}""", true)]
    [InlineData("""{"targetCondition":"tags.members.alice=true"}""", true)]
    [InlineData("""{"targetCondition":"tags.members.alice2 = true AND tags.malice.x.Alice = 1"}""", false)]
    [InlineData("""{"targetCondition":"tags.path = 'plant7/alice'"}""", true)]
    [InlineData("""{"targetCondition":"tags.path = 'plant7/alice2'"}""", false)]
    [InlineData("""{"targetCondition":"tags.j = '{\"id\":\"alice\"}'"}""", true)]
    [InlineData("""{"metrics":{"queries":{"q":"SELECT * FROM devices WHERE configurations.[[alice]].status = 'Applied'"}}}""", true)]
    [InlineData("""{"metrics":{"queries":{"q":"SELECT * FROM devices WHERE properties.reported.peers.alice.state = 'up'"}}}""", true)]
    [InlineData("""{"metrics":{"queries":{"q":"SELECT COUNT() AS alice FROM devices"}}}""", true)]
    [InlineData("""{"content":{"deviceContent":{"properties.desired.peers":["bob",{"n":"alice"}]}}}""", true)]
    [InlineData("""{"content":{"deviceContent":{"properties.desired.json":"{\"to\":\"\\u0061lice\"}"}}}""", true)]
    [InlineData("""{"metrics":{"queries":{"q":"SELECT deviceId FROM devices WHERE deviceId = 'alice'"}}}""", true)]
    [InlineData("""{"metrics":{"queries":{"q":"SELECT deviceId FROM devices WHERE deviceId = 'alice-2'"}}}""", false)]
    public async Task Find_AnyPartThatNamesTheDevice_IsSeen_AndNoLookAlike(string model, bool isNamed)
    {
        await using HubPlaceSandbox sandbox = await StartAsync();
        Put(sandbox, "one", model);

        DeviceDataFinding found = Assert.Single(await sandbox.FindAsync(new HubConfigurationSink(sandbox.Hub), Alice));

        Assert.Equal(isNamed ? (Verdict.OwnerAction, 1L) : (Verdict.Absent, 0L), (found.Verdict, found.RecordCount));
    }

    [Theory]
    [InlineData("deviceId")]
    [InlineData("tags")]
    [InlineData("reported")]
    [InlineData("where")]
    [InlineData("7")]
    public async Task Find_DeviceThatIsCalledAsAWordOfTheLanguageIs_IsNamedByLiteralsAlone(string deviceId)
    {
        await using HubPlaceSandbox sandbox = await StartAsync();
        Put(
            sandbox,
            "one",
            """{"metrics":{"queries":{"q":"SELECT deviceId FROM devices WHERE tags.floor > 7 AND properties.reported.x = 'b'"}}}"""
        );

        DeviceDataFinding found = Assert.Single(await sandbox.FindAsync(new HubConfigurationSink(sandbox.Hub), deviceId));
        Put(sandbox, "two", $$"""{"targetCondition":"tags.peer = '{{deviceId}}'"}""");
        DeviceDataFinding named = Assert.Single(await sandbox.FindAsync(new HubConfigurationSink(sandbox.Hub), deviceId));

        Assert.Equal((Verdict.Absent, Verdict.OwnerAction), (found.Verdict, named.Verdict));
    }

    [Fact]
    public async Task Find_ManyPagesWithEmptyOnes_ReadsThemAll_AndAsManyAsOneSortCanHaveLeaveADoubt()
    {
        await using HubPlaceSandbox sandbox = await StartAsync();
        sandbox.World.Configurations.PageSizeCap = 7;
        int first = sandbox.InHub(static world => world.Configurations.All.Count);
        for (int number = first; number < 60; number++)
            Put(sandbox, $"c-{number:D3}", """{"labels":{"a":"b"}}""");
        Put(sandbox, "z-last", """{"labels":{"for":"alice"}}""");
        var sink = new HubConfigurationSink(sandbox.Hub);

        IReadOnlyList<DeviceDataFinding> some = await sandbox.FindAsync(sink, Alice, Bob);
        for (int number = 61; number < 100; number++)
            Put(sandbox, $"c-{number:D3}", """{"labels":{"a":"b"}}""");
        IReadOnlyList<DeviceDataFinding> full = await sandbox.FindAsync(sink, Alice, Bob);

        Assert.Equal([Verdict.OwnerAction, Verdict.Absent], some.Select(static one => one.Verdict));
        Assert.Equal([Verdict.OwnerAction, Verdict.OwnerAction], full.Select(static one => one.Verdict));
        Assert.Contains("may have more", full[1].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Find_AnAnswerFails_ThrowsAndCallsNobodyAbsent()
    {
        await using HubPlaceSandbox sandbox = await StartAsync(isSeeded: true);
        sandbox.World.Configurations.PageSizeCap = 2;
        sandbox.Fail(
            new FaultRule
            {
                PathContains = "/configurations",
                Status = 403,
                Skip = 1,
                Times = 100,
            }
        );

        await Assert.ThrowsAsync<DsrException>(() => sandbox.FindAsync(new HubConfigurationSink(sandbox.Hub), "nobody"));
    }

    [Fact]
    public async Task Export_CopiesNothing_AndNamesNobodyElse()
    {
        await using HubPlaceSandbox sandbox = await StartAsync(isSeeded: true);

        (IReadOnlyList<ExportCompleteness> accounts, MemoryTarget target) = await sandbox.ExportAsync(
            new HubConfigurationSink(sandbox.Hub),
            "dev1",
            "dev2"
        );

        Assert.Empty(target.Files);
        Assert.Equal([(2L, 0L, 2L), (0L, 0L, 0L)], accounts.Select(static one => (one.Found!.Value, one.Included, one.Withheld)));
        Assert.DoesNotContain("it's", accounts[0].Ground, StringComparison.Ordinal);
        Assert.DoesNotContain("dev10", accounts[0].Ground, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Erase_TakesTheDeviceOutOfLists_UnderTheETag_AndEverythingElseStaysToTheByte()
    {
        await using HubPlaceSandbox sandbox = await StartAsync(isSeeded: true);
        var sink = new HubConfigurationSink(sandbox.Hub);
        sandbox.Erasure = Rewriting;
        Dictionary<string, string> before = All(sandbox);
        DeviceDataFinding found = Assert.Single(await sandbox.FindAsync(sink, "dev1"));

        ErasureOutcome outcome = Assert.Single(await sandbox.EraseAsync(sink, found));

        Assert.Equal((Verdict.Present, 2L, 0L), (found.Verdict, found.RecordCount, found.LeftCount));
        Assert.Equal((2L, 2, null), (outcome.RecordsErased, outcome.ItemsChanged, outcome.Fault));
        Dictionary<string, string> after = All(sandbox);
        Assert.Equal("deviceId IN ['dev10', 'it''s']", sandbox.InHub(static world => Condition(world, ConfigurationSeed.Pilot)));
        Assert.Equal(
            [ConfigurationSeed.Hotfix, ConfigurationSeed.Pilot],
            before.Keys.Where(id => before[id] != after.GetValueOrDefault(id)).Order(StringComparer.Ordinal)
        );
        Assert.DoesNotContain(ConfigurationSeed.Hotfix, after.Keys);
        LoggedRequest put = Assert.Single(sandbox.Sent("PUT"));
        Assert.Equal(200, put.Status);
        Assert.Contains("GET", sandbox.Sent().Where(request => request.Sequence > put.Sequence).Select(static request => request.Method));
        DeviceDataFinding left = Assert.Single(await sandbox.FindAsync(sink, "dev1"));
        Assert.Equal((Verdict.Absent, 0L, 0L), (left.Verdict, left.RecordCount, left.LeftCount));
        Assert.Equal(
            ["configurations/dev1-hotfix", "configurations/pilot-firmware"],
            sandbox.Announced.SelectMany(static one => one.Items).Select(static one => one.Path).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Erase_SeveralDevicesOfOneList_GoInOneChange()
    {
        await using HubPlaceSandbox sandbox = await StartAsync(isSeeded: true);
        var sink = new HubConfigurationSink(sandbox.Hub);
        sandbox.Erasure = Rewriting;
        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(sink, "dev10", "it's");

        IReadOnlyList<ErasureOutcome> outcomes = await sandbox.EraseAsync(sink, [.. found]);

        Assert.Equal([1L, 1], outcomes.Select(static one => one.RecordsErased));
        Assert.Equal("deviceId IN ['dev1']", sandbox.InHub(static world => Condition(world, ConfigurationSeed.Pilot)));
        Assert.Single(sandbox.Sent("PUT"));
    }

    [Fact]
    public async Task Erase_EveryDeviceOfAList_DeletesIt_UnlessItIsHeldForOne()
    {
        await using HubPlaceSandbox sandbox = await StartAsync();
        var sink = new HubConfigurationSink(sandbox.Hub);
        sandbox.Erasure = Rewriting;
        Put(sandbox, "two", """{"targetCondition":"deviceId IN ['alice','bob']"}""");
        Put(sandbox, "kept", """{"targetCondition":"deviceId = 'alice'","labels":{"with":"bob"}}""");
        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(sink, Alice, Bob);
        sandbox.Held = Enumerable.Repeat("configurations/kept", 1).ToLookup(static path => path, static _ => Bob);

        IReadOnlyList<ErasureOutcome> outcomes = await sandbox.EraseAsync(sink, [.. found]);

        Assert.Equal(
            [(1L, (Verdict?)Verdict.OwnerAction), (1L, (Verdict?)null)],
            outcomes.Select(static one => (one.RecordsErased, one.Verdict))
        );
        Assert.Empty(sandbox.Sent("PUT"));
        LoggedRequest deletion = Assert.Single(sandbox.Sent("DELETE"));
        Assert.EndsWith("/configurations/two", deletion.Target.Split('?')[0], StringComparison.Ordinal);
        Assert.Contains("kept", All(sandbox).Keys);
    }

    [Theory]
    [InlineData("0042", """{"targetCondition":"deviceId = '0042'"}""")]
    [InlineData("it's | 'x'", """{"targetCondition":"deviceId IN ['it''s | ''x''']","labels":{"for":"it's | 'x'"}}""")]
    public async Task Erase_ConfigurationForTheDeviceAlone_GoesUnderItsETag_AlsoWhenTheAnswerIsLost(string device, string model)
    {
        await using HubPlaceSandbox sandbox = await StartAsync();
        var sink = new HubConfigurationSink(sandbox.Hub);
        sandbox.Erasure = Rewriting;
        Put(sandbox, "one", model);
        Put(sandbox, "two", """{"targetCondition":"deviceId = '42'"}""");
        DeviceDataFinding found = Assert.Single(await sandbox.FindAsync(sink, device));
        int deletions = 0;
        sandbox.Wire.Before = request =>
        {
            if (request.Method == HttpMethod.Delete && deletions == 0)
                Put(sandbox, "one", model);
            return Task.CompletedTask;
        };
        sandbox.Wire.LoseResponse = request => request.Method == HttpMethod.Delete && ++deletions == 2;

        ErasureOutcome outcome = Assert.Single(await sandbox.EraseAsync(sink, found));

        Assert.Equal((1L, null), (outcome.RecordsErased, outcome.Fault));
        Assert.DoesNotContain("one", All(sandbox).Keys);
        Assert.Contains("two", All(sandbox).Keys);
        Assert.Equal(412, sandbox.Sent("DELETE")[0].Status);
    }

    [Theory]
    [InlineData("""{"targetCondition":"deviceId = 'alice' AND tags.x = 'y'"}""")]
    [InlineData("""{"targetCondition":"deviceId IN ['alice','bob'] AND tags.x = 'y'"}""")]
    [InlineData("""{"targetCondition":"NOT deviceId IN ['alice','bob']"}""")]
    [InlineData("""{"targetCondition":"deviceId IN ['alice','bob']","labels":{"who":"alice"}}""")]
    public async Task Erase_AnyOtherForm_StaysOwnerAction(string model)
    {
        await using HubPlaceSandbox sandbox = await StartAsync();
        var sink = new HubConfigurationSink(sandbox.Hub);
        sandbox.Erasure = Rewriting;
        Put(sandbox, "one", model);
        DeviceDataFinding found = Assert.Single(await sandbox.FindAsync(sink, Alice));

        ErasureOutcome outcome = Assert.Single(await sandbox.EraseAsync(sink, found));

        Assert.Equal((Verdict.OwnerAction, 1L, 1L, 0L), (found.Verdict, found.RecordCount, found.LeftCount, outcome.RecordsErased));
        Assert.Empty(sandbox.Sent("PUT"));
    }

    [Fact]
    public async Task Erase_WithoutTheConsent_ChangesNothing()
    {
        await using HubPlaceSandbox sandbox = await StartAsync(isSeeded: true);
        var sink = new HubConfigurationSink(sandbox.Hub);

        ErasureOutcome outcome = Assert.Single(await sandbox.EraseAsync(sink, Assert.Single(await sandbox.FindAsync(sink, "dev1"))));

        Assert.Equal(0, outcome.RecordsErased);
        Assert.All(sandbox.Sent(), static request => Assert.False(request.Mutating, request.Target));
    }

    [Fact]
    public async Task Erase_ChangedBySomebodyElseMeanwhile_KeepsThatChange()
    {
        await using HubPlaceSandbox sandbox = await StartAsync();
        var sink = new HubConfigurationSink(sandbox.Hub);
        sandbox.Erasure = Rewriting;
        Put(sandbox, "three", """{"targetCondition":"deviceId IN ['alice','bob']"}""");
        DeviceDataFinding found = Assert.Single(await sandbox.FindAsync(sink, Alice));
        int puts = 0;
        sandbox.Wire.Before = request =>
        {
            if (request.Method == HttpMethod.Put && puts++ == 0)
                Put(sandbox, "three", """{"targetCondition":"deviceId IN ['alice','bob','carol']","priority":7}""");
            return Task.CompletedTask;
        };

        ErasureOutcome outcome = Assert.Single(await sandbox.EraseAsync(sink, found));

        Assert.Equal((1L, null), (outcome.RecordsErased, outcome.Fault));
        Assert.Equal("deviceId IN ['bob', 'carol']", sandbox.InHub(static world => Condition(world, "three")));
        Assert.Equal([412, 200], sandbox.Sent("PUT").Select(static request => request.Status));
        Assert.Equal("7", sandbox.InHub(static world => world.Configurations.All["three"]["priority"]!.ToString()));
    }

    [Theory]
    [InlineData("""{"targetCondition":"deviceId IN ['bob']"}""")]
    [InlineData("""{"targetCondition":"tags.x = 'y'"}""")]
    [InlineData("""{"priority":1}""")]
    [InlineData(null)]
    public async Task Erase_SomebodyElseHasTakenTheDeviceOut_LeavesNothing(string? model)
    {
        await using HubPlaceSandbox sandbox = await StartAsync();
        var sink = new HubConfigurationSink(sandbox.Hub);
        sandbox.Erasure = Rewriting;
        Put(sandbox, "one", """{"targetCondition":"deviceId IN ['alice','bob']"}""");
        DeviceDataFinding found = Assert.Single(await sandbox.FindAsync(sink, Alice));
        Replace(sandbox, "one", model);

        ErasureOutcome outcome = Assert.Single(await sandbox.EraseAsync(sink, found));

        Assert.Equal((0L, null, null), (outcome.RecordsErased, outcome.Verdict, outcome.Fault));
        Assert.Empty(outcome.Left);
        Assert.Empty(sandbox.Sent("PUT"));
    }

    [Theory]
    [InlineData("""{"targetCondition":"deviceId IN ['bob']"}""")]
    [InlineData(null)]
    public async Task Erase_SomebodyElseTakesTheAnnouncedDeviceOut_CountsAsErased(string? model)
    {
        await using HubPlaceSandbox sandbox = await StartAsync();
        var sink = new HubConfigurationSink(sandbox.Hub);
        sandbox.Erasure = Rewriting;
        Put(sandbox, "one", """{"targetCondition":"deviceId IN ['alice','bob']"}""");
        DeviceDataFinding found = Assert.Single(await sandbox.FindAsync(sink, Alice));
        int puts = 0;
        sandbox.Wire.Before = request =>
        {
            if (request.Method == HttpMethod.Put && puts++ == 0)
                Replace(sandbox, "one", model);
            return Task.CompletedTask;
        };

        ErasureOutcome outcome = Assert.Single(await sandbox.EraseAsync(sink, found));

        Assert.Equal((1L, null, null), (outcome.RecordsErased, outcome.Verdict, outcome.Fault));
        Assert.Single(sandbox.Sent("PUT"));
    }

    [Fact]
    public async Task Erase_ReplyIsLost_CountsTheChangeOnce()
    {
        await using HubPlaceSandbox sandbox = await StartAsync();
        var sink = new HubConfigurationSink(sandbox.Hub);
        sandbox.Erasure = Rewriting;
        Put(sandbox, "one", """{"targetCondition":"deviceId IN ['alice','bob']"}""");
        DeviceDataFinding found = Assert.Single(await sandbox.FindAsync(sink, Alice));
        int puts = 0;
        sandbox.Wire.LoseResponse = request => request.Method == HttpMethod.Put && puts++ == 0;

        ErasureOutcome outcome = Assert.Single(await sandbox.EraseAsync(sink, found));

        Assert.Equal((1L, null), (outcome.RecordsErased, outcome.Fault));
        Assert.Equal("deviceId IN ['bob']", sandbox.InHub(static world => Condition(world, "one")));
    }

    [Fact]
    public async Task Erase_ChangedSinceAndTheIdMayBeAnothers_IsLeft()
    {
        await using HubPlaceSandbox sandbox = await StartAsync();
        var sink = new HubConfigurationSink(sandbox.Hub);
        sandbox.Erasure = Rewriting;
        Put(sandbox, "one", """{"targetCondition":"deviceId IN ['alice','bob']"}""");
        DeviceDataFinding found = Assert.Single(await sandbox.FindAsync(sink, Alice));
        Put(sandbox, "one", """{"targetCondition":"deviceId IN ['alice','bob','carol']"}""");
        sandbox.Doubt = static deviceId => FaultCatalogue.DeviceUncertain.For(deviceId, "somebody registered it again.");

        ErasureOutcome outcome = Assert.Single(await sandbox.EraseAsync(sink, found));

        Assert.Equal((0L, FaultCatalogue.DeviceUncertain.Id), (outcome.RecordsErased, outcome.Fault?.Id));
        Assert.Empty(sandbox.Sent("PUT"));
    }

    [Fact]
    public async Task Erase_HeldByTheOperator_IsLeft()
    {
        await using HubPlaceSandbox sandbox = await StartAsync();
        var sink = new HubConfigurationSink(sandbox.Hub);
        sandbox.Erasure = Rewriting;
        Put(sandbox, "one", """{"targetCondition":"deviceId IN ['alice','bob']"}""");
        DeviceDataFinding found = Assert.Single(await sandbox.FindAsync(sink, Alice));
        sandbox.Held = Enumerable.Repeat("configurations/one", 1).ToLookup(static path => path, static _ => Alice);

        await sandbox.EraseAsync(sink, found);

        Assert.Empty(sandbox.Sent("PUT"));
    }

    [Fact]
    public async Task Erase_OneOfTwoIsHeld_TakesTheOtherOut()
    {
        await using HubPlaceSandbox sandbox = await StartAsync();
        var sink = new HubConfigurationSink(sandbox.Hub);
        sandbox.Erasure = Rewriting;
        Put(sandbox, "one", """{"targetCondition":"deviceId IN ['alice','bob','carol']"}""");
        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(sink, Alice, Bob);
        sandbox.Held = Enumerable.Repeat("configurations/one", 1).ToLookup(static path => path, static _ => Bob);

        IReadOnlyList<ErasureOutcome> outcomes = await sandbox.EraseAsync(sink, [.. found]);

        Assert.Equal([1L, 0L], outcomes.Select(static one => one.RecordsErased));
        Assert.Equal(
            "deviceId IN ['bob', 'carol']",
            sandbox.InHub(static world => (string?)world.Configurations.All["one"]["targetCondition"])
        );
    }

    [Fact]
    public async Task Find_SecretBesideTheDevice_IsNotTold()
    {
        await using HubPlaceSandbox sandbox = await StartAsync();
        Put(
            sandbox,
            "one",
            """{"content":{"deviceContent":{"properties.desired.c":"HostName=h;DeviceId=alice;SharedAccessKey=c2VjcmV0"}}}"""
        );
        Put(sandbox, "two", """{"labels":{"for":"alice, {\"primaryKey\":\"c2VjcmV0\"}"}}""");

        DeviceDataFinding found = Assert.Single(await sandbox.FindAsync(new HubConfigurationSink(sandbox.Hub), Alice));

        Assert.Equal(2, found.RecordCount);
        Assert.Contains("properties.desired.c", found.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", found.Detail, StringComparison.Ordinal);
    }

    private static Task<HubPlaceSandbox> StartAsync(bool isSeeded = false) =>
        HubPlaceSandbox.StartAsync(LocationKinds.Configurations, isSeeded);

    private static void Put(HubPlaceSandbox sandbox, string id, string model) =>
        sandbox.InHub(world =>
        {
            var configuration = (JsonObject)JsonNode.Parse(model)!;
            configuration["content"] ??= new JsonObject { ["deviceContent"] = new JsonObject { ["properties.desired.rate"] = 1 } };
            return world.Configurations.Put(id, configuration);
        });

    /// <summary>As somebody else does it; null for a deletion.</summary>
    private static void Replace(HubPlaceSandbox sandbox, string id, string? model)
    {
        if (model is null)
            sandbox.InHub(world => world.Configurations.Remove(id));
        else
            Put(sandbox, id, model);
    }

    private static string Condition(SandboxWorld world, string id) => world.Configurations.All[id]["targetCondition"]!.ToString();

    private static Dictionary<string, string> All(HubPlaceSandbox sandbox) =>
        sandbox.InHub(static world =>
            world.Configurations.All.ToDictionary(static one => one.Key, static one => one.Value.ToJsonString(), StringComparer.Ordinal)
        );
}
