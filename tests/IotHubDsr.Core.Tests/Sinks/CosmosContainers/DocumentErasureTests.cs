using System.Diagnostics;
using System.Text.Json.Nodes;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Sandbox.Hosting;

namespace IotHubDsr.Core.Tests.Sinks.CosmosContainers;

/// <summary>How documents are deleted.</summary>
public sealed class DocumentErasureTests
{
    private const string Alice = DocumentSandbox.Alice;
    private const string Bob = DocumentSandbox.Bob;

    [Fact]
    public async Task ThrottledDeletions_WaitAsLongAsTheAccountAsks_AndAllAreDone()
    {
        const int wait = 20;
        await using DocumentSandbox sandbox = await DocumentSandbox.StartFilledAsync(own: 500, others: 40);
        var bystanders = sandbox.Documents.Where(pair => pair.Key.Contains("bob", StringComparison.Ordinal)).ToDictionary();
        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(Alice);
        for (int third = 0; third < 167; third++)
        {
            sandbox.Fail(
                new FaultRule
                {
                    Method = "DELETE",
                    Skip = 2 * (third + 1),
                    Status = 429,
                    RetryAfterMilliseconds = wait,
                }
            );
        }

        int refused = 0;
        sandbox.Server.RequestLog.Observer = request =>
        {
            if (request is { Method: "DELETE", Status: 429 })
                Interlocked.Increment(ref refused);
        };
        ErasureOutcome outcome = Assert.Single(await sandbox.EraseAsync(found));

        Assert.Equal((500L, 500, null), (outcome.RecordsErased, outcome.ItemsChanged, outcome.Fault));
        Assert.Equal(167, refused);
        Assert.Equal(bystanders, sandbox.Documents);
        Assert.Equal(667, sandbox.Sent("DELETE").Count);
        Assert.Empty(sandbox.Reported);
    }

    [Fact]
    public async Task Throttle_WithoutEnd_IsGivenUp_AndTheRestIsExactlyWhatIsSaid()
    {
        await using DocumentSandbox sandbox = await DocumentSandbox.StartFilledAsync(own: 40, others: 5);
        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(Alice);
        sandbox.Fail(
            new FaultRule
            {
                Method = "DELETE",
                Skip = 13,
                Times = 100_000,
                Status = 429,
                RetryAfterMilliseconds = 1,
            }
        );

        ErasureOutcome outcome = Assert.Single(await sandbox.EraseAsync(found));
        sandbox.Server.Faults.Clear();
        DeviceDataFinding after = await sandbox.FindOneAsync();

        Assert.Equal((13L, 13), (outcome.RecordsErased, outcome.ItemsChanged));
        Assert.Equal("DocumentsLeft", outcome.Fault?.Id);
        Assert.Contains("27 documents", outcome.Fault!.Message, StringComparison.Ordinal);
        Assert.Contains("throttling", outcome.Fault.Message, StringComparison.Ordinal);
        Assert.Equal((27L, Verdict.Present), (after.RecordCount, after.Verdict));
        string[] left = [.. sandbox.Notes.Where(note => note.Contains(" was left: ", StringComparison.Ordinal))];
        Assert.Equal(27, left.Length);
        Assert.All(after.Items, item => Assert.Single(left, note => note.Contains($"{item.Path} was left: ", StringComparison.Ordinal)));
        Assert.Equal("Throttled", Assert.Single(sandbox.Reported).Id);
        Assert.Equal(5, sandbox.Ids.Count(id => id.StartsWith("bob", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task MissingRight_IsNamedOnce_AndNoMoreAreTried()
    {
        await using DocumentSandbox sandbox = await DocumentSandbox.StartFilledAsync(own: 40, others: 0);
        DeviceDataFinding found = await sandbox.FindOneAsync();
        sandbox.Account.Options = sandbox.Account.Options with { AllowsKeys = false };
        sandbox.Fail(
            new FaultRule
            {
                Method = "DELETE",
                Status = 403,
                Times = 1000,
            }
        );

        ErasureOutcome outcome = Assert.Single(await sandbox.EraseAsync([found]));

        Assert.Equal((0L, "DocumentsLeft"), (outcome.RecordsErased, outcome.Fault?.Id));
        Fault fault = Assert.Single(sandbox.Reported);
        Assert.Equal("PermissionMissing", fault.Id);
        Assert.Contains("items/delete", fault.Message, StringComparison.Ordinal);
        Assert.InRange(sandbox.Sent("DELETE").Count, 1, 8);
        Assert.Equal(40, sandbox.Ids.Length);
    }

    [Fact]
    public async Task Throttle_HoldsBackEveryCall_UntilTheTimeIsOver()
    {
        await using DocumentSandbox sandbox = await DocumentSandbox.StartFilledAsync(own: 200, others: 0);
        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(Alice);
        sandbox.Fail(
            new FaultRule
            {
                Method = "DELETE",
                Skip = 4,
                Status = 429,
                RetryAfterMilliseconds = 1500,
            }
        );
        long answered = 0;
        var after = new List<TimeSpan>();
        sandbox.Server.RequestLog.Observer = request =>
        {
            if (request.Method != "DELETE")
                return;
            lock (after)
            {
                if (request.Status == 429)
                    answered = Stopwatch.GetTimestamp();
                else if (answered > 0 && request.Status == 0)
                    after.Add(Stopwatch.GetElapsedTime(answered));
            }
        };

        ErasureOutcome outcome = Assert.Single(await sandbox.EraseAsync(found));

        Assert.Equal(200, outcome.RecordsErased);

        // At most a batch was on its way when the account asked to wait; the others waited as the one that was refused did.
        Assert.True(after.Count(one => one >= TimeSpan.FromMilliseconds(1490)) > 150, string.Join(' ', after));
    }

    [Fact]
    public async Task Deletion_IsAnnouncedBeforeItIsSent()
    {
        await using DocumentSandbox sandbox = await DocumentSandbox.StartFilledAsync(own: 70, others: 3);
        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(Alice);
        var unannounced = new List<string>();
        sandbox.Wire.Before = request =>
        {
            string id = Uri.UnescapeDataString(request.RequestUri!.Segments[^1]);
            lock (sandbox.Events)
            {
                IEnumerable<string> paths = sandbox.Announced.SelectMany(one => one.Items).Select(item => item.Path);
                bool isAnnounced = paths.Any(path => path.EndsWith($"/{id}", StringComparison.Ordinal));
                if (request.Method == HttpMethod.Delete && !isAnnounced)
                    unannounced.Add(id);
            }

            return Task.CompletedTask;
        };

        await sandbox.EraseAsync(found);

        Assert.Empty(unannounced);
        Assert.Equal(70, sandbox.Announced.Sum(one => one.Items.Count));
        Assert.True(sandbox.Announced.Count < 10);
        Assert.Equal(
            found[0].Items.Select(item => item.Path).Order(StringComparer.Ordinal),
            sandbox.Announced.SelectMany(one => one.Items).Select(item => item.Path).Order(StringComparer.Ordinal)
        );
    }

    public static TheoryData<string, string?> Keys =>
        new()
        {
            { "\"\"", "[\"\"]" },
            { "null", "[null]" },
            { "true", "[true]" },
            { "7.5", "[7.5]" },
            { "\"it's 100%/a?b#c \\\"ü\\\"\"", null },
            { "{\"a\":1}", "[{}]" },
            { "", "[{}]" },
        };

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task Key_OfAnyForm_IsTheDocumentsOwn(string value, string? key)
    {
        await using DocumentSandbox sandbox = await DocumentSandbox.StartAsync();
        foreach (string device in (string[])[Alice, Bob])
        {
            JsonObject document = DocumentSandbox.Message($"of-{device}", device);
            document.Remove("pk");
            if (value.Length > 0)
                document["pk"] = JsonNode.Parse(value);
            sandbox.Put(document);
            sandbox.Put(DocumentSandbox.Message("of-alice", Bob, "another key"));
        }

        DeviceDataFinding found = await sandbox.FindOneAsync();
        ErasureOutcome outcome = Assert.Single(await sandbox.EraseAsync([found]));

        if (key is not null)
            Assert.Equal($"{key}/of-alice", Assert.Single(found.Items).Path);
        Assert.Equal((1L, null), (outcome.RecordsErased, outcome.Fault));
        Assert.Equal(["of-alice", "of-bob"], sandbox.Ids);
        Assert.Equal(Verdict.Absent, (await sandbox.FindOneAsync()).Verdict);
    }

    [Fact]
    public async Task HierarchicalKey_TakesEachPart_AlsoThoseThatAreMissing()
    {
        await using DocumentSandbox sandbox = await DocumentSandbox.StartAsync(
            DocumentSandbox.Keyed("/tenant", "/where/\"the site\"", "/n") with
            {
                RangeCount = 4,
            }
        );
        JsonNode?[][] keys =
        [
            ["a", "b", 1],
            ["a", "b", null],
            ["a", null, 2],
            [null, "b", 3],
            [null, null, null],
            ["", "", ""],
        ];
        foreach ((int number, JsonNode?[] key) in keys.Index())
        {
            foreach (string device in (string[])[Alice, Bob])
            {
                JsonObject document = DocumentSandbox.Message($"{device}-{number}", device);
                if (key[0] is { } tenant)
                    document["tenant"] = tenant.DeepClone();
                if (key[1] is { } site)
                    document["where"] = new JsonObject { ["the site"] = site.DeepClone() };
                if (key[2] is { } n)
                    document["n"] = n.DeepClone();
                sandbox.Put(document);
            }
        }

        ErasureOutcome outcome = await sandbox.EraseOneAsync();

        Assert.Equal((6L, null), (outcome.RecordsErased, outcome.Fault));
        Assert.Equal(6, sandbox.Ids.Length);
        Assert.All(sandbox.Ids, id => Assert.StartsWith(Bob, id, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true, 150)]
    [InlineData(false, 100)]
    public async Task MoreThanThePlanShows_IsLeft_ButWhatAGatewayRelayedIsNoneOfIt(bool isRelayed, int erased)
    {
        const string Gateway = "gateway";
        await using DocumentSandbox sandbox = await DocumentSandbox.StartAsync();
        for (int n = 0; n < 150; n++)
        {
            JsonObject document = DocumentSandbox.Message($"n-{n}", Gateway);
            if (isRelayed)
                document["Properties"] = new JsonObject { ["deviceId"] = Alice };
            sandbox.Put(document);
        }

        sandbox.Erasure = new ErasureOptions { IncludeRelayed = true };
        sandbox.More = static _ => 100;
        DeviceDataFinding found = await sandbox.FindOneAsync(Gateway);

        // What the plan shows is not more than it: items without records stand for documents that came since.
        DeviceDataFinding planned = found with { Items = [.. found.Items.Select(static item => item with { Records = 0 })] };
        ErasureOutcome outcome = Assert.Single(await sandbox.EraseAsync([planned]));

        Assert.Equal((erased, isRelayed), ((int)outcome.RecordsErased, outcome.Fault is null));
        Assert.Equal(150 - erased, sandbox.Ids.Length);
    }

    [Fact]
    public async Task SystemKey_OfAContainerWithoutOne_IsTheDocumentsOwn()
    {
        await using DocumentSandbox sandbox = await DocumentSandbox.StartAsync(DocumentSandbox.Keyed("/_partitionKey"));
        foreach (string device in (string[])[Alice, Bob])
        {
            JsonObject keyed = DocumentSandbox.Message($"keyed-{device}", device);
            keyed["_partitionKey"] = "k";
            sandbox.Put(keyed);
            sandbox.Put(DocumentSandbox.Message($"keyless-{device}", device));
        }

        ErasureOutcome outcome = await sandbox.EraseOneAsync();

        Assert.Equal((2L, null), (outcome.RecordsErased, outcome.Fault));
        Assert.Equal(["keyed-bob", "keyless-bob"], sandbox.Ids);
    }

    [Fact]
    public async Task UniqueIndex_IsNoObstacle()
    {
        await using DocumentSandbox sandbox = await DocumentSandbox.StartAsync(
            DocumentSandbox.Keyed("/pk") with
            {
                UniqueKeys =
                [
                    ["/SystemProperties/iothub-enqueuedtime"],
                ],
            }
        );
        sandbox.Put(DocumentSandbox.Message("one", Alice));
        sandbox.Put(DocumentSandbox.Message("two", Bob));

        Assert.Equal(1, (await sandbox.EraseOneAsync()).RecordsErased);
        Assert.Equal(["two"], sandbox.Ids);
    }
}
