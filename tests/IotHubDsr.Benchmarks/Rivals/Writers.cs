using System.Globalization;
using System.Security.Cryptography;
using IotHubDsr.Sandbox.Hub;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Benchmarks.Rivals;

/// <summary>Those who add to what is there: the hub, devices, Azure Monitor, and another hub with the same containers.</summary>
internal static class Writers
{
    private static readonly string[] FileNames = ["photo.jpg", "logs/2026/boot.txt", "new.bin"];

    /// <summary>
    /// The hub accepts messages of several devices, as many of the subjects as are registered, and writes them soon or later.
    /// </summary>
    public static Rival Hub(Random random) => new("the hub takes messages of several devices", run =>
        {
            var messages = new List<RoutedMessage>();
            lock (run.World.Registry.Gate)
            {
                IEnumerable<string> ids = run.Subjects.Concat(run.SomeBystanders(random, 4)).Concat(run.Subjects);
                foreach (HubIdentity device in ids.Select(run.World.Registry.Find).OfType<HubIdentity>())
                    messages.Add(run.World.MessageOf(device, leaf: device.IsEdge ? DeviceSeed.Leaf : null));
                run.World.Server.World.Events.Accept(messages, random.Next(3) == 0 ? 0 : random.NextDouble());
            }
        });

    /// <summary>Devices upload files, also under names that they have used; a subject's are its present owner's.</summary>
    public static Rival Uploads(Random random) => new("devices upload files", run =>
        {
            foreach (string deviceId in run.Subjects.Concat(run.SomeBystanders(random, 2)))
            {
                if (random.Next(2) == 0)
                    Upload(run, deviceId, random);
            }
        });

    public static void Upload(RivalRun run, string deviceId, Random random)
    {
        bool isRegistered;
        lock (run.World.Registry.Gate)
            isRegistered = run.World.Registry.Find(deviceId) is not null;
        if (isRegistered)
        {
            run.World.Put(
                RivalWorld.Uploads,
                $"{deviceId}/{FileNames[random.Next(FileNames.Length)]}",
                RandomNumberGenerator.GetBytes(random.Next(200, 2000))
            );
        }
    }

    /// <summary>Azure Monitor adds rows about devices to the blob of the present hour.</summary>
    public static Rival Logs(Random random) => new("rows come into a log", run =>
        {
            string hub = run.World.Server.World.Names.HubId;
            foreach (string deviceId in run.Subjects.Concat(run.SomeBystanders(random, 3)))
                Row(run, hub, deviceId);
        });

    /// <summary>Another hub, with devices of the same IDs, writes to the containers that this one writes to.</summary>
    public static Rival SecondHub(Random random) => new("another hub writes to the same containers", run =>
        {
            const string strangeFormat = "zz/{iothub}-{partition}-{YYYY}-{MM}-{DD}-{HH}-{mm}.json";
            foreach (StorageEndpoint endpoint in run.World.Server.World.Routing.Storage)
            {
                List<RoutedMessage> messages =
                [
                    .. run.Subjects.Append("fab-7").Select(id => run.World.MessageOf(id, "638000000000000000")),
                ];
                StorageEndpoint theirs = random.Next(2) == 0 ? endpoint : endpoint with { FileNameFormat = strangeFormat };
                string name = theirs.BlobName(
                    WorldNames.NeighbourName,
                    random.Next(4),
                    run.World.Clock.GetUtcNow().AddMinutes(-random.Next(600))
                );
                var place = new Place(endpoint.Account, endpoint.Container, PlaceKind.Messages);
                run.World.Put(place, name, RoutedFile.Write(messages, endpoint.Encoding));
            }

            foreach (string deviceId in run.Subjects)
            {
                Row(run, run.World.Server.World.Names.NeighbourId, deviceId);
                if (run.World.Server.World.NeighbourSharesContainers)
                {
                    run.World.Put(
                        RivalWorld.Uploads,
                        $"{deviceId}/{run.World.NextId("theirs")}",
                        RandomNumberGenerator.GetBytes(300),
                        WorldNames.NeighbourName
                    );
                }
            }
        });

    /// <summary>A row about a device comes into the log of its connections.</summary>
    public static void Row(RivalRun run, string hubId, string deviceId)
    {
        const string category = "Connections";
        DateTimeOffset now = run.World.Clock.GetUtcNow();
        var row = new LogRecord(now, hubId.ToUpperInvariant(), category, "deviceConnect")
        {
            Properties = [new(LogRecord.DeviceId, deviceId), new("requestId", run.World.NextId("row"))],
        };
        Place place = run.World.Places.Single(known => known.Container == "insights-logs-connections");
        string name = string.Create(
            CultureInfo.InvariantCulture,
            $"resourceId={hubId.ToUpperInvariant()}/y={now:yyyy}/m={now:MM}/d={now:dd}/h={now:HH}/m=00/PT1H.json"
        );
        run.World.Append(place, name, row.ToLine() + "\n");
    }
}
