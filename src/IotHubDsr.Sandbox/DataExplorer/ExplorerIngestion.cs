using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Kusto;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Sandbox.DataExplorer;

/// <summary>Makes a row of a message, as the connection and the mapping of its table say.</summary>
internal static class ExplorerIngestion
{
    /// <summary>The row; null for what the format cannot read, which the service leaves out.</summary>
    public static JsonObject? RowOf(RoutedMessage message, ExplorerConnection connection, ExplorerTable table)
    {
        ExplorerMapping? mapping = table.Mappings.Find(known => known.Name == connection.Mapping);
        List<KeyValuePair<string, string>> system = SystemProperties(message, connection);
        return connection.Format.ToUpperInvariant() switch
        {
            "JSON" or "MULTIJSON" => OfJson(message, system, mapping, table),
            "CSV" => OfFields(
                [.. system.Select(pair => pair.Value), .. Encoding.UTF8.GetString(message.Body.Span).Split(',')],
                mapping,
                table
            ),
            _ => null,
        };
    }

    private static List<KeyValuePair<string, string>> SystemProperties(RoutedMessage message, ExplorerConnection connection)
    {
        var known = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["iothub-connection-device-id"] = message.DeviceId,
            ["iothub-connection-module-id"] = message.ModuleId ?? "",
            ["iothub-connection-auth-generation-id"] = message.GenerationId,
            ["iothub-connection-auth-method"] = RoutedMessage.AuthMethod,
            ["iothub-enqueuedtime"] = message.EnqueuedText,
            ["iothub-message-source"] = message.MessageSource,
            ["iothub-name"] = message.HubName,
            ["message-id"] = message.MessageId ?? "",
        };
        return [.. connection.SystemProperties.Select(name => KeyValuePair.Create(name, known.GetValueOrDefault(name, "")))];
    }

    private static JsonObject? OfJson(
        RoutedMessage message,
        List<KeyValuePair<string, string>> system,
        ExplorerMapping? mapping,
        ExplorerTable table
    )
    {
        JsonObject? document;
        try
        {
            document = JsonNode.Parse(message.Body.Span) as JsonObject;
        }
        catch (JsonException)
        {
            document = null;
        }

        if (document is null)
            return null;

        foreach ((string name, string value) in system)
            document[name] = value;

        var row = new JsonObject();
        foreach (KustoColumn column in table.Columns)
        {
            JsonNode? element = mapping?.Elements.FirstOrDefault(one => ColumnOf(one) == column.Name);
            JsonNode? value =
                mapping is null ? document[column.Name]
                : PathOf(element) is { } path ? At(document, path)
                : null;
            if (value is not null)
                row[column.Name] = value.DeepClone();
        }

        return row;
    }

    private static JsonObject OfFields(string[] fields, ExplorerMapping? mapping, ExplorerTable table)
    {
        var row = new JsonObject();
        foreach ((int index, KustoColumn column) in table.Columns.Index())
        {
            JsonNode? element = mapping?.Elements.FirstOrDefault(one => ColumnOf(one) == column.Name);
            int ordinal = mapping is null ? index : OrdinalOf(element) ?? -1;
            if (ordinal >= 0 && ordinal < fields.Length)
                row[column.Name] = fields[ordinal];
        }

        return row;
    }

    // Mappings have had two forms.
    private static string? ColumnOf(JsonNode? element) => (element?["column"] ?? element?["Column"] ?? element?["Name"])?.ToString();

    private static string? PathOf(JsonNode? element) =>
        (element?["Properties"]?["Path"] ?? element?["Properties"]?["path"] ?? element?["path"] ?? element?["Path"])?.ToString();

    private static int? OrdinalOf(JsonNode? element) =>
        int.TryParse((element?["Properties"]?["Ordinal"] ?? element?["Ordinal"])?.ToString(), CultureInfo.InvariantCulture, out int ordinal)
            ? ordinal
            : null;

    private static JsonNode? At(JsonNode? node, string path)
    {
        string rest = path.TrimStart('$');
        while (rest.Length > 0 && node is JsonObject bag)
        {
            string name;
            if (rest.StartsWith("['", StringComparison.Ordinal) && rest.IndexOf("']", StringComparison.Ordinal) is > 0 and int end)
                (name, rest) = (rest[2..end], rest[(end + 2)..]);
            else if (rest[0] == '.' && rest.AsSpan(1).IndexOfAny('.', '[') is var next)
                (name, rest) = next < 0 ? (rest[1..], "") : (rest[1..(next + 1)], rest[(next + 1)..]);
            else
                return null;
            node = bag[name];
        }

        return rest.Length == 0 ? node : null;
    }
}
