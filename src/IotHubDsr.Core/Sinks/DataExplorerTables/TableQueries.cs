using System.Globalization;
using IotHubDsr.Core.Azure.Logs;

namespace IotHubDsr.Core.Sinks.DataExplorerTables;

/// <summary>A part of the rows: those whose digest leaves a remainder when it is divided.</summary>
/// <param name="Parts">By what it is divided: a power of two.</param>
/// <param name="Part">The remainder.</param>
internal readonly record struct TableSlice(int Parts, int Part)
{
    /// <summary>The same rows in two parts.</summary>
    public IEnumerable<TableSlice> Halves => [new(2 * Parts, Part), new(2 * Parts, Part + Parts)];
}

/// <summary>The queries and commands about one table. Names and values are written by the one encoder.</summary>
internal sealed class TableQueries(string table, string database, DeviceColumns columns)
{
    /// <summary>Devices that one query asks for.</summary>
    public const int MostDevices = 1_000;

    /// <summary>Rows that a slice is made for: the service gives half a million at most, or 64 MB.</summary>
    public const int RowsOfSlice = 50_000;

    private const int MostArguments = 64;

    public string Name { get; } = Kql.Name(table);

    public static string ShowSchema(string table) => $".show table {Kql.Name(table)} schema as json";

    public static string ShowMappings(string table) => $".show table {Kql.Name(table)} ingestion mappings";

    public static string ShowRowSecurity(string table) => $".show table {Kql.Name(table)} policy row_level_security";

    public static string ShowViews => ".show materialized-views";

    /// <summary>The update policies of all tables: each is with the table that it fills.</summary>
    public static string ShowUpdatePolicies => ".show table * policy update";

    /// <summary>The purges of a database since a time; without one the service shows those of a day.</summary>
    public static string ShowPurges(string database, DateTimeOffset since) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $".show purges from '{since.UtcDateTime:yyyy-MM-dd HH:mm}' in database {Kql.Name(database)}"
        );

    /// <summary>Rows that name no device, or not by a text.</summary>
    public string Nameless => $"{Name} | where {string.Join(" and ", columns.Ids.Select(IsNameless))} | summarize Rows=count()";

    /// <summary>How many rows name the devices, by what they say of themselves.</summary>
    /// <param name="deviceIds">The devices.</param>
    /// <param name="byTime">Whether rows are told apart by their time, too.</param>
    public string Summary(IEnumerable<string> deviceIds, bool byTime)
    {
        List<string> keys = [.. columns.Ids.Select(static (column, index) => $"Id{index}={TextOf(column)}")];
        if (columns.Generation is { } generation)
            keys.Add($"Generation={TextOf(generation)}");
        if (columns.Hub is { } hub)
            keys.Add($"Hub={TextOf(hub)}");
        string times = "";
        if (columns.Time is { } time && byTime)
        {
            keys.Add($"First={Kql.Name(time.Name)}");
        }
        else if (columns.Time is { } span)
        {
            // The ends of a span leave out what has no time: such rows are a group of their own.
            times = $", First=min({Kql.Name(span.Name)}), Last=max({Kql.Name(span.Name)})";
            keys.Add($"Timeless=isnull({Kql.Name(span.Name)})");
        }

        return $"{Name} | where {Condition(deviceIds)} | summarize Rows=count(){times} by {string.Join(", ", keys)}";
    }

    /// <summary>Rows that name the devices, all or a part of them.</summary>
    public string Rows(IEnumerable<string> deviceIds, TableSlice slice)
    {
        string part =
            slice.Parts == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" | where {Digest(slice.Parts)} == {slice.Part}");
        return $"{Name} | where {Condition(deviceIds)}{part}";
    }

    /// <summary>The selection of a purge. There is one column by then.</summary>
    /// <param name="deviceIds">The devices.</param>
    /// <param name="hubName">The hub that rows must name as well; null where not all do.</param>
    /// <param name="generations">The generations of which they must be; none where not all tell theirs.</param>
    /// <param name="until">When the hub took in the last of those that were read; null where none tells its time.</param>
    public string Predicate(
        IEnumerable<string> deviceIds,
        string? hubName,
        IReadOnlyCollection<string> generations,
        DateTimeOffset? until
    ) =>
        $"where {Condition(deviceIds)}"
        + (columns.Time is { } time ? $" and {NotAfter(Kql.Name(time.Name), until)}" : "")
        + (hubName is null ? "" : $" and {TextOf(columns.Hub!)} =~ {Kql.Text(hubName)}")
        + (generations.Count == 0 ? "" : $" and {TextOf(columns.Generation!)} in {Kql.Texts(generations)}");

    /// <summary>The first step of a purge, which counts, or the second, which is carried out.</summary>
    public string Purge(string predicate, string? token) =>
        $".purge table {Name} records in database {Kql.Name(database)} "
        + (token is null ? "" : $"with (verificationtoken={Kql.Hidden(token)}) ")
        + $"<| {predicate}";

    private static string NotAfter(string time, DateTimeOffset? until) =>
        until is { } last ? $"(isnull({time}) or {time} <= {Kql.Time(last)})" : $"isnull({time})";

    private string Condition(IEnumerable<string> deviceIds)
    {
        string ids = Kql.HiddenTexts(deviceIds);
        string condition = string.Join(" or ", columns.Ids.Select(column => $"{IsText(column)}{TextOf(column)} in {ids}"));
        return columns.Ids.Count > 1 ? $"({condition})" : condition;
    }

    /// <summary>Which slice a row is in depends on its values alone, so that each row is in exactly one.</summary>
    private string Digest(int parts)
    {
        IEnumerable<string> values = columns
            .All.OrderByDescending(columns.Ids.Contains)
            .ThenByDescending(column => column == columns.Time)
            .Take(MostArguments)
            .Select(static column => $"tostring({Kql.Name(column.Name)})");
        return string.Create(CultureInfo.InvariantCulture, $"hash(strcat({string.Join(", ", values)}), {parts})");
    }

    private static string TextOf(TableColumn column) => column.IsDynamic ? $"tostring({Kql.Name(column.Name)})" : Kql.Name(column.Name);

    private static string IsText(TableColumn column) => column.IsDynamic ? $"gettype({Kql.Name(column.Name)}) == \"string\" and " : "";

    private static string IsNameless(TableColumn column) =>
        column.IsDynamic ? $"gettype({Kql.Name(column.Name)}) != \"string\"" : $"isempty({Kql.Name(column.Name)})";
}
