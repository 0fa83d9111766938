using IotHubDsr.Sandbox.Messaging.Amqp;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Encoding;
using Microsoft.Azure.Amqp.Framing;

namespace IotHubDsr.Sandbox.Messaging.ServiceBus;

/// <summary>A link that receives from a queue, and settles what it received.</summary>
internal sealed class BusReceiver
{
    private const string SessionFilter = "com.microsoft:session-filter";
    private const string LockedUntilProperty = "com.microsoft:locked-until-utc";
    private const string TimeoutProperty = "com.microsoft:timeout";
    private const string DeadLetterReason = "DeadLetterReason";
    private const string DeadLetterCondition = "com.microsoft:dead-letter";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly BrokerLink _broker;
    private readonly SendingAmqpLink _link;
    private readonly BusQueue _queue;
    private readonly SectionWriter _writer = new();

    private BusReceiver(BrokerLink broker, SendingAmqpLink link, BusQueue queue)
    {
        _broker = broker;
        _link = link;
        _queue = queue;
        SettlesOnSend = link.Settings.SettleType == SettleMode.SettleOnSend;
    }

    public string? SessionId { get; private set; }

    public bool SettlesOnSend { get; }

    public bool HasCredit => _link.LinkCredit > 0 && !_link.IsClosing();

    public static async Task AttachAsync(BrokerLink broker, SendingAmqpLink link, BusQueue queue)
    {
        if (queue.Options.ForwardTo is { } target)
            throw MessagingErrors.NotAllowed($"Cannot create a receiver on '{queue.Path}', which forwards its messages to '{target}'.");

        var receiver = new BusReceiver(broker, link, queue);
        await receiver.AcceptSessionAsync();
        link.RegisterDispositionListener(receiver.OnDisposition);
        link.RegisterCreditListener((_, _, _) => queue.Pump());
        link.SafeAddClosed((_, _) => queue.Detach(receiver));
        queue.Attach(receiver);
        broker.Log(receiver.SettlesOnSend ? "receive-and-delete" : "receive-locked");
    }

    /// <summary>Sends a message that is locked; false without credit.</summary>
    public bool TrySend(BusMessage message)
    {
        if (_broker.Broker.Faults.Strikes(_broker.Connection, _broker.Address, AmqpFaults.Transfer))
            return false;

        _writer.Clear();
        message.WriteHead(_writer);
        var delivery = new RawDelivery(message.LockToken);
        delivery.Fill(new ArraySegment<byte>(_writer.ToArray()), SegmentOf(message.Tail));
        return _link.TrySendDelivery(delivery);
    }

    /// <summary>Ends the link, as the session's time is over.</summary>
    public void EndSession() =>
        _link.SafeClose(
            new AmqpException(
                new Error
                {
                    Condition = MessagingErrors.SessionLockLost,
                    Description = $"The session lock has expired on the session '{SessionId}'.",
                }
            )
        );

    private static ArraySegment<byte> SegmentOf(ReadOnlyMemory<byte> memory) =>
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(memory, out ArraySegment<byte> segment)
            ? segment
            : new ArraySegment<byte>(memory.ToArray());

    /// <summary>The filter comes back with the session that was taken, and the link says until when.</summary>
    private async Task AcceptSessionAsync()
    {
        var source = (Source)_link.Settings.Source;
        object? filter = null;
        bool isForSession = source.FilterSet is { } filters && filters.TryGetValue(SessionFilter, out filter);
        if (isForSession != _queue.Options.RequiresSession)
        {
            throw MessagingErrors.NotAllowed(
                isForSession
                    ? $"The entity '{_queue.Path}' does not require sessions, so that no session receiver can be created."
                    : "It is not possible for an entity that requires sessions to create a non-sessionful message receiver."
            );
        }

        if (!isForSession)
            return;

        string? wanted = (filter is DescribedType described ? described.Value : filter) as string;
        TimeSpan patience = _broker.Property(TimeoutProperty) switch
        {
            uint milliseconds => TimeSpan.FromMilliseconds(milliseconds),
            int milliseconds and > 0 => TimeSpan.FromMilliseconds(milliseconds),
            _ => Patience,
        };
        (SessionId, DateTimeOffset until) = await _queue.AcceptSessionAsync(this, wanted, patience);
        source.FilterSet = new FilterSet { { SessionFilter, SessionId } };
        _link.Settings.Properties ??= [];
        _link.Settings.Properties[LockedUntilProperty] = until.UtcDateTime.Ticks;
    }

    private void OnDisposition(Delivery delivery)
    {
        // What was settled as it was sent comes back here too.
        if (SettlesOnSend)
            return;

        if (_broker.Broker.Faults.RefusalOf(_broker.Connection, _broker.Address, AmqpFaults.Disposition) is { } fault)
        {
            _broker.Log(OperationOf(Settlement.Complete), fault.Status);
            Answer(delivery, MessagingErrors.Rejected(fault.Condition, fault.Message));
            return;
        }

        if (delivery.State is not Outcome outcome)
        {
            MessagingRefusal refusal = MessagingErrors.NotSimulated("settling in a transaction");
            Answer(delivery, MessagingErrors.Rejected(refusal.Condition, refusal.Message));
            return;
        }

        (Settlement settlement, IReadOnlyList<KeyValuePair<string, object?>> changes) = Read(outcome);
        bool isSettled = _queue.Settle(new Guid(delivery.DeliveryTag.AsSpan()), settlement, changes);
        _broker.Log(OperationOf(settlement), isSettled ? 200 : 410);
        if (_broker.Broker.Faults.LosesAnswer(_broker.Connection, _broker.Address, AmqpFaults.Disposition))
            return;

        // A dead letter arrives as a rejection, and is accepted as one.
        DeliveryState answer =
            !isSettled
                ? MessagingErrors.Rejected(
                    SessionId is null ? MessagingErrors.MessageLockLost : MessagingErrors.SessionLockLost,
                    MessagingErrors.LockLostText
                )
            : outcome is Rejected ? AmqpConstants.AcceptedOutcome
            : outcome;
        Answer(delivery, answer);
    }

    /// <summary>Who has settled by itself, as clients of the first kind do, waits for no answer.</summary>
    private void Answer(Delivery delivery, DeliveryState answer)
    {
        if (!delivery.Settled)
            _link.DisposeDelivery(delivery, settled: true, answer);
    }

    private static (Settlement Settlement, IReadOnlyList<KeyValuePair<string, object?>> Changes) Read(Outcome outcome) =>
        outcome switch
        {
            Accepted => (Settlement.Complete, []),
            Rejected rejected => (Settlement.DeadLetter, ReasonsOf(rejected)),
            Modified modified => (
                modified.UndeliverableHere == true ? Settlement.Defer : Settlement.Abandon,
                Entries(modified.MessageAnnotations)
            ),
            _ => (Settlement.Release, []),
        };

    private static List<KeyValuePair<string, object?>> ReasonsOf(Rejected rejected)
    {
        List<KeyValuePair<string, object?>> reasons = Entries(rejected.Error?.Info);
        // A client of the protocol alone gives a condition instead of a reason.
        bool hasReason = reasons.Exists(pair => pair.Key == DeadLetterReason);
        if (!hasReason && rejected.Error is { } error && error.Condition.Value != DeadLetterCondition)
            reasons.Add(new(DeadLetterReason, error.Condition.Value));

        return reasons;
    }

    private static List<KeyValuePair<string, object?>> Entries(Fields? fields) =>
        fields is null ? [] : [.. fields.Select(pair => KeyValuePair.Create(pair.Key.ToString()!, (object?)pair.Value))];

    public static string OperationOf(Settlement settlement) =>
        settlement switch
        {
            Settlement.Complete => "complete",
            Settlement.Abandon => "abandon",
            Settlement.Defer => "defer",
            Settlement.DeadLetter => "dead-letter",
            _ => "release",
        };
}
