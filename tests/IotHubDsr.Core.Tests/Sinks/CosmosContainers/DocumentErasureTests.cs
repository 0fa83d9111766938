using System.Diagnostics;
using System.Text.Json.Nodes;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Sandbox.Cosmos;
using IotHubDsr.Sandbox.Cosmos.Documents;
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
        await using DocumentSandbox sandbox = await FilledAsync(own: 500, others: 40);
        Dictionary<string, string> bystanders = sandbox
            .Documents.Where(pair => pair.Key.Contains("bob", StringComparison.Ordinal))
            .ToDictionary();
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
    public async Task Throttle_HoldsBackEveryCall_UntilTheTimeIsOver()
    {
        await using DocumentSandbox sandbox = await FilledAsync(own: 40, others: 0);
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

        Assert.Equal(40, outcome.RecordsErased);

        // A few were on their way when the account asked to wait; the others waited as the one that was refused did.
        Assert.True(after.Count(one => one >= TimeSpan.FromMilliseconds(1490)) > 20, string.Join(' ', after));
    }

    [Fact]
    public async Task Throttle_WithoutEnd_IsGivenUp_AndTheRestIsExactlyWhatIsSaid()
    {
        await using DocumentSandbox sandbox = await FilledAsync(own: 40, others: 5);
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
    public async Task Deletion_IsAnnouncedBeforeItIsSent()
    {
        await using DocumentSandbox sandbox = await FilledAsync(own: 70, others: 3);
        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(Alice);
        var unannounced = new List<string>();
        sandbox.Wire.Before = request =>
        {
            string id = Uri.UnescapeDataString(request.RequestUri!.Segments[^1]);
            lock (sandbox.Events)
            {
                if (
                    request.Method == HttpMethod.Delete
                    && !sandbox.Announced.SelectMany(one => one.Items).Any(item => item.Path.EndsWith($"/{id}", StringComparison.Ordinal))
                )
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

    [Fact]
    public async Task ChangedBetweenReadingAndDeleting_IsReadAgain_AndDeletedWhileItIsTheDevices()
    {
        await using DocumentSandbox sandbox = await FilledAsync(own: 3, others: 1);
        BeforeFirstDelete(sandbox, id => sandbox.Put(Changed(id, Alice)));

        ErasureOutcome outcome = await sandbox.EraseOneAsync();

        Assert.Equal((3L, null), (outcome.RecordsErased, outcome.Fault));
        Assert.Equal(["bob-0"], sandbox.Ids);
        Assert.Equal(4, sandbox.Sent("DELETE").Count);
        Assert.Single(sandbox.Sent("DELETE"), request => request.Status == 412);
        Assert.Equal(4, sandbox.Announced.Sum(one => one.Items.Count));
    }

    [Fact]
    public async Task ChangedToAnotherDevices_IsLeft_AndSaid()
    {
        await using DocumentSandbox sandbox = await FilledAsync(own: 3, others: 1);
        string changed = "";
        BeforeFirstDelete(sandbox, id => sandbox.Put(Changed(changed = id, Bob)));

        ErasureOutcome outcome = await sandbox.EraseOneAsync();

        Assert.Equal((2L, null), (outcome.RecordsErased, outcome.Fault));
        Assert.Equal([changed, "bob-0"], sandbox.Ids);
        Assert.Contains(sandbox.Notes, note => note.Contains($"{changed} was left as it is", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AnotherDocumentInItsPlace_IsLeft_AndSaid()
    {
        await using DocumentSandbox sandbox = await FilledAsync(own: 1, others: 0);
        BeforeFirstDelete(sandbox, id =>
        {
            sandbox.Remove(id);
            sandbox.Put(Changed(id, Alice));
        });

        ErasureOutcome outcome = await sandbox.EraseOneAsync();

        Assert.Equal((0L, null), (outcome.RecordsErased, outcome.Fault));
        Assert.Equal(["alice-0"], sandbox.Ids);
        Assert.Contains(sandbox.Notes, note => note.Contains("another document has taken its place", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ChangedAgainAndAgain_IsLeftWithAFault()
    {
        await using DocumentSandbox sandbox = await FilledAsync(own: 1, others: 0);
        int n = 0;
        sandbox.Wire.Before = request =>
        {
            if (request.Method == HttpMethod.Delete)
                sandbox.Put(Changed("alice-0", Alice, ++n));
            return Task.CompletedTask;
        };

        ErasureOutcome outcome = await sandbox.EraseOneAsync();

        Assert.Equal((0L, "DocumentsLeft"), (outcome.RecordsErased, outcome.Fault?.Id));
        Assert.Equal("ConcurrentChange", Assert.Single(sandbox.Reported).Id);
        Assert.Equal(["alice-0"], sandbox.Ids);
        Assert.Equal(4, sandbox.Sent("DELETE").Count);
    }

    [Fact]
    public async Task ChangedSinceItWasFound_IsDeletedOnlyIfTheIdIsStillTheDevices()
    {
        await using DocumentSandbox sandbox = await FilledAsync(own: 2, others: 0);
        DeviceDataFinding found = await sandbox.FindOneAsync();
        sandbox.Put(Changed("alice-0", Alice));
        Fault doubt = FaultCatalogue.DeviceUncertain.For(Alice, "a test");
        sandbox.Doubt = _ => doubt;

        ErasureOutcome outcome = Assert.Single(await sandbox.EraseAsync([found]));

        Assert.Equal((1L, "DocumentsLeft"), (outcome.RecordsErased, outcome.Fault?.Id));
        Assert.Equal(["alice-0"], sandbox.Ids);
        sandbox.Doubt = _ => null;
        Assert.Equal(1, Assert.Single(await sandbox.EraseAsync([found])).RecordsErased);
    }

    [Fact]
    public async Task GoneMeanwhile_IsNoFailure_AndNotCounted()
    {
        await using DocumentSandbox sandbox = await FilledAsync(own: 3, others: 0);
        DeviceDataFinding found = await sandbox.FindOneAsync();
        sandbox.Remove("alice-1");

        ErasureOutcome outcome = Assert.Single(await sandbox.EraseAsync([found]));

        Assert.Equal((2L, null), (outcome.RecordsErased, outcome.Fault));
        Assert.Empty(sandbox.Ids);
    }

    [Fact]
    public async Task LostAnswerOfADeletion_Counts()
    {
        await using DocumentSandbox sandbox = await FilledAsync(own: 3, others: 1);
        int lost = 0;
        sandbox.Wire.LoseResponse = request => request.Method == HttpMethod.Delete && Interlocked.Increment(ref lost) == 1;

        ErasureOutcome outcome = await sandbox.EraseOneAsync();

        Assert.Equal((3L, null), (outcome.RecordsErased, outcome.Fault));
        Assert.Equal(["bob-0"], sandbox.Ids);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("DELETE")]
    public async Task NotFoundByItsKey_ButByAQuery_IsAFailure(string method)
    {
        await using DocumentSandbox sandbox = await FilledAsync(own: 2, others: 1);
        DeviceDataFinding found = await sandbox.FindOneAsync();
        sandbox.Fail(
            new FaultRule
            {
                Method = method,
                PathContains = "/docs/alice-0",
                Status = 404,
                Times = 100,
            }
        );

        ErasureOutcome outcome = Assert.Single(await sandbox.EraseAsync([found]));

        Assert.Equal((1L, "DocumentsLeft"), (outcome.RecordsErased, outcome.Fault?.Id));
        Assert.Equal("DocumentUnaddressable", Assert.Single(sandbox.Reported).Id);
        Assert.Equal(["alice-0", "bob-0"], sandbox.Ids);
    }

    [Theory]
    [InlineData("no key")]
    [InlineData("[\"bob-2026-11\"]/bob-0")]
    [InlineData("[\"alice-2026-11\"")]
    public async Task PathOfAnEditedPlan_TakesNothingOfABystander(string path)
    {
        await using DocumentSandbox sandbox = await FilledAsync(own: 1, others: 1);
        DeviceDataFinding found = await sandbox.FindOneAsync();

        await sandbox.EraseAsync([found with { Items = [found.Items[0] with { Path = path }] }]);

        Assert.Equal(["alice-0", "bob-0"], sandbox.Ids);
        Assert.Empty(sandbox.Sent("DELETE"));
    }

    [Fact]
    public async Task HeldForADeviceInIt_IsLeft()
    {
        await using DocumentSandbox sandbox = await FilledAsync(own: 2, others: 0);
        DeviceDataFinding found = await sandbox.FindOneAsync();
        sandbox.Held = new[] { (found.Items[0].Path, Alice) }.ToLookup(one => one.Path, one => one.Alice);

        ErasureOutcome outcome = Assert.Single(await sandbox.EraseAsync([found]));

        Assert.Equal(1, outcome.RecordsErased);
        Assert.Equal(["alice-0"], sandbox.Ids);
    }

    [Fact]
    public async Task MissingRight_IsNamedOnce_AndNoMoreAreTried()
    {
        await using DocumentSandbox sandbox = await FilledAsync(own: 40, others: 0);
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

    private static async Task<DocumentSandbox> FilledAsync(int own, int others)
    {
        DocumentSandbox sandbox = await DocumentSandbox.StartAsync();
        for (int n = 0; n < own; n++)
            sandbox.Put(DocumentSandbox.Message($"alice-{n}", Alice, $"k{n % 7}"));
        for (int n = 0; n < others; n++)
            sandbox.Put(DocumentSandbox.Message($"bob-{n}", Bob, n == 0 ? "bob-2026-11" : $"k{n % 7}-bob"));
        return sandbox;
    }

    private static JsonObject Changed(string id, string device, int n = 1)
    {
        JsonObject document = DocumentSandbox.Message(
            id,
            device,
            $"k{int.Parse(id.Split('-')[1], System.Globalization.CultureInfo.InvariantCulture) % 7}"
        );
        document["changed"] = n;
        return document;
    }

    private static void BeforeFirstDelete(DocumentSandbox sandbox, Action<string> change)
    {
        int seen = 0;
        sandbox.Wire.Before = request =>
        {
            if (request.Method == HttpMethod.Delete && Interlocked.Increment(ref seen) == 1)
                change(Uri.UnescapeDataString(request.RequestUri!.Segments[^1]));
            return Task.CompletedTask;
        };
    }
}
