using System.Runtime.InteropServices;
using IotHubDsr.Sandbox.Messaging.Amqp;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Encoding;
using Microsoft.Azure.Amqp.Framing;

namespace IotHubDsr.Sandbox.Messaging.EventHubs;

/// <summary>
/// A link that reads a partition: sends as many events as it has credit for. Deliveries are used again, and events go out as they are
/// stored, so that an event costs no allocation here.
/// </summary>
internal sealed class EventReader
{
    private const string OwnerLevelProperty = "com.microsoft:epoch";
    private const string NameProperty = "com.microsoft:receiver-name";
    private const string MetricsCapability = "com.microsoft:enable-receiver-runtime-metric";
    private const int EventsPerRead = 64;

    private readonly BrokerLink _broker;
    private readonly SendingAmqpLink _link;
    private readonly EventPartition _partition;
    private readonly TimeProvider _time;
    private readonly bool _withMetrics;
    private readonly Stack<RawDelivery> _settled = new();
    private readonly StoredEvent[] _read = new StoredEvent[EventsPerRead];
    private readonly SectionWriter _metrics = new();
    private int _deliveries;
    private int _wanted;
    private long _next;

    private EventReader(BrokerLink broker, SendingAmqpLink link, EventPartition partition, long start, TimeProvider time)
    {
        _broker = broker;
        _link = link;
        _partition = partition;
        _next = start;
        _time = time;
        OwnerLevel = broker.Property(OwnerLevelProperty) switch
        {
            long level => level,
            int level => level,
            _ => null,
        };
        Name = broker.Property(NameProperty)?.ToString() ?? link.Name;
        var metrics = (AmqpSymbol)MetricsCapability;
        _withMetrics = link.Settings.DesiredCapabilities is { } desired && desired.Contains(metrics);
        if (_withMetrics)
            link.Settings.OfferedCapabilities = new Multiple<AmqpSymbol>([metrics]);
    }

    public long? OwnerLevel { get; }

    public string Name { get; }

    public bool IsClosing => _link.IsClosing();

    public static void Attach(BrokerLink broker, SendingAmqpLink link, EventHub hub, EventPartition partition, string group)
    {
        long start = ReaderStart.Of(partition, ((Source)link.Settings.Source).FilterSet);
        var reader = new EventReader(broker, link, partition, start, hub.Clock);
        ConsumerGroup owner = hub.Group(group);
        owner.Admit(reader, partition.Id);
        link.RegisterDispositionListener(reader.OnSettled);
        link.RegisterCreditListener((_, _, _) => reader.Pump());
        partition.Add(reader);
        link.SafeAddClosed(
            (_, _) =>
            {
                partition.Remove(reader);
                owner.Leave(reader, partition.Id);
            }
        );
        broker.Log("read");
    }

    public void End(AmqpException reason) => _link.SafeClose(reason);

    /// <summary>Called when there is credit or an event. One thread sends; the others leave word that there is more to do.</summary>
    public void Pump()
    {
        if (Interlocked.Increment(ref _wanted) != 1)
            return;

        int seen;
        do
        {
            seen = Volatile.Read(ref _wanted);
            SendAll();
        } while (Interlocked.Add(ref _wanted, -seen) > 0);
    }

    private void SendAll()
    {
        while (_link.LinkCredit > 0 && !_link.IsClosing())
        {
            int count = _partition.Read(ref _next, _read.AsSpan(0, (int)Math.Min(EventsPerRead, _link.LinkCredit)));
            if (count == 0)
                return;

            for (int index = 0; index < count; index++)
            {
                if (!TrySend(_read[index]))
                    return;

                _next++;
            }
        }
    }

    private bool TrySend(in StoredEvent stored)
    {
        if (_broker.Broker.Faults.Strikes(_broker.Connection, _broker.Address, AmqpFaults.Transfer))
            return false;

        RawDelivery delivery = Take();
        if (_withMetrics)
            delivery.Fill(Metrics(), stored.Head, stored.Tail);
        else
            delivery.Fill(stored.Head, stored.Tail);

        if (_link.TrySendDelivery(delivery))
            return true;

        Return(delivery);
        return false;
    }

    /// <summary>The tag of a delivery need only be unique among those that are not settled, so each has one for ever.</summary>
    private RawDelivery Take()
    {
        lock (_settled)
        {
            if (_settled.TryPop(out RawDelivery? delivery))
                return delivery;

            byte[] tag = new byte[4];
            int number = ++_deliveries;
            MemoryMarshal.Write(tag, in number);
            return new RawDelivery(new ArraySegment<byte>(tag));
        }
    }

    private void Return(RawDelivery delivery)
    {
        lock (_settled)
            _settled.Push(delivery);
    }

    private void OnSettled(Delivery delivery)
    {
        if (delivery.Settled)
            Return((RawDelivery)delivery);
        else
            _link.DisposeDelivery(delivery, settled: true, AmqpConstants.AcceptedOutcome);
    }

    private ArraySegment<byte> Metrics()
    {
        PartitionState state = _partition.State();
        _metrics.Clear();
        _metrics.BeginMap(SectionWriter.DeliveryAnnotations);
        _metrics.Symbol("last_enqueued_sequence_number");
        _metrics.Value(state.Last);
        _metrics.Symbol("last_enqueued_offset");
        _metrics.Value(state.LastOffset);
        _metrics.Symbol("last_enqueued_time_utc");
        _metrics.Value(state.LastEnqueued);
        _metrics.Symbol("runtime_info_retrieval_time_utc");
        _metrics.Value(_time.GetUtcNow());
        _metrics.End();
        return new ArraySegment<byte>(_metrics.ToArray());
    }
}
