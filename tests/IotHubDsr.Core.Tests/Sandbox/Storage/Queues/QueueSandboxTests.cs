using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Sas;
using IotHubDsr.Core.Tests.Sandbox.Cosmos;
using IotHubDsr.Sandbox;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.Identity;
using IotHubDsr.Sandbox.Storage.Queues;
using IotHubDsr.Sandbox.World;
using Microsoft.Extensions.Time.Testing;
using ReceivedMessage = Azure.Storage.Queues.Models.QueueMessage;
using StoredMessage = IotHubDsr.Sandbox.Storage.Queues.QueueMessage;

namespace IotHubDsr.Core.Tests.Sandbox.Storage.Queues;

/// <summary>What only the sandbox has: the clock of the world, roles, seeded events, and the back door.</summary>
public sealed class QueueSandboxTests
{
    private const string Messages = "Microsoft.Storage/storageAccounts/queueServices/queues/messages/";

    [Fact]
    public async Task Clock_EndsMessagesAndMakesThemVisibleAgain()
    {
        await using QueueUnderTest queue = await QueueUnderTest.StartAsync();
        await queue.Client.SendMessageAsync("hour", timeToLive: TimeSpan.FromHours(1));
        await queue.Client.SendMessageAsync("ever", timeToLive: TimeSpan.FromSeconds(-1));
        await queue.Client.SendMessageAsync("later", visibilityTimeout: TimeSpan.FromMinutes(30));
        ReceivedMessage taken = (await queue.Client.ReceiveMessagesAsync(1, TimeSpan.FromMinutes(10))).Value[0];

        Assert.Equal(["ever"], await PeekAsync(queue));
        queue.Sandbox!.Server.World.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(["ever", "hour"], await PeekAsync(queue));
        queue.Sandbox.Server.World.Clock.Advance(TimeSpan.FromMinutes(51));
        Assert.Equal(["ever", "later"], await PeekAsync(queue));
        RequestFailedException gone = await Assert.ThrowsAsync<RequestFailedException>(() =>
            queue.Client.DeleteMessageAsync(taken.MessageId, taken.PopReceipt)
        );
        Assert.Equal("MessageNotFound", gone.ErrorCode);
        queue.Sandbox.Server.World.Clock.Advance(TimeSpan.FromDays(400));
        Assert.Equal(["ever"], await PeekAsync(queue));
    }

    [Theory]
    [InlineData("read", true, false, false)]
    [InlineData("process/action", false, true, true)]
    [InlineData("delete", false, false, true)]
    public async Task Role_AllowsWhatItSays(string action, bool peek, bool receive, bool delete)
    {
        await using QueueUnderTest queue = await QueueUnderTest.StartAsync();
        await queue.Client.SendMessageAsync("one");
        ReceivedMessage taken = (await queue.Client.ReceiveMessagesAsync(1)).Value[0];
        QueueClient signedIn = SignedIn(queue);
        string scope = $"{queue.Sandbox!.Server.World.Names.StorageId(WorldNames.UploadAccount)}/queueServices/default/queues/tests";
        queue.Sandbox.Server.Access.Assignments = [new(scope, new RoleDefinition { Name = "Some", DataActions = [Messages + action] })];

        await AllowedAsync(peek, () => signedIn.PeekMessagesAsync(1));
        await AllowedAsync(receive, () => signedIn.ReceiveMessagesAsync(1));
        await AllowedAsync(delete, () => signedIn.DeleteMessageAsync(taken.MessageId, taken.PopReceipt));
        await AllowedAsync(false, () => signedIn.SendMessageAsync("two"));
        await AllowedAsync(false, () => signedIn.GetPropertiesAsync());
    }

    [Fact]
    public async Task Denied_Queue_IsForbidden_AndItsNeighbourIsNot()
    {
        await using QueueUnderTest queue = await QueueUnderTest.StartAsync();
        queue.Sandbox!.Server.Access.Denied = [$"queue:{WorldNames.UploadAccount}/tests"];
        QueueClient signedIn = SignedIn(queue);

        await AllowedAsync(false, () => signedIn.PeekMessagesAsync(1));
        await AllowedAsync(true, () => SignedIn(queue, WorldNames.EventQueue).PeekMessagesAsync(1));
    }

    [Fact]
    public async Task Signature_OfAQueue_AllowsWhatItSays_UntilKeysAreNotAllowed()
    {
        await using QueueUnderTest queue = await QueueUnderTest.StartAsync();
        Uri uri = queue.Client.GenerateSasUri(
            QueueSasPermissions.Read | QueueSasPermissions.Add,
            TimeProvider.System.GetUtcNow().AddHours(1)
        );
        var signed = new QueueClient(uri, queue.Options());

        await signed.SendMessageAsync("one");
        await AllowedAsync(true, () => signed.PeekMessagesAsync(1));
        await AllowedAsync(false, () => signed.ReceiveMessagesAsync(1));
        queue.Account.Options = queue.Account.Options with { AllowsSharedKey = false };
        RequestFailedException refusal = await Assert.ThrowsAsync<RequestFailedException>(() => signed.PeekMessagesAsync(1));
        Assert.Equal("KeyBasedAuthenticationNotPermitted", refusal.ErrorCode);
        await AllowedAsync(false, () => queue.Client.PeekMessagesAsync(1));
    }

    [Fact]
    public async Task Fault_IsInTheShapeOfTheService_AndTheLogKnowsIt()
    {
        await using QueueUnderTest queue = await QueueUnderTest.StartAsync();
        queue.Sandbox!.Server.Faults.Add(
            new FaultRule
            {
                Service = "queue",
                Method = "GET",
                Status = 503,
            }
        );

        RequestFailedException refusal = await Assert.ThrowsAsync<RequestFailedException>(() => queue.Client.PeekMessagesAsync(1));
        await queue.Client.PeekMessagesAsync(1);

        Assert.Equal((503, "ServerBusy"), (refusal.Status, refusal.ErrorCode));
        Assert.Equal(
            ["PUT 201 True", "GET 503 False", "GET 200 False"],
            queue
                .Sandbox.Server.RequestLog.After(0)
                .Where(request => request.Service == "queue")
                .Select(request => $"{request.Method} {request.Status} {request.Mutating}")
        );
    }

    [Fact]
    public void Truth_OfTheEventQueue_IsWhatAnIndependentReaderCounts()
    {
        SandboxWorld world = Build(1);
        QueueTruth truth = Assert.Single(world.Truth.Queues);
        IReadOnlyList<StoredMessage> messages = Seeded(world);
        List<JsonElement> events = [.. messages.Select(message => EventOf(message.Text)).OfType<JsonElement>()];

        Assert.Equal((truth.Messages, truth.Messages), (messages.Count, events.Count));
        Assert.InRange(messages.Count, 20, 32);
        Assert.Contains(messages, message => message.Text.StartsWith('{'));
        Assert.All(messages, message => Assert.Equal(TimeSpan.FromDays(7), message.Expires - message.Inserted));
        foreach (string device in world.Truth.Devices)
        {
            DeviceRecords expected = truth.Events.GetValueOrDefault(device, new(0, 0, 0));
            List<JsonElement> own = [.. events.Where(one => DeviceOf(one) == device)];
            Assert.Equal(expected.Direct, own.Count(one => IsOf(one, world.Names.HubId)));
            Assert.Equal(truth.OtherHub.GetValueOrDefault(device), own.Count(one => IsOf(one, world.Names.NeighbourId)));
        }

        Assert.All(DeviceSeed.LookAlikes.Concat(DeviceSeed.Awkward), id => Assert.True(truth.Events[id].Direct > 0));
        Assert.Equal(1, truth.Events[DeviceSeed.Leaf].Attributed);
        Assert.Contains(events, one => one.GetProperty("subject").GetString() == "devices/dev1/tracker");
        Assert.Equal(messages.Select(message => message.Text), Seeded(Build(1)).Select(message => message.Text));
    }

    [Fact]
    public async Task DeletionOfADevice_LeavesAnEventInTheQueue()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();
        StorageQueue queue = sandbox.Server.World.Blobs.GetOrAddAccount(WorldNames.UploadAccount).Queues.GetOrAdd(WorldNames.EventQueue);
        int before = queue.Messages.Count;

        using HttpResponseMessage deleted = await sandbox.HubAsync("DELETE", "/devices/it%27s", null, ("If-Match", "*"));

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        JsonElement last = EventOf(queue.Messages[^1].Text)!.Value;
        Assert.Equal(before + 1, queue.Messages.Count);
        Assert.Equal(
            ("Microsoft.Devices.DeviceDeleted", "devices/it's", "it's"),
            (last.GetProperty("eventType").GetString(), last.GetProperty("subject").GetString(), DeviceOf(last))
        );
    }

    [Fact]
    public async Task ResourceManager_ListsQueuesAndTellsTheCountOfOne()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();
        string service = $"{sandbox.Server.World.Names.StorageId(WorldNames.UploadAccount)}/queueServices/default";

        using HttpResponseMessage list = await sandbox.ArmAsync("GET", $"{service}/queues?api-version=2023-01-01");
        using HttpResponseMessage one = await sandbox.ArmAsync("GET", $"{service}/queues/{WorldNames.EventQueue}?api-version=2023-01-01");
        using HttpResponseMessage none = await sandbox.ArmAsync("GET", $"{service}/queues/none?api-version=2023-01-01");
        using HttpResponseMessage itself = await sandbox.ArmAsync("GET", $"{service}?api-version=2023-01-01");

        Assert.Equal(
            [WorldNames.EventQueue],
            (await SandboxSession.JsonOf(list))["value"]!.AsArray().Select(queue => (string?)queue!["name"])
        );
        Assert.Equal(
            sandbox.Server.World.Truth.Queues[0].Messages,
            (int?)(await SandboxSession.JsonOf(one))["properties"]!["approximateMessageCount"]
        );
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.OK), (none.StatusCode, itself.StatusCode));
    }

    [Fact]
    public async Task Control_PutsListsAndClearsMessages()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync(new SandboxOptions { HasData = false });
        const string Place = $"queues/{WorldNames.UploadAccount}/planted";

        using HttpResponseMessage put = await sandbox.ControlAsync(
            "POST",
            Place,
            JsonNode.Parse("""{"text":"x","copies":3,"timeToLiveSeconds":-1,"invisibleSeconds":60}""")
        );
        using HttpResponseMessage listed = await sandbox.ControlAsync("GET", Place);
        using HttpResponseMessage cleared = await sandbox.ControlAsync("DELETE", Place);
        using HttpResponseMessage empty = await sandbox.ControlAsync("GET", Place);
        using HttpResponseMessage missing = await sandbox.ControlAsync("GET", Place + "2");

        Assert.Equal((204, 204, 400), ((int)put.StatusCode, (int)cleared.StatusCode, (int)missing.StatusCode));
        Assert.Equal(["x", "x", "x"], (await SandboxSession.JsonOf(listed)).AsArray().Select(message => (string?)message!["text"]));
        Assert.Empty((await SandboxSession.JsonOf(empty)).AsArray());
    }

    private static QueueClient SignedIn(QueueUnderTest queue, string name = "tests") =>
        new QueueServiceClient(QueueUnderTest.Endpoint, new IssuedCredential(queue.Sandbox!.Server), queue.Options()).GetQueueClient(name);

    private static async Task AllowedAsync(bool isAllowed, Func<Task> call)
    {
        if (isAllowed)
            await call();
        else
            Assert.Equal(403, (await Assert.ThrowsAsync<RequestFailedException>(call)).Status);
    }

    private static async Task<IEnumerable<string>> PeekAsync(QueueUnderTest queue) =>
        (await queue.Client.PeekMessagesAsync(32)).Value.Select(message => message.MessageText).Order(StringComparer.Ordinal);

    private static SandboxWorld Build(int seed) =>
        WorldBuilder.Build(
            new SandboxOptions { Seed = seed, Time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero)) }
        );

    private static IReadOnlyList<StoredMessage> Seeded(SandboxWorld world) =>
        world.Blobs.GetOrAddAccount(WorldNames.UploadAccount).Queues.GetOrAdd(WorldNames.EventQueue).Messages;

    private static JsonElement? EventOf(string text)
    {
        try
        {
            string json = text.StartsWith('{') ? text : Encoding.UTF8.GetString(Convert.FromBase64String(text));
            return JsonDocument.Parse(json).RootElement;
        }
        catch (Exception exception) when (exception is FormatException or JsonException)
        {
            return null;
        }
    }

    private static bool IsOf(JsonElement described, string hubId) =>
        hubId.Equals(described.GetProperty("topic").GetString(), StringComparison.OrdinalIgnoreCase);

    private static string? DeviceOf(JsonElement described)
    {
        JsonElement data = described.GetProperty("data");
        return data.TryGetProperty("deviceId", out JsonElement id)
            ? id.GetString()
            : data.GetProperty("systemProperties").GetProperty("iothub-connection-device-id").GetString();
    }
}
