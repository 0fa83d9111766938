using System.Text;
using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Hub;

namespace IotHubDsr.Sandbox.World;

/// <summary>
/// Events of the last days in the queue of a subscription. Another hub delivers to it too, and one event came as plain JSON. A message that
/// is no event at all is for a test to put: it would leave every device's verdict open in each rehearsal.
/// </summary>
internal sealed class EventQueueSeed(
    EventGridQueue queue,
    WorldNames names,
    HubRegistry registry,
    SandboxClock clock,
    Random random,
    DateTimeOffset baseTime
)
{
    private static readonly string[] s_types = [EventGridEvent.Telemetry, EventGridEvent.Connected, EventGridEvent.Created];

    private readonly SortedDictionary<string, DeviceRecords> _events = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _otherHub = new(StringComparer.Ordinal);

    public QueueTruth Fill()
    {
        List<Action<DateTimeOffset>> deliveries =
        [
            .. DeviceSeed.LookAlikes.Concat(DeviceSeed.Awkward).Concat(["dev1", "th-002"]).Select(Own),
            time => Deliver(Telemetry("dev1", "th-001", time), names.HubId),
            time => Deliver(Connected("dev1", time) with { Subject = EventGridEvent.SubjectOf("dev1", "tracker") }, names.HubId),
            time => Deliver(Telemetry(null, DeviceSeed.Gateway, time, DeviceSeed.Leaf), names.HubId),
            time => Deliver(Connected("dev1", time, WorldNames.NeighbourName), names.NeighbourId),
            PlainJson,
        ];
        foreach ((int index, Action<DateTimeOffset> deliver) in deliveries.Index())
        {
            DateTimeOffset time = baseTime.AddDays(-6).AddHours(index * 5).AddSeconds(random.Next(3600));
            clock.HoldAt(time.AddSeconds(3));
            deliver(time);
        }

        return new(WorldNames.UploadAccount, WorldNames.EventQueue, deliveries.Count, _events, _otherHub);
    }

    private Action<DateTimeOffset> Own(string deviceId, int index) =>
        time =>
            Deliver(
                s_types[index % s_types.Length] switch
                {
                    EventGridEvent.Telemetry => Telemetry(null, deviceId, time),
                    EventGridEvent.Connected => Connected(deviceId, time),
                    _ => Created(deviceId, time),
                },
                names.HubId
            );

    private void PlainJson(DateTimeOffset time)
    {
        CountDirect("dev10");
        queue.Put(EventGridQueue.Text(Created("dev10", time).ToEventGridSchema(names.HubId)));
    }

    private void Deliver(EventGridEvent happened, string hubId)
    {
        if (hubId == names.HubId)
            CountDirect(happened.DeviceId);
        else
            _otherHub[happened.DeviceId] = _otherHub.GetValueOrDefault(happened.DeviceId) + 1;

        // The service writes a resource ID now in one case, now in another.
        string topic = random.Next(2) == 0 ? hubId : hubId.ToUpperInvariant();
        queue.Deliver(happened.ToEventGridSchema(topic));
    }

    private void CountDirect(string deviceId) => Change(deviceId, records => records with { Direct = records.Direct + 1 });

    private void Change(string deviceId, Func<DeviceRecords, DeviceRecords> change) =>
        _events[deviceId] = change(_events.GetValueOrDefault(deviceId, new DeviceRecords(0, 0, 0)));

    private EventGridEvent Event(string type, string deviceId, DateTimeOffset time, JsonObject data) =>
        new(WorldNames.NextGuid(random), type, deviceId, time, data, EventGridEvent.SubjectOf(deviceId));

    private EventGridEvent Created(string deviceId, DateTimeOffset time) =>
        Event(
            EventGridEvent.Created,
            deviceId,
            time,
            new JsonObject
            {
                ["twin"] = registry.Device(deviceId).ToTwinJson(),
                ["hubName"] = WorldNames.HubName,
                ["deviceId"] = deviceId,
            }
        );

    private EventGridEvent Connected(string deviceId, DateTimeOffset time, string hubName = WorldNames.HubName) =>
        Event(
            EventGridEvent.Connected,
            deviceId,
            time,
            new JsonObject
            {
                ["deviceConnectionStateEventInfo"] = new JsonObject { ["sequenceNumber"] = $"{random.Next(1, int.MaxValue):X32}" },
                ["hubName"] = hubName,
                ["deviceId"] = deviceId,
            }
        );

    /// <summary>Telemetry names its device among the system properties and in the subject, and nowhere else.</summary>
    private EventGridEvent Telemetry(string? mentioned, string deviceId, DateTimeOffset time, string? leaf = null)
    {
        string body = mentioned is null
            ? $$"""{"temperature":{{random.Next(15, 30)}}}"""
            : $$"""{"note":"swapped","deviceId":"{{mentioned}}"}""";
        var data = new JsonObject
        {
            ["properties"] = leaf is null ? [] : new JsonObject { ["deviceId"] = leaf },
            ["systemProperties"] = new JsonObject
            {
                ["iothub-connection-device-id"] = deviceId,
                ["iothub-connection-auth-method"] = """{"scope":"device","type":"sas","issuer":"iothub"}""",
                ["iothub-connection-auth-generation-id"] = registry.Device(deviceId).GenerationId,
                ["iothub-enqueuedtime"] = EventGridEvent.Text(time),
                ["iothub-message-source"] = "Telemetry",
            },
            ["body"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(body)),
        };
        if (leaf is not null)
            Change(leaf, records => records with { Attributed = records.Attributed + 1 });

        return Event(EventGridEvent.Telemetry, deviceId, time, data);
    }
}
