using System.Globalization;
using System.Text;
using IotHubDsr.Sandbox.Hub;

namespace IotHubDsr.Sandbox.World;

/// <summary>
/// Ten weeks of routed messages in Cosmos DB, so that a device has several partition keys, with everything in them that makes finding one
/// device's documents hard.
/// </summary>
internal sealed class CosmosSeed(CosmosTarget target, HubRegistry registry, SandboxClock clock, Random random, DateTimeOffset baseTime)
{
    private const int MessagesPerScale = 160;
    private const int Days = 70;

    private readonly IReadOnlyList<HubIdentity> _devices = [.. registry.Devices];
    private readonly List<Letter> _letters = [];
    private readonly RecordTally _tally = new();

    public DocumentTruth Fill(int scale)
    {
        foreach (string id in DeviceSeed.LookAlikes.Concat(DeviceSeed.Awkward))
        {
            for (int count = random.Next(2, 5); count > 0; count--)
                Add(Telemetry(registry.Device(id)));
        }

        for (int count = 0; count < 6; count++)
        {
            Add(FromGateway());
            Add(Mention());
        }

        for (int count = 0; count < 3; count++)
            _letters.Add(new(Telemetry(registry.Device("dev1")), SystemPropertyNames.Prefixed, "tracker"));

        while (_letters.Count < MessagesPerScale * scale)
            Add(Telemetry(_devices[random.Next(_devices.Count)]));

        // Delivered twice: the hub promises once at least.
        _letters.Add(_letters[random.Next(_letters.Count)]);
        foreach (Letter letter in _letters.OrderBy(letter => letter.Message.Enqueued))
        {
            clock.HoldAt(letter.Message.Enqueued.AddSeconds(2));
            target.Add(letter.Message, WorldNames.NextGuid(random), letter.Names, letter.ModuleId);
            _tally.CountCurrent([letter.Message]);
        }

        CosmosEndpoint endpoint = CosmosEndpoint.Telemetry;
        return new(endpoint.Name, endpoint.Account, endpoint.Database, endpoint.Container, _letters.Count, _tally.Records);
    }

    private void Add(RoutedMessage message) =>
        _letters.Add(new(message, random.Next(5) == 0 ? SystemPropertyNames.Plain : SystemPropertyNames.Prefixed, null));

    private RoutedMessage Telemetry(HubIdentity device)
    {
        string temperature = (15 + (random.NextDouble() * 15)).ToString("F2", CultureInfo.InvariantCulture);
        return Message(device, $$"""{"temperature":{{temperature}},"humidity":{{random.Next(20, 90)}}}""") with
        {
            Properties = [new("temperatureAlert", random.Next(20) == 0 ? "true" : "false")],
            IsJson = random.Next(10) < 7,
        };
    }

    private RoutedMessage FromGateway()
    {
        string property = random.Next(2) == 0 ? "deviceId" : "ConnectionDeviceId";
        return Message(registry.Device(DeviceSeed.Gateway), """{"temperature":21}""") with
        {
            Properties = [new(property, DeviceSeed.Leaf)],
            IsJson = random.Next(2) == 0,
        };
    }

    /// <summary>Another device's message whose text looks like a document of a look-alike. It is not that device's.</summary>
    private RoutedMessage Mention()
    {
        string mentioned = DeviceSeed.LookAlikes[random.Next(DeviceSeed.LookAlikes.Count)];
        string lure = $$$"""
            "SystemProperties":{"iothub-connection-device-id":"{{{mentioned}}}"},"Properties":{"deviceId":"{{{mentioned}}}"}
            """;
        return Message(registry.Device("th-001"), $$"""{"note":"swapped {{mentioned}}",{{lure}}}""") with { IsJson = random.Next(3) > 0 };
    }

    private RoutedMessage Message(HubIdentity device, string body)
    {
        DateTimeOffset time = baseTime.AddHours(-1).AddSeconds(-random.Next(Days * 24 * 3600));
        return new(time, device.DeviceId, device.GenerationId, Encoding.UTF8.GetBytes(body));
    }

    private sealed record Letter(RoutedMessage Message, SystemPropertyNames Names, string? ModuleId);
}
