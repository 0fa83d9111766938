using System.Text.Json;
using IotHubDsr.Core.Azure.DataExplorer;
using IotHubDsr.Core.Records;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.DataExplorerTables;

/// <summary>A column of a table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type, as queries name it: <c>string</c>, <c>dynamic</c>.</param>
internal sealed record TableColumn(string Name, string Type)
{
    public bool IsDynamic => Type == "dynamic";

    /// <summary>Whether an ID comes back from it as it was. In a number leading zeros are lost, and IDs become alike.</summary>
    public bool KeepsTexts => Type is "string" or "dynamic";
}

/// <summary>
/// The columns by which rows of a table tell their device: those that its ingestion mappings fill from what the hub itself says of a
/// message. What a device says in the body of its messages is not looked at, unless the location file names the column.
/// </summary>
internal sealed record DeviceColumns
{
    private const string DeviceId = "iothub-connection-device-id";
    private const string GenerationId = "iothub-connection-auth-generation-id";
    private const string EnqueuedTime = "iothub-enqueuedtime";
    private const string SomethingElse = "";
    private const string HubName = "iothub-name";

    /// <summary>All columns of the table.</summary>
    public required IReadOnlyList<TableColumn> All { get; init; }

    /// <summary>Columns that hold the ID of the device.</summary>
    public IReadOnlyList<TableColumn> Ids { get; init; } = [];

    /// <summary>The column of the generation ID; null when there is none, or more than one.</summary>
    public TableColumn? Generation { get; init; }

    /// <summary>The column of the hub's name.</summary>
    public TableColumn? Hub { get; init; }

    /// <summary>The column of the time at which the hub took the message in.</summary>
    public TableColumn? Time { get; init; }

    /// <summary>Why no column tells the device, and what to do about it: a sentence's part; null when one does.</summary>
    public string? Missing { get; init; }

    /// <summary>Reads what the table says of itself.</summary>
    /// <param name="schema">Its columns.</param>
    /// <param name="mappings">Its ingestion mappings.</param>
    /// <param name="location">The location, with what is known of its data connections.</param>
    public static DeviceColumns Of(IReadOnlyList<TableColumn> schema, ExplorerRows mappings, DataLocation location)
    {
        if (location.Settings.GetValueOrDefault(LocationSettings.DeviceIdColumn) is { } named)
            return Named(schema, named);
        string[]? system = location.Settings.GetValueOrDefault(LocationSettings.EventSystemProperties)?.Split('\n');
        ILookup<string, TableColumn> filled = Filled(schema, mappings, system)
            .Distinct()
            .ToLookup(static one => one.Source, static one => one.Column, StringComparer.Ordinal);
        TableColumn[] ids = [.. filled[DeviceId]];
        TableColumn[] kept = [.. ids.Where(static column => column.KeepsTexts)];
        TableColumn? mixed = ids.FirstOrDefault(filled[SomethingElse].Contains);
        bool isTaken = system is null || system.Contains(DeviceId, StringComparer.Ordinal);
        return new DeviceColumns
        {
            All = schema,
            Ids = isTaken && mixed is null && kept.Length == ids.Length ? kept : [],
            Generation = Only(filled[GenerationId], column => column.KeepsTexts && IsPure(column)),
            Hub = Only(filled[HubName], column => column.Type == "string" && IsPure(column)),
            Time = Only(filled[EnqueuedTime], column => column.Type == "datetime" && IsPure(column)),
            Missing =
                ids.Length == 0
                    ? $"no ingestion mapping takes {DeviceId} into a column: its owner adds it as an event system property of the "
                        + "data connection and maps it to a column of type string, or names the column of the ID in the location file"
                : !isTaken
                    ? $"the table maps {DeviceId}, and its data connection does not pass it on: its owner adds it to the connection's "
                        + "event system properties"
                : mixed is not null
                    ? $"another mapping fills its column {mixed.Name} with something else than {DeviceId}, which can be another device's: "
                        + "its owner removes that mapping, or says in the location file that the column holds the device ID"
                : kept.Length < ids.Length
                    ? $"{DeviceId} is mapped to a column of type {ids.First(static column => !column.KeepsTexts).Type}, in which IDs are "
                        + "lost: its owner maps it to one of type string"
                : null,
        };

        // What another mapping fills with something else says nothing that can be relied upon.
        bool IsPure(TableColumn column) => !filled[SomethingElse].Contains(column);
    }

    private static DeviceColumns Named(IReadOnlyList<TableColumn> schema, string name)
    {
        TableColumn? column = schema.FirstOrDefault(known => known.Name == name);
        return new DeviceColumns
        {
            All = schema,
            Ids = column is { KeepsTexts: true } ? [column] : [],
            Missing = column switch
            {
                null => $"it has no column {name}, which the location file names",
                { KeepsTexts: false } =>
                    $"its column {name}, which the location file names, is of type {column.Type}, in which IDs are lost",
                _ => null,
            },
        };
    }

    private static TableColumn? Only(IEnumerable<TableColumn> columns, Func<TableColumn, bool> isUsable) =>
        columns.ToArray() is [var one] && isUsable(one) ? one : null;

    /// <summary>What each column is filled with, as far as that is something that the hub says.</summary>
    private static IEnumerable<(string Source, TableColumn Column)> Filled(
        IReadOnlyList<TableColumn> schema,
        ExplorerRows mappings,
        string[]? system
    )
    {
        var byName = schema.ToDictionary(static column => column.Name, StringComparer.Ordinal);
        foreach (ExplorerRow mapping in mappings.Rows)
        {
            bool isOrdinal = OrdinalKinds.Contains(mapping.Text("Kind"), StringComparer.OrdinalIgnoreCase);
            foreach (JsonElement element in Elements(mapping.Text("Mapping")))
            {
                string? name = element.Text("column") ?? element.Text("Name");
                if (name is null || !byName.TryGetValue(name, out TableColumn? column))
                    continue;
                yield return ((isOrdinal ? AtOrdinal(element, system) : AtPath(element)) ?? SomethingElse, column);
            }
        }

        if (mappings.Count > 0)
            yield break;

        // Without a mapping the columns of JSON are filled by their names; nobody knows which of CSV are.
        foreach (TableColumn column in schema)
        {
            if (SourceOf([column.Name]) is { } source)
                yield return (source, column);
        }
    }

    private static readonly string[] OrdinalKinds = ["Csv", "Tsv", "Psv", "Scsv", "Sohsv", "Tsve"];

    private static IEnumerable<JsonElement> Elements(string? mapping)
    {
        if (mapping is null)
            return [];
        try
        {
            using var document = JsonDocument.Parse(mapping);
            return [.. ((JsonElement?)document.RootElement).Items().Select(static element => element.Clone())];
        }
        catch (JsonException)
        {
            // A mapping that cannot be read fills no column that is known.
            return [];
        }
    }

    /// <summary>The system properties come first, before what the message itself has.</summary>
    private static string? AtOrdinal(JsonElement element, string[]? system)
    {
        long? ordinal = element.Prop("Properties").Number("Ordinal") ?? ((JsonElement?)element).Number("Ordinal");
        return ordinal is { } at && at >= 0 && at < system?.Length ? SourceOf([system[at]]) : null;
    }

    private static string? AtPath(JsonElement element) =>
        (element.Prop("Properties").Text("Path") ?? element.Text("path")) is { } path && Segments(path) is { } segments ? SourceOf(segments)
        : element.Prop("Properties").Text("Field") is { } field ? SourceOf([field])
        : null;

    /// <summary>
    /// What a path leads to: a system property of an event, which stands beside the body, or what a routed blob or document has as one.
    /// </summary>
    private static string? SourceOf(List<string> segments)
    {
        if (segments is not ([_] or ["SystemProperties", _]))
            return null;
        byte[] name = System.Text.Encoding.UTF8.GetBytes(segments[^1]);
        bool isRouted = segments.Count == 2;
        return RecordMatcher.SenderSourceOf(name) is SenderSource.System && (isRouted || segments[^1] == DeviceId) ? DeviceId
            : RecordMatcher.NamesGeneration(name) && (isRouted || RecordMatcher.NamesGenerationAnnotation(name)) ? GenerationId
            : RecordMatcher.NamesEnqueuedTime(name) && (isRouted || segments[^1] == EnqueuedTime) ? EnqueuedTime
            : !isRouted && segments[^1] == HubName ? HubName
            : null;
    }

    /// <summary>The members that a path names, from the outermost; null for one that is not of this form.</summary>
    private static List<string>? Segments(string path)
    {
        if (!path.StartsWith('$'))
            return null;
        List<string> segments = [];
        ReadOnlySpan<char> rest = path.AsSpan(1);
        while (rest.Length > 0)
        {
            if (rest.Length > 3 && rest[0] == '[' && rest[1] is '\'' or '"' && rest[2..].IndexOf([rest[1], ']']) is >= 0 and int end)
            {
                segments.Add(rest.Slice(2, end).ToString());
                rest = rest[(end + 4)..];
            }
            else if (rest[0] == '.')
            {
                int next = rest[1..].IndexOfAny('.', '[');
                segments.Add((next < 0 ? rest[1..] : rest.Slice(1, next)).ToString());
                rest = next < 0 ? [] : rest[(next + 1)..];
            }
            else
            {
                return null;
            }
        }

        return segments;
    }
}
