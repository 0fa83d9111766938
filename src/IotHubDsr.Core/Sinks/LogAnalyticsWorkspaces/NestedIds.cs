using System.Text;
using System.Text.Json;
using IotHubDsr.Core.Archives.Json;
using IotHubDsr.Core.Azure.Logs;

namespace IotHubDsr.Core.Sinks.LogAnalyticsWorkspaces;

/// <summary>
/// The device IDs in properties that are JSON within JSON: a text that is JSON as a whole, or members that are. Documented rows have such
/// forms, in which no member of the outermost object names the device.
/// </summary>
internal static class NestedIds
{
    private const int Deepest = 16;

    /// <summary>The IDs that stand where a device is named, at any depth.</summary>
    public static IEnumerable<string> Of(LogRow row)
    {
        foreach (string column in LogTables.TextColumns)
        {
            foreach (string id in row.Text(column) is { } text ? In(text) : [])
                yield return id;
        }
    }

    /// <summary>As <see cref="Of"/>, of one text.</summary>
    public static IReadOnlyList<string> In(string text) => In(text, depth: 0);

    private static List<string> In(string text, int depth)
    {
        List<string> ids = [];
        if (depth > Deepest || text.AsSpan().TrimStart() is not ['{' or '"' or '[', ..])
            return ids;
        try
        {
            // IDs have no such characters, and half of one would keep the rest from being read.
            using var document = JsonDocument.Parse(LogRow.WithoutHalves(text), new JsonDocumentOptions { MaxDepth = 64 });
            Add(document.RootElement, ids, depth);
        }
        catch (JsonException)
        {
            // What judges the row looks at the text as well.
        }

        return ids;
    }

    private static void Add(JsonElement value, List<string> ids, int depth)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                ids.AddRange(In(value.GetString()!, depth + 1));
                break;
            case JsonValueKind.Array:
                foreach (JsonElement item in value.EnumerateArray())
                    Add(item, ids, depth);
                break;
            case JsonValueKind.Object:
                foreach (JsonProperty member in value.EnumerateObject())
                {
                    bool isId = JsonFields.Of(Encoding.UTF8.GetBytes(member.Name)) is JsonField.LogDevice;
                    if (isId && member.Value.ValueKind is JsonValueKind.String)
                        ids.Add(member.Value.GetString()!);
                    else
                        Add(member.Value, ids, depth);
                }

                break;
        }
    }
}
