using System.Globalization;
using System.Text;
using IotHubDsr.Sandbox.Storage;

namespace IotHubDsr.Sandbox.World;

/// <summary>
/// Resource logs archived by Azure Monitor: an append blob for each hour and hub, the last two of which still grow. Another hub
/// has a device of the same name and writes to the same containers.
/// </summary>
internal sealed class LogSeed(BlobStore blobs, WorldNames names, Random random, DateTimeOffset baseTime)
{
    private const string Connections = "Connections";
    private const string IdentityOperations = "DeviceIdentityOperations";
    private const string TwinQueries = "TwinQueries";
    private const int BlocksPerBlob = 3;
    private const int BulkDevices = 40;

    // Azure Monitor files a record by the time it received it, and goes on with an hour when the next has begun.
    private const int GrowingHours = 2;

    private static readonly string[] OwnDevices = [.. DeviceSeed.LookAlikes, "it's", "100%", "50%25", "x'=(y)!*", "q?z", "dev1"];
    private static readonly string[] OtherDevices = ["dev1", "Dev1", "fab-7"];

    private readonly List<LogRecord> _written = [];

    /// <summary>All records, in the order in which they were written: other places get the same.</summary>
    public IReadOnlyList<LogRecord> Written => _written;

    public IReadOnlyList<TraceTruth> Fill() =>
        [
            Fill(Connections, [0, 1, 3, 26], [0, 3, 26]),
            Fill(IdentityOperations, [0, 1, 4, 27], [4]),
            // No setting writes this category any more. What it wrote is still there.
            Fill(TwinQueries, [480, 481], [480]),
        ];

    private TraceTruth Fill(string category, int[] hoursAgo, int[] otherHubHoursAgo)
    {
        string name = $"insights-logs-{category.ToLowerInvariant()}";
        BlobContainer container = blobs.GetOrAddAccount(WorldNames.UploadAccount).GetOrAddContainer(name);
        var tally = new TraceTally();
        foreach ((int index, int hours) in hoursAgo.Index())
        {
            Write(container, category, names.HubId, hours, Rows(category, index, OwnDevices, (id, mentioned) =>
                {
                    if (mentioned)
                        tally.CountMentioned(id);
                    else
                        tally.CountNamed(id, hours < GrowingHours);
                }));
        }

        foreach ((int index, int hours) in otherHubHoursAgo.Index())
        {
            List<LogRecord> rows = Rows(category, index, OtherDevices, (id, _) => tally.CountOfOtherHub(id));
            Write(container, category, names.NeighbourId, hours, rows);
        }

        return tally.Truth(name, hoursAgo.Length + otherHubHoursAgo.Length);
    }

    private void Write(BlobContainer container, string category, string hubId, int hoursAgo, List<LogRecord> rows)
    {
        DateTimeOffset hour = baseTime.AddHours(-hoursAgo);
        string name = string.Create(
            CultureInfo.InvariantCulture,
            $"resourceId={hubId.ToUpperInvariant()}/y={hour:yyyy}/m={hour:MM}/d={hour:dd}/h={hour:HH}/m=00/PT1H.json"
        );
        // What has just been received happened before the hour began.
        DateTimeOffset first = hoursAgo == 0 ? hour.AddSeconds(-rows.Count) : hour.AddSeconds(random.Next(60, 600));
        DateTimeOffset last =
            hoursAgo == 0 ? hour
            : hoursAgo < GrowingHours ? baseTime.AddMinutes(-1)
            : hour.AddMinutes(64);
        string end = category == TwinQueries ? "\r\n" : "\n";
        foreach ((int block, LogRecord[]? part) in rows.Chunk((rows.Count + BlocksPerBlob - 1) / BlocksPerBlob).Index())
        {
            var text = new StringBuilder();
            foreach ((int index, LogRecord? row) in part.Index())
            {
                DateTimeOffset time = first.AddMilliseconds((block * 1000) + (index * 7));
                LogRecord written = row with { Time = time, ResourceId = hubId.ToUpperInvariant() };
                text.Append(written.ToLine()).Append(end);
                _written.Add(written);
            }

            container.Append(name, Encoding.UTF8.GetBytes(text.ToString()), last.AddMinutes(block - BlocksPerBlob + 1));
        }
    }

    private List<LogRecord> Rows(string category, int blob, string[] devices, Action<string, bool> count)
    {
        List<string> ids = devices.ToList();
        for (int extra = random.Next(4, 9); extra > 0; extra--)
            ids.Add(string.Create(CultureInfo.InvariantCulture, $"th-{random.Next(1, BulkDevices + 1):D3}"));

        ids.Add("dev1");
        var rows = ids.Select(id => Row(category, id) with { About = id }).ToList();
        foreach (string id in ids)
            count(id, category == TwinQueries);

        rows.Insert(random.Next(rows.Count), WithoutDevice(category));
        if (category != TwinQueries)
        {
            rows.Insert(random.Next(rows.Count), Lure(category));
            count("th-001", false);
        }

        int ways = Enum.GetValues<LogEscaping>().Length;
        return [.. rows.Select((row, index) => row with { Escaping = (LogEscaping)((index + blob) % ways) })];
    }

    private LogRecord Row(string category, string id) =>
        category switch
        {
            Connections when random.Next(4) == 0 => Record(category, "deviceDisconnect", (LogRecord.DeviceId, id)) with
            {
                Level = "Error",
                ResultType = "404104",
                ResultDescription = "DeviceConnectionClosedRemotely",
            },
            Connections => Record(category, "deviceConnect", (LogRecord.DeviceId, id), ("authType", null)),
            IdentityOperations => Record(category, "get", (LogRecord.DeviceId, id), ("statusCode", "404")) with
            {
                Level = "Error",
                ResultType = "404001",
                ResultDescription = "DeviceNotFound",
            },
            _ => Record(category, "query", ("query", $"SELECT * FROM devices WHERE deviceId = '{QueryText(id)}'")),
        };

    /// <summary>Of another device, and yet it has the text of a look-alike's record in it.</summary>
    private LogRecord Lure(string category)
    {
        string mentioned = DeviceSeed.LookAlikes[random.Next(DeviceSeed.LookAlikes.Count)];
        string text = $$"""{"deviceId":"{{mentioned}}"}""";
        string operation = category == Connections ? "deviceConnect" : "get";
        return Record(category, operation, ("errorMessage", $"Replaces {text}"), new(LogRecord.DeviceId, "th-001")) with
        {
            Level = "Warning",
            ResultType = "400027",
            ResultDescription = text,
            About = "th-001",
        };
    }

    private LogRecord WithoutDevice(string category) =>
        category == TwinQueries
            ? Record(category, "query", ("query", "SELECT * FROM devices WHERE tags.floor = '2'"))
            : Record(category, "list", (LogRecord.DeviceId, null));

    private static string QueryText(string text) => text.Replace("'", "\\'", StringComparison.Ordinal);

    private LogRecord Record(string category, string operation, params (string Name, string? Value)[] properties) =>
        new(baseTime, "", category, operation)
        {
            Properties =
            [
                .. properties.Select(property => KeyValuePair.Create(property.Name, property.Value)),
                new("protocol", random.Next(2) == 0 ? "Mqtt" : "Amqp"),
                new("maskedIpAddress", string.Create(CultureInfo.InvariantCulture, $"203.0.{random.Next(256)}.XXX")),
                new("sdkVersion", "sandbox/1.0"),
            ],
        };
}
