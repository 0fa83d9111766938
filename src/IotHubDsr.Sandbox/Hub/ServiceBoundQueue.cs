using System.Text.Json.Nodes;

namespace IotHubDsr.Sandbox.Hub;

/// <summary>
/// A queue of the hub for its back end, which all devices share: feedback about cloud-to-device messages, or notices of uploaded files. What is
/// received is locked for a while and comes again unless it is completed; what nobody receives leaves after the time to live. Callers hold
/// the registry's gate.
/// </summary>
internal sealed class ServiceBoundQueue(TimeProvider time)
{
    /// <summary>As the hub's description has them.</summary>
    public static readonly TimeSpan TimeToLive = TimeSpan.FromHours(1);

    private static readonly TimeSpan s_lock = TimeSpan.FromMinutes(1);

    private readonly List<Message> _messages = [];
    private int _locks;

    /// <summary>What waits in it, the oldest first.</summary>
    public IReadOnlyList<JsonNode> Pending
    {
        get
        {
            Forget();
            return [.. _messages.Select(static message => message.Body.DeepClone())];
        }
    }

    public void Add(string deviceId, JsonNode body) => _messages.Add(new Message(deviceId, body, time.GetUtcNow() + TimeToLive));

    /// <summary>A device that is deleted takes along what waits of it.</summary>
    public void RemoveOf(string deviceId) => _messages.RemoveAll(message => message.DeviceId == deviceId);

    /// <summary>The next message that nobody has locked; nothing when there is none.</summary>
    public HubReply Receive()
    {
        Forget();
        DateTimeOffset now = time.GetUtcNow();
        if (_messages.Find(message => !(message.LockedUntil > now)) is not { } next)
            return new HubReply(StatusCodes.Status204NoContent);
        next.LockedUntil = now + s_lock;
        next.LockToken = $"lock-{++_locks:D8}";
        return HubReply.Tagged(next.Body.DeepClone(), next.LockToken);
    }

    public HubReply Complete(string token)
    {
        _messages.Remove(Locked(token));
        return new HubReply(StatusCodes.Status204NoContent);
    }

    public HubReply Abandon(string token)
    {
        Locked(token).LockedUntil = null;
        return new HubReply(StatusCodes.Status204NoContent);
    }

    private Message Locked(string token)
    {
        Forget();
        return _messages.Find(message => message.LockToken == token && message.LockedUntil > time.GetUtcNow())
            ?? throw new HubRefusal(HubError.DeviceMessageLockLost, "The lock is lost, or there is no such message.");
    }

    private void Forget()
    {
        DateTimeOffset now = time.GetUtcNow();
        _messages.RemoveAll(message => message.Expires <= now);
    }

    private sealed class Message(string deviceId, JsonNode body, DateTimeOffset expires)
    {
        public string DeviceId { get; } = deviceId;

        public JsonNode Body { get; } = body;

        public DateTimeOffset Expires { get; } = expires;

        public string? LockToken { get; set; }

        public DateTimeOffset? LockedUntil { get; set; }
    }
}

/// <summary>The hub's queues for its back end.</summary>
internal sealed class ServiceBoundQueues(TimeProvider time)
{
    private const string FeedbackPath = "feedback";
    private const string NotificationPath = "filenotifications";

    /// <summary>Feedback about cloud-to-device messages.</summary>
    public ServiceBoundQueue Feedback { get; } = new(time);

    /// <summary>Notices of uploaded files.</summary>
    public ServiceBoundQueue Notifications { get; } = new(time);

    public HubOperation Find(string method, string[] segments) =>
        (method, segments) switch
        {
            ("GET", [_, _, var queue]) => Of(queue, static found => found.Receive()),
            ("DELETE", [_, _, var queue, var token]) => Of(queue, found => found.Complete(token)),
            ("POST", [_, _, var queue, var token, "abandon"]) => Of(queue, found => found.Abandon(token)),
            _ => throw HubRefusal.NotSimulated($"the operation {method} /{string.Join('/', segments)}"),
        };

    /// <summary>The hub discarded messages that asked to be told of.</summary>
    public void Purged(HubIdentity device, int messages)
    {
        for (int number = 0; number < messages; number++)
            AddFeedback(device, "Purged", $"{device.DeviceId}-{number}");
    }

    public void AddFeedback(HubIdentity device, string outcome, string messageId) =>
        Feedback.Add(
            device.DeviceId,
            new JsonArray(
                new JsonObject
                {
                    ["originalMessageId"] = messageId,
                    ["description"] = outcome,
                    ["statusCode"] = outcome,
                    ["deviceId"] = device.DeviceId,
                    ["deviceGenerationId"] = device.GenerationId,
                    ["enqueuedTimeUtc"] = Jobs.HubJobs.Text(time.GetUtcNow()),
                }
            )
        );

    public void AddNotification(string deviceId, string blobUri, string blobName, long bytes) =>
        Notifications.Add(
            deviceId,
            new JsonObject
            {
                ["deviceId"] = deviceId,
                ["blobUri"] = blobUri,
                ["blobName"] = blobName,
                ["lastUpdatedTime"] = Jobs.HubJobs.Text(time.GetUtcNow()),
                ["blobSizeInBytes"] = bytes,
                ["enqueuedTimeUtc"] = Jobs.HubJobs.Text(time.GetUtcNow()),
            }
        );

    public void LifecycleChanged(HubIdentity identity, string operation)
    {
        if (operation == "deleteDeviceIdentity")
            Feedback.RemoveOf(identity.DeviceId);
    }

    private HubOperation Of(string queue, Func<ServiceBoundQueue, HubReply> run)
    {
        ServiceBoundQueue found = queue.ToLowerInvariant() switch
        {
            FeedbackPath => Feedback,
            NotificationPath => Notifications,
            _ => throw HubRefusal.NotSimulated($"the queue '{queue}' for the back end"),
        };
        return new(HubRight.ServiceConnect, ThrottledOperation.Commands, _ => run(found));
    }
}
