using System.Text.Json.Nodes;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Sandbox.Hosting;

namespace IotHubDsr.Core.Tests.Sinks.CosmosContainers;

/// <summary>Documents that are not, any more, what was found.</summary>
public sealed class ChangedDocumentTests
{
    private const string Alice = DocumentSandbox.Alice;
    private const string Bob = DocumentSandbox.Bob;

    [Fact]
    public async Task ChangedBetweenReadingAndDeleting_IsReadAgain_AndDeletedWhileItIsTheDevices()
    {
        await using DocumentSandbox sandbox = await DocumentSandbox.StartFilledAsync(own: 3, others: 1);
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
        await using DocumentSandbox sandbox = await DocumentSandbox.StartFilledAsync(own: 3, others: 1);
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
        await using DocumentSandbox sandbox = await DocumentSandbox.StartFilledAsync(own: 1, others: 0);
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
        await using DocumentSandbox sandbox = await DocumentSandbox.StartFilledAsync(own: 1, others: 0);
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
        await using DocumentSandbox sandbox = await DocumentSandbox.StartFilledAsync(own: 2, others: 0);
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
        await using DocumentSandbox sandbox = await DocumentSandbox.StartFilledAsync(own: 3, others: 0);
        DeviceDataFinding found = await sandbox.FindOneAsync();
        sandbox.Remove("alice-1");

        ErasureOutcome outcome = Assert.Single(await sandbox.EraseAsync([found]));

        Assert.Equal((2L, null), (outcome.RecordsErased, outcome.Fault));
        Assert.Empty(sandbox.Ids);
    }

    [Fact]
    public async Task LostAnswerOfADeletion_Counts()
    {
        await using DocumentSandbox sandbox = await DocumentSandbox.StartFilledAsync(own: 3, others: 1);
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
        await using DocumentSandbox sandbox = await DocumentSandbox.StartFilledAsync(own: 2, others: 1);
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
        await using DocumentSandbox sandbox = await DocumentSandbox.StartFilledAsync(own: 1, others: 1);
        DeviceDataFinding found = await sandbox.FindOneAsync();

        await sandbox.EraseAsync([found with { Items = [found.Items[0] with { Path = path }] }]);

        Assert.Equal(["alice-0", "bob-0"], sandbox.Ids);
        Assert.Empty(sandbox.Sent("DELETE"));
    }

    [Fact]
    public async Task HeldForADeviceInIt_IsLeft()
    {
        await using DocumentSandbox sandbox = await DocumentSandbox.StartFilledAsync(own: 2, others: 0);
        DeviceDataFinding found = await sandbox.FindOneAsync();
        sandbox.Held = new[] { (found.Items[0].Path, Alice) }.ToLookup(one => one.Path, one => one.Alice);

        ErasureOutcome outcome = Assert.Single(await sandbox.EraseAsync([found]));

        Assert.Equal(1, outcome.RecordsErased);
        Assert.Equal(["alice-0"], sandbox.Ids);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task HeldForADeviceThatIsNotErasedFrom_IsLeft(bool isItem, bool isRelayed)
    {
        await using DocumentSandbox sandbox = await DocumentSandbox.StartAsync();
        JsonObject shared = DocumentSandbox.Message("shared", isRelayed ? Alice : Bob);
        if (isRelayed)
            shared["Properties"] = new JsonObject { ["deviceId"] = Bob };
        else
            shared["Body"] = new JsonObject { ["about"] = Alice };
        sandbox.Put(shared);
        sandbox.Put(DocumentSandbox.Message("own", Alice));
        sandbox.Erasure = new ErasureOptions
        {
            IncludeRelayed = isRelayed,
            Scope = new RecordScope { IncludeMentioned = !isRelayed },
        };
        DeviceDataFinding found = await sandbox.FindOneAsync();
        string path = found.Items.Single(item => item.Path.EndsWith("/shared", StringComparison.Ordinal)).Path;
        if (isItem)
            sandbox.Held = new[] { Bob }.ToLookup(_ => path);
        else
            sandbox.HeldDevices = [Bob];

        ErasureOutcome outcome = Assert.Single(await sandbox.EraseAsync([found]));

        Assert.Equal((1L, null), (outcome.RecordsErased, outcome.Fault));
        Assert.Equal(["shared"], sandbox.Ids);
        Assert.Contains(sandbox.Notes, note => note.Contains("it is held for one of the devices in it", StringComparison.Ordinal));
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
