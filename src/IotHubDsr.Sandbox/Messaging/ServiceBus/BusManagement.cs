using System.Collections;
using IotHubDsr.Sandbox.Messaging.Amqp;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Encoding;

namespace IotHubDsr.Sandbox.Messaging.ServiceBus;

/// <summary>The node $management of a queue, subscription or topic: what is asked by a request instead of a link.</summary>
internal sealed class BusManagement(ServiceBusNamespace owner, string entity, BusQueue? queue, IBusTarget? target)
{
    private const string Prefix = "com.microsoft:";

    public AmqpMessage Answer(ManagementRequest request)
    {
        string name = request.Operation.StartsWith(Prefix, StringComparison.Ordinal)
            ? request.Operation[Prefix.Length..]
            : request.Operation;
        if (name is "schedule-message" or "cancel-scheduled-message")
        {
            request.Connection.Claims.Require(owner, entity, MessagingRight.Send);
            IBusTarget sender = target ?? throw MessagingErrors.NotAllowed($"'{entity}' cannot be sent to.");
            return name == "schedule-message" ? Schedule(request, sender) : CancelScheduled(request, sender);
        }

        request.Connection.Claims.Require(owner, entity, MessagingRight.Listen);
        BusQueue receiver = queue ?? throw MessagingErrors.NotAllowed($"'{entity}' is a topic, which cannot be received from.");
        return name switch
        {
            "peek-message" => Peek(request, receiver),
            "receive-by-sequence-number" => ReceiveDeferred(request, receiver),
            "renew-lock" => RenewLocks(request, receiver),
            "update-disposition" => UpdateDisposition(request, receiver),
            "renew-session-lock" => RenewSession(request, receiver),
            "get-session-state" => GetSessionState(request, receiver),
            "set-session-state" => SetSessionState(request, receiver),
            "get-message-sessions" => GetSessions(request, receiver),
            _ => throw MessagingErrors.NotSimulated($"the operation '{request.Operation}'"),
        };
    }

    private static AmqpMessage Peek(ManagementRequest request, BusQueue queue)
    {
        var writer = new SectionWriter();
        IReadOnlyList<ArraySegment<byte>> page = queue.Peek(
            request.Field<long>("from-sequence-number"),
            Math.Max(1, request.Field<int>("message-count")),
            request.Field<string>("session-id"),
            message => Whole(writer, message),
            bytes => bytes.Count
        );
        return page.Count == 0
            ? AmqpReply.Of(204, "NoContent", null, MessagingErrors.MessageNotFound)
            : AmqpReply.Of(200, body: AmqpReply.Map(("messages", Maps(page.Select(bytes => AmqpReply.Map(("message", bytes)))))));
    }

    private static AmqpMessage ReceiveDeferred(ManagementRequest request, BusQueue queue)
    {
        long[] sequences = request.Field<long[]>("sequence-numbers") ?? [];
        RequireOnePartition(sequences);
        bool isSettled = request.Field<uint>("receiver-settle-mode") == 0;
        var writer = new SectionWriter();
        IReadOnlyList<AmqpMap> found = queue.ReceiveDeferred(sequences, isSettled, message =>
            AmqpReply.Map(("message", Whole(writer, message)), ("lock-token", message.LockToken))
        ) ?? throw NotThere("Failed to lock one or more specified messages. The message does not exist.");
        return AmqpReply.Of(200, body: AmqpReply.Map(("messages", Maps(found))));
    }

    private static AmqpMessage RenewLocks(ManagementRequest request, BusQueue queue)
    {
        Guid[] tokens = request.Field<Guid[]>("lock-tokens") ?? [];
        DateTimeOffset until = queue.Renew(tokens) ?? throw LockLost(request);
        return AmqpReply.Of(200, body: AmqpReply.Map(("expirations", Array.ConvertAll(tokens, _ => until.UtcDateTime))));
    }

    private static AmqpMessage UpdateDisposition(ManagementRequest request, BusQueue queue)
    {
        Settlement settlement = request.Field<string>("disposition-status") switch
        {
            "completed" => Settlement.Complete,
            "abandoned" => Settlement.Abandon,
            // The service spells it so.
            "defered" => Settlement.Defer,
            "suspended" => Settlement.DeadLetter,
            var other => throw new MessagingRefusal(400, MessagingErrors.ArgumentError, $"'{other}' is not a disposition."),
        };
        List<KeyValuePair<string, object?>> changes = [];
        if (request.Field<AmqpMap>("properties-to-modify") is { } changed)
            changes.AddRange(changed.Select(pair => KeyValuePair.Create(pair.Key.ToString()!, (object?)pair.Value)));

        if (request.Field<string>("deadletter-reason") is { } reason)
            changes.Add(new("DeadLetterReason", reason));

        if (request.Field<string>("deadletter-description") is { } description)
            changes.Add(new("DeadLetterErrorDescription", description));

        foreach (Guid token in request.Field<Guid[]>("lock-tokens") ?? [])
        {
            if (!queue.Settle(token, settlement, changes))
                throw LockLost(request);
        }

        return AmqpReply.Of(200);
    }

    private static AmqpMessage Schedule(ManagementRequest request, IBusTarget target)
    {
        var sequences = new List<long>();
        foreach (AmqpMap entry in request.Field<IEnumerable>("messages") ?? Array.Empty<AmqpMap>())
        {
            byte[] bytes = EncodedMessage.Bytes(entry[new MapKey("message")]);
            sequences.Add(target.Take(new BusMessage(EncodedMessage.Read(bytes))));
        }

        return AmqpReply.Of(200, body: AmqpReply.Map(("sequence-numbers", sequences.ToArray())));
    }

    private static AmqpMessage CancelScheduled(ManagementRequest request, IBusTarget target)
    {
        long[] sequences = request.Field<long[]>("sequence-numbers") ?? [];
        RequireOnePartition(sequences);
        return target.Cancel(sequences)
            ? AmqpReply.Of(200)
            : throw NotThere("The specified message was not found: it is not scheduled, or has been enqueued or cancelled already.");
    }

    private static void RequireOnePartition(IEnumerable<long> sequences)
    {
        if (sequences.Select(MessageLog.PartitionNumber).Distinct().Count() > 1)
        {
            throw new MessagingRefusal(
                400,
                MessagingErrors.ArgumentError,
                "The sequence numbers of a request have to be of one partition of the entity."
            );
        }
    }

    private static AmqpMessage RenewSession(ManagementRequest request, BusQueue queue)
    {
        DateTimeOffset until = queue.RenewSession(request.Field<string>("session-id") ?? "") ?? throw SessionLost(request);
        return AmqpReply.Of(200, body: AmqpReply.Map(("expiration", until.UtcDateTime)));
    }

    private static AmqpMessage GetSessionState(ManagementRequest request, BusQueue queue)
    {
        RequireSession(request, queue);
        byte[]? state = queue.SessionState(request.Field<string>("session-id") ?? "");
        return AmqpReply.Of(200, body: AmqpReply.Map(("session-state", state is null ? null : (object)new ArraySegment<byte>(state))));
    }

    private static AmqpMessage SetSessionState(ManagementRequest request, BusQueue queue)
    {
        RequireSession(request, queue);
        object? state = request.Body[new MapKey("session-state")];
        queue.SetSessionState(request.Field<string>("session-id") ?? "", state is null ? null : EncodedMessage.Bytes(state));
        return AmqpReply.Of(200);
    }

    private static AmqpMessage GetSessions(ManagementRequest request, BusQueue queue)
    {
        // The latest time there is asks for sessions with messages, any other for those whose state was set since.
        DateTime since = request.Field<DateTime>("last-updated-time");
        IReadOnlyList<string> ids = queue.SessionIds(
            since.Year >= DateTime.MaxValue.Year ? null : DateTime.SpecifyKind(since, DateTimeKind.Utc)
        );
        int skip = request.Field<int>("skip");
        string[] page = [.. ids.Skip(skip).Take(request.Field<int>("top"))];
        return page.Length == 0
            ? AmqpReply.Of(204, "NoContent")
            : AmqpReply.Of(200, body: AmqpReply.Map(("skip", skip + page.Length), ("sessions-ids", page)));
    }

    private static void RequireSession(ManagementRequest request, BusQueue queue)
    {
        if (!queue.IsSessionHeld(request.Field<string>("session-id") ?? ""))
            throw SessionLost(request);
    }

    private static MessagingRefusal NotThere(string text) => new(404, MessagingErrors.MessageNotFound, text);

    private static MessagingRefusal LockLost(ManagementRequest request) =>
        request.Field<string>("session-id") is null
            ? new(410, MessagingErrors.MessageLockLost, MessagingErrors.LockLostText)
            : SessionLost(request);

    private static MessagingRefusal SessionLost(ManagementRequest request) =>
        new(410, MessagingErrors.SessionLockLost, $"The session lock has expired on the session '{request.Field<string>("session-id")}'.");

    private static List<AmqpMap> Maps(IEnumerable<AmqpMap> maps) => [.. maps];

    private static ArraySegment<byte> Whole(SectionWriter writer, BusMessage message)
    {
        writer.Clear();
        message.WriteHead(writer);
        writer.Append(message.Tail.Span);
        return new ArraySegment<byte>(writer.ToArray());
    }
}
