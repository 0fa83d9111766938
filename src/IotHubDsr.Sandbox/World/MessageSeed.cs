using System.Globalization;
using System.Text;
using IotHubDsr.Sandbox.Hub;

namespace IotHubDsr.Sandbox.World;

/// <summary>
/// Messages of the seeded devices as IoT Hub routes them, in the order of their time: look-alikes next to each other, awkward IDs, modules,
/// gateways, messages that speak of another device, and what the hub tells itself.
/// </summary>
internal sealed class MessageSeed(HubRegistry registry, Random random)
{
    public const string Alert = "temperatureAlert";

    private readonly IReadOnlyList<HubIdentity> _devices = [.. registry.Devices];
    private int _number;

    /// <summary>Makes so many messages, evenly over a time.</summary>
    public IReadOnlyList<RoutedMessage> Make(DateTimeOffset start, TimeSpan length, int count, bool isTelemetryOnly = false)
    {
        var messages = new List<RoutedMessage>(count + 8);
        while (messages.Count < count)
        {
            DateTimeOffset time = start + (length * ((double)messages.Count / count));
            switch (random.Next(100))
            {
                case < 12:
                    messages.AddRange(DeviceSeed.LookAlikes.Select(id => Telemetry(registry.Device(id), time)));
                    break;
                case < 24:
                    messages.Add(Telemetry(registry.Device(DeviceSeed.Awkward[random.Next(DeviceSeed.Awkward.Count)]), time));
                    break;
                case < 30:
                    messages.Add(FromGateway(time));
                    break;
                case < 34:
                    messages.Add(Telemetry(registry.Device("dev1"), time) with { ModuleId = "tracker" });
                    break;
                case < 38:
                    messages.Add(Lure(time));
                    break;
                case < 40:
                    // At least once: now and then the hub writes a message twice.
                    messages.AddRange(Enumerable.Repeat(Telemetry(AnyDevice(), time), 2));
                    break;
                case < 45 when !isTelemetryOnly:
                    messages.Add(Notification(AnyDevice(), time, "twinChangeEvents", "twinChangeNotification", "updateTwin"));
                    break;
                case < 48 when !isTelemetryOnly:
                    messages.Add(
                        Notification(AnyDevice(), time, "deviceLifecycleEvents", "deviceLifecycleNotification", "createDeviceIdentity")
                    );
                    break;
                default:
                    messages.Add(Telemetry(AnyDevice(), time));
                    break;
            }
        }

        return messages;
    }

    private HubIdentity AnyDevice() => _devices[random.Next(_devices.Count)];

    private RoutedMessage Telemetry(HubIdentity device, DateTimeOffset time)
    {
        string temperature = (15 + (random.NextDouble() * 15)).ToString("F2", CultureInfo.InvariantCulture);
        return Message(device, time, $$"""{"temperature":{{temperature}},"seq":{{_number}}}""") with { IsJson = random.Next(10) < 7 };
    }

    private RoutedMessage FromGateway(DateTimeOffset time)
    {
        RoutedMessage message = Message(registry.Device(DeviceSeed.Gateway), time, $$"""{"temperature":21,"seq":{{_number}}}""");
        string property = random.Next(2) == 0 ? "deviceId" : "ConnectionDeviceId";
        return message with { Properties = [.. message.Properties, new(property, DeviceSeed.Leaf)], ModuleId = "$edgeHub" };
    }

    /// <summary>A device that claims the hub's own property for another: what the sender writes under that name says nothing.</summary>
    private RoutedMessage Lure(DateTimeOffset time)
    {
        string other = DeviceSeed.LookAlikes[random.Next(DeviceSeed.LookAlikes.Count)];
        RoutedMessage message = Message(registry.Device("th-001"), time, $$"""{"note":"swapped {{other}}","deviceId":"{{other}}"}""");
        return message with { Properties = [.. message.Properties, new("iothub-connection-device-id", other)], IsJson = true };
    }

    private static RoutedMessage Notification(HubIdentity device, DateTimeOffset time, string source, string schema, string operation)
    {
        // A twin change names its device in the properties, never in its body.
        string body =
            source == "twinChangeEvents"
                ? """{"version":4,"properties":{"reported":{"battery":50,"$version":4}}}"""
                : device.ToTwinJson().ToJsonString();
        return new RoutedMessage(time, device.DeviceId, device.GenerationId, Encoding.UTF8.GetBytes(body))
        {
            Properties =
            [
                new("deviceId", device.DeviceId),
                new("hubName", WorldNames.HubName),
                new("opType", operation),
                new("operationTimestamp", time.UtcDateTime.ToString("o", CultureInfo.InvariantCulture)),
                new("iothub-message-schema", schema),
            ],
            MessageSource = source,
            IsJson = true,
        };
    }

    private RoutedMessage Message(HubIdentity device, DateTimeOffset time, string body) =>
        new(time, device.DeviceId, device.GenerationId, Encoding.UTF8.GetBytes(body))
        {
            Properties = [new(Alert, random.Next(4) == 0 ? "true" : "false")],
            MessageId = string.Create(CultureInfo.InvariantCulture, $"m-{_number++}"),
        };
}
