using System.Text;
using System.Text.Json;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Tests.Archives;

/// <summary>
/// The records of Azure Monitor and Event Grid that a message may lead to, in any spelling that JSON allows, and their reading by
/// JsonDocument: whom they name, stated as a message.
/// </summary>
internal static class ServiceRecord
{
    public static string Write(Message message, Random random)
    {
        string? sender = message.Senders.FirstOrDefault();
        string[] members = random.Next(6) switch
        {
            0 =>
            [
                Member("time", message.Enqueued),
                Member("resourceId", "/r"),
                Member("category", "Connections"),
                Member("operationName", "deviceConnect"),
                Member("properties", Fields(sender)),
            ],
            1 => [Member("TimeGenerated", message.Enqueued), Member("properties_s", Fields(sender)), Member("DeviceId", "x")],
            2 =>
            [
                Member("time", message.Enqueued),
                Member("resourceId", "/r"),
                Raw("AdditionalFields", Overflow()),
                Raw("properties", "null"),
            ],
            3 => [Member("eventTime", message.Enqueued), Subject(), Raw("data", $"{{\"twin\":{Fields(sender)},\"hubName\":\"h\"}}")],
            4 => [Subject(), Raw("data", Telemetry()), Member("deadLetterReason", "MaxDeliveryAttemptsExceeded")],
            _ => [Raw("data", sender is null ? "[]" : $"{{{Member("deviceId", sender)}}}"), Raw("Extra", "[{\"deviceId\":\"dev1\"}]")],
        };
        random.Shuffle(members);
        return $"{{{string.Join($"{JsonLine.Space(random)},", members)}{JsonLine.Space(random)}}}";

        string Raw(string name, string value) => $"{JsonLine.Text(name, random)}:{JsonLine.Space(random)}{value}";
        string Member(string name, string value) => Raw(name, JsonLine.Text(value, random));
        string Subject() => Member("subject", sender is null ? "dev1" : $"devices/{sender}{(random.Next(2) == 0 ? "" : "/modules/m")}");
        string Overflow()
        {
            string inner = $"{{{Member("properties_s", Fields(sender))},{Member("level_s", "dev1")}}}";
            return random.Next(2) == 0 ? inner : JsonLine.Text(inner, random);
        }

        string Fields(string? device) =>
            device is null
                ? "{\"nested\":{\"deviceId\":\"dev1\"},\"note\":\"\\\"deviceId\\\":\\\"dev1\\\"\"}"
                : $"{{{Raw("nested", "[{\"deviceId\":\"dev1\"},\"}\"]")},{Member("deviceId", device)},{Member("note", "\\\"dev1\\\"")}}}";
        string Telemetry()
        {
            string system = string.Join(",", message.System.Select(p => Member(p.Key, p.Value)));
            string properties = string.Join(",", message.Properties.Select(p => Member(p.Key, p.Value)));
            string body = Raw("body", "{\"deviceId\":\"dev1\"}");
            return $"{{{Raw("systemProperties", $"{{{system}}}")},{Raw("properties", $"{{{properties}}}")},{body}}}";
        }
    }

    public static byte[] WriteLines(IEnumerable<Message> messages, int seed)
    {
        var random = new Random(seed);
        return Encoding.UTF8.GetBytes(string.Concat(messages.Select(m => Write(m, random) + "\r\n")));
    }

    /// <summary>An array with space wherever it may be.</summary>
    public static byte[] WriteArray(IEnumerable<Message> messages, int seed)
    {
        var random = new Random(seed);
        IEnumerable<string> items = messages.Select(m => Space() + Write(m, random) + Space());
        string bom = random.Next(4) == 0 ? "\uFEFF" : "";
        return Encoding.UTF8.GetBytes($"{bom}{Space()}[{string.Join(",", items)}{Space()}]{Space()}");

        string Space() => random.Next(3) == 0 ? " \r\n\t" : "";
    }

    /// <summary>The items of an array as they stand.</summary>
    public static List<string> Items(byte[] array)
    {
        using var document = JsonDocument.Parse(Encoding.UTF8.GetString(array).TrimStart('\uFEFF'));
        return [.. document.RootElement.EnumerateArray().Select(item => item.GetRawText())];
    }

    public static Message Read(string record)
    {
        using var document = JsonDocument.Parse(record);
        JsonElement root = document.RootElement;
        if (root.TryGetProperty("EnqueuedTimeUtc", out _) || root.TryGetProperty("SystemProperties", out _))
            return JsonLine.Read(record);

        var senders = new Dictionary<SenderSource, List<string>>();
        var properties = new List<(string, string)>();
        foreach (JsonProperty member in root.EnumerateObject())
        {
            switch (member.Name)
            {
                case "subject" when Text(member.Value) is { } subject && subject.StartsWith("devices/", StringComparison.Ordinal):
                    Add(SenderSource.Field, subject["devices/".Length..].Split('/')[0]);
                    break;
                case "data" when member.Value.ValueKind is JsonValueKind.Object:
                    ReadData(member.Value, Add, properties);
                    break;
                case "properties" or "properties_s" or "AdditionalFields":
                    Devices(member.Value).ForEach(device => Add(SenderSource.Field, device));
                    break;
                case "deviceId" or "DeviceId" or "deviceId_s" when Text(member.Value) is { } device:
                    Add(SenderSource.Field, device);
                    break;
            }
        }

        List<string> best = senders.Count == 0 ? [] : senders[senders.Keys.Max()];
        return new Message("", properties, [.. best.Select(s => ("connectionDeviceId", s))], null);

        void Add(SenderSource source, string device)
        {
            if (device.Length > 0)
            {
                senders.TryAdd(source, []);
                senders[source].Add(device);
            }
        }
    }

    /// <summary>Whether such a record must have a sender.</summary>
    public static bool IsUnread(SubjectIndex subjects, string record)
    {
        using var document = JsonDocument.Parse(record);
        JsonElement root = document.RootElement;
        bool isLog = root.TryGetProperty("time", out _) && root.TryGetProperty("resourceId", out _);
        Message message = Read(record);
        return NaiveMatching.IsUnread(subjects, message) && !(isLog && NaiveMatching.Senders(message).Count == 0);
    }

    private static void ReadData(JsonElement data, Action<SenderSource, string> add, List<(string, string)> properties)
    {
        foreach (JsonProperty member in data.EnumerateObject())
        {
            switch (member.Name)
            {
                case "deviceId":
                    add(SenderSource.Field, member.Value.GetString()!);
                    break;
                case "twin":
                    Devices(member.Value).ForEach(device => add(SenderSource.Field, device));
                    break;
                case "systemProperties":
                    var noted = member.Value.EnumerateObject().Select(p => (p.Name, p.Value.GetString()!)).ToList();
                    NaiveMatching.Senders(new Message("", [], noted, null)).ForEach(sender => add(SenderSource.System, sender));

                    break;
                case "properties":
                    properties.AddRange(member.Value.EnumerateObject().Select(p => (p.Name, p.Value.GetString()!)));
                    break;
            }
        }
    }

    private static List<string> Devices(JsonElement fields)
    {
        if (fields.ValueKind is JsonValueKind.String)
        {
            using var inner = JsonDocument.Parse(fields.GetString()!);
            return Devices(inner.RootElement);
        }

        return fields.ValueKind is not JsonValueKind.Object
            ? []
            :
            [
                .. fields
                    .EnumerateObject()
                    .Where(f => f.Name is "deviceId" or "DeviceId" or "deviceId_s")
                    .Select(f => f.Value.GetString()!),
                .. fields.EnumerateObject().Where(f => f.Name is "properties_s").SelectMany(f => Devices(f.Value)),
            ];
    }

    private static string? Text(JsonElement value) => value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}
