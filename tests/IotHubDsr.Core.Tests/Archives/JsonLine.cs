using System.Text;
using System.Text.Json;

namespace IotHubDsr.Core.Tests.Archives;

/// <summary>Messages as JSON lines in any spelling that JSON allows, and the reading of lines by JsonDocument.</summary>
internal static class JsonLine
{
    /// <summary>Writes a file; the seed chooses spelling, member order, spaces, line endings and blank lines.</summary>
    public static byte[] Write(IEnumerable<Message> messages, int seed)
    {
        var random = new Random(seed);
        var text = new StringBuilder(random.Next(4) == 0 ? "\uFEFF" : "");
        string newLine = random.Next(2) == 0 ? "\n" : "\r\n";
        foreach (Message message in messages)
            text.Append(Spell(message, random)).Append(newLine).Append(random.Next(10) == 0 ? " \t" + newLine : "");

        if (random.Next(2) == 0)
            text.Length -= text.ToString().EndsWith(newLine, StringComparison.Ordinal) ? newLine.Length : 0;

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    public static Message Read(string line)
    {
        using var document = JsonDocument.Parse(line);
        var properties = new List<(string, string)>();
        var system = new List<(string, string)>();
        foreach (JsonProperty member in document.RootElement.EnumerateObject())
        {
            if (member.Name is "Properties" or "SystemProperties" && member.Value.ValueKind is JsonValueKind.Object)
            {
                (member.Name is "Properties" ? properties : system).AddRange(
                    member
                        .Value.EnumerateObject()
                        .Where(p => p.Value.ValueKind is JsonValueKind.String)
                        .Select(p => (p.Name, p.Value.GetString()!))
                );
            }
        }

        return new Message("", properties, system, null);
    }

    /// <summary>The lines of a file with their endings, and without a byte order mark.</summary>
    public static List<string> Split(byte[] file)
    {
        string text = Encoding.UTF8.GetString(file).TrimStart('\uFEFF');
        var lines = new List<string>();
        for (int start = 0, end; start < text.Length; start = end)
        {
            end = text.IndexOf('\n', start) + 1;
            end = end == 0 ? text.Length : end;
            lines.Add(text[start..end]);
        }

        return lines;
    }

    private static string Spell(Message message, Random random)
    {
        string[] members =
        [
            $"{Text("EnqueuedTimeUtc", random)}:{Text(message.Enqueued, random)}",
            $"{Text("Properties", random)}{Space(random)}:{Object(message.Properties, random)}",
            $"{Text("SystemProperties", random)}:{Space(random)}{Object(message.System, random)}",
            $"{Text("Body", random)}:{Body(message, random)}",
            "\"Extra\":[1.5e-3,[],{},{\"SystemProperties\":{\"connectionDeviceId\":\"dev1\"}},true,false,null,\"]}\"]",
        ];
        random.Shuffle(members);
        return $"{Space(random)}{{{string.Join($"{Space(random)},", members)}}}{Space(random)}";
    }

    private static string Object(IEnumerable<(string Key, string Value)> properties, Random random) =>
        "{"
        + string.Join(",", properties.Select(p => $"{Text(p.Key, random)}:{Space(random)}{Text(p.Value, random)}"))
        + Space(random)
        + "}";

    private static string Body(Message message, Random random) =>
        message.Body is null ? "null"
        : random.Next(2) == 0 && message.Body.AsSpan().StartsWith("{\"deviceId\":"u8) ? Encoding.UTF8.GetString(message.Body)
        : Text(Convert.ToBase64String(message.Body), random);

    /// <summary>A JSON string in one of its spellings.</summary>
    public static string Text(string value, Random random)
    {
        int eagerness = random.Next(3);
        var text = new StringBuilder("\"");
        foreach (char c in value)
        {
            text.Append(
                c switch
                {
                    '"' or '\\' when random.Next(2) == 0 => $"\\{c}",
                    '/' when random.Next(2) == 0 => "\\/",
                    '\n' when random.Next(2) == 0 => "\\n",
                    '"' or '\\' or < ' ' => $"\\u{(int)c:x4}",
                    _ when eagerness == 2 || (eagerness == 1 && random.Next(4) == 0) => $"\\u{(int)c:X4}",
                    // Half a pair cannot stand for itself in UTF-8.
                    _ when char.IsSurrogate(c) => $"\\u{(int)c:x4}",
                    _ => c.ToString(),
                }
            );
        }

        return text.Append('"').ToString();
    }

    public static string Space(Random random) => random.Next(4) == 0 ? " \t " : "";
}
