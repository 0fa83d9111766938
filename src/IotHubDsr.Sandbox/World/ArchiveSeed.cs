using System.Globalization;
using System.Text;
using IotHubDsr.Sandbox.Hub;
using IotHubDsr.Sandbox.Storage;

namespace IotHubDsr.Sandbox.World;

/// <summary>
/// Two days of routed messages in a storage endpoint, older than an hour, with everything in them that makes finding one
/// device's records hard.
/// </summary>
internal sealed class ArchiveSeed(BlobStore blobs, HubRegistry registry, Random random, DateTimeOffset baseTime, int scale)
{
    private const int BlobsPerEndpoint = 24;
    private const int EmptyBlob = 7;
    private const int HeaderOnlyBlob = 13;
    private const int OverwrittenBlob = 3;
    private const int DeletedBeforeVersioning = 5;
    private const int DeletedWithVersioning = 11;

    private readonly IReadOnlyList<HubIdentity> _devices = [.. registry.Devices];

    public ContainerTruth Fill(StorageEndpoint endpoint)
    {
        BlobAccount account = blobs.GetOrAddAccount(endpoint.Account);
        BlobContainer container = account.GetOrAddContainer(endpoint.Container);
        bool keepsCopies = account.Options.KeepsVersions;
        var tally = new RecordTally();
        int live = 0;
        for (int index = 0; index < BlobsPerEndpoint; index++)
        {
            DateTimeOffset start = baseTime.AddHours(-2 - (index * 2)).AddMinutes(random.Next(50));
            string name = endpoint.BlobName(WorldNames.HubName, random.Next(RoutingConfiguration.PartitionCount), start);
            List<RoutedMessage> messages = index is EmptyBlob or HeaderOnlyBlob ? [] : Messages(endpoint, start);
            if (keepsCopies && index == OverwrittenBlob)
            {
                Put(container, endpoint, name, messages, index, start);
                tally.CountRetained(messages);
                messages = [.. messages.Where(message => message.DeviceId != "dev1")];
            }

            // Only while an account keeps no versions is a deleted blob itself marked as deleted.
            account.Options = account.Options with { VersioningEnabled = keepsCopies && index != DeletedBeforeVersioning };
            Put(container, endpoint, name, messages, index, start.AddMinutes(1));
            if (keepsCopies && index is (DeletedBeforeVersioning or DeletedWithVersioning))
            {
                container.Delete(name);
                tally.CountRetained(messages);
                continue;
            }

            live++;
            tally.CountCurrent(messages);
        }

        account.Options = account.Options with { VersioningEnabled = keepsCopies };
        return new ContainerTruth(endpoint.Name, endpoint.Account, endpoint.Container, endpoint.Encoding.ToString(), live, tally.Records);
    }

    private static void Put(
        BlobContainer container,
        StorageEndpoint endpoint,
        string name,
        IReadOnlyList<RoutedMessage> messages,
        int index,
        DateTimeOffset start
    )
    {
        // When there is nothing to write, the hub writes an empty blob; an Avro file without blocks has been seen as well.
        ReadOnlyMemory<byte> content = index == EmptyBlob ? ReadOnlyMemory<byte>.Empty : RoutedFile.Write(messages, endpoint.Encoding);
        container.Put(
            name,
            content,
            new BlobSeed
            {
                ContentType = endpoint.Encoding == RoutedEncoding.Json && index % 2 == 0 ? "application/json" : "application/octet-stream",
                Metadata =
                    index % 3 == 0
                        ? new Dictionary<string, string> { ["source"] = "iothub", ["batch"] = index.ToString(CultureInfo.InvariantCulture) }
                        : new Dictionary<string, string>(),
                Tags = index % 4 == 0 ? new Dictionary<string, string> { ["class"] = "telemetry" } : new Dictionary<string, string>(),
                LastModified = start + endpoint.BatchFrequency,
            }
        );
    }

    private List<RoutedMessage> Messages(StorageEndpoint endpoint, DateTimeOffset start)
    {
        int count = random.Next(60, 201) * scale;
        var messages = new List<RoutedMessage>(count + DeviceSeed.LookAlikes.Count);
        // Look-alikes are next to each other in every blob; of the rest chance decides.
        AddLookAlikes(messages, start);
        while (messages.Count < count)
        {
            DateTimeOffset time = start.AddMilliseconds(messages.Count * 97);
            switch (random.Next(100))
            {
                case < 3:
                    AddLookAlikes(messages, time);
                    break;
                case < 9:
                    messages.Add(FromGateway(time, messages.Count));
                    break;
                case < 13:
                    messages.Add(Mention(time, messages.Count));
                    break;
                case < 15:
                    messages.Add(TwinChange(time));
                    break;
                default:
                    messages.Add(Telemetry(AnyDevice(), time, messages.Count, endpoint));
                    break;
            }
        }

        return messages;
    }

    private HubIdentity AnyDevice() => _devices[random.Next(_devices.Count)];

    private void AddLookAlikes(List<RoutedMessage> messages, DateTimeOffset time)
    {
        foreach (string id in DeviceSeed.LookAlikes)
            messages.Add(Telemetry(registry.Device(id), time, messages.Count, null));
    }

    private RoutedMessage Telemetry(HubIdentity device, DateTimeOffset time, int index, StorageEndpoint? endpoint)
    {
        var properties = new List<KeyValuePair<string, string>> { new("temperatureAlert", random.Next(20) == 0 ? "true" : "false") };
        if (endpoint?.Name == "raw-json")
            properties.Add(new("owner", device.Twin.Tags["owner"]!.ToString()));

        string temperature = (15 + (random.NextDouble() * 15)).ToString("F2", CultureInfo.InvariantCulture);
        string body = $$"""{"temperature":{{temperature}},"humidity":{{random.Next(20, 90)}},"seq":{{index}}}""";
        return Message(device, time, body, index) with { Properties = properties, IsJson = random.Next(10) < 7 };
    }

    private RoutedMessage FromGateway(DateTimeOffset time, int index)
    {
        string property = random.Next(2) == 0 ? "deviceId" : "ConnectionDeviceId";
        return Message(registry.Device(DeviceSeed.Gateway), time, $$"""{"temperature":21,"seq":{{index}}}""", index) with
        {
            Properties = [new(property, DeviceSeed.Leaf)],
            IsJson = random.Next(2) == 0,
        };
    }

    /// <summary>Another device's message whose text looks like a record of a look-alike. It is not that device's record.</summary>
    private RoutedMessage Mention(DateTimeOffset time, int index)
    {
        string mentioned = DeviceSeed.LookAlikes[random.Next(DeviceSeed.LookAlikes.Count)];
        string lure = $$$"""
            "SystemProperties":{"connectionDeviceId":"{{{mentioned}}}"},"Properties":{"deviceId":"{{{mentioned}}}"}
            """;
        string body = $$"""{"note":"swapped {{mentioned}}",{{lure}}}""";
        return Message(registry.Device("th-001"), time, body, index) with { IsJson = random.Next(3) > 0 };
    }

    private RoutedMessage TwinChange(DateTimeOffset time)
    {
        HubIdentity device = AnyDevice();
        return Message(device, time, """{"version":4,"properties":{"reported":{"battery":50,"$version":4}}}""", 0) with
        {
            Properties =
            [
                new("deviceId", device.DeviceId),
                new("hubName", WorldNames.HubName),
                new("opType", "updateTwin"),
                new("iothub-message-schema", "twinChangeNotification"),
            ],
            MessageSource = "twinChangeEvents",
            IsJson = true,
        };
    }

    private static RoutedMessage Message(HubIdentity device, DateTimeOffset time, string body, int index) =>
        new(time, device.DeviceId, device.GenerationId, Encoding.UTF8.GetBytes(body)) { IsEscaped = index % 2 == 1 };
}
