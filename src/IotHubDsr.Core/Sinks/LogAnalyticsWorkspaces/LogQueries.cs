using System.Globalization;
using System.Text;
using IotHubDsr.Core.Azure.Logs;

namespace IotHubDsr.Core.Sinks.LogAnalyticsWorkspaces;

/// <summary>
/// The queries. They are coarse on purpose: each finds every row that can name one of the devices, in whatever JSON within JSON it does, and
/// what a row says is judged here, by the rules that hold for archived logs.
/// </summary>
internal static class LogQueries
{
    /// <summary>Devices that one query asks for.</summary>
    public const int MostDevices = 100;

    /// <summary>Rows that one query gives: a slice with more is halved.</summary>
    public const int MostRows = 20_000;

    /// <summary>Columns of a table are 500 at most.</summary>
    private const int MostColumns = 30;

    public const string Received = "$received";

    /// <summary>Where a row tells the resource that it is about, in the order in which they are looked at.</summary>
    public static readonly string[] ResourceColumns = ["_ResourceId", "AssociatedResourceId", "ResourceId"];

    private const string Text = "['$text']";
    private const string Table = "['$table']";

    /// <summary>
    /// The start of escapes of what IDs are made of: where a text has one, the ID need not stand in it as it is. Other characters of IDs,
    /// such as quotes, are not searched for.
    /// </summary>
    private static readonly string[] s_escapes = [@"\u002d", @"\u002e", @"\u003", @"\u004", @"\u005", @"\u006", @"\u007"];

    /// <summary>The tables that have rows about a hub, or about resources that data of it goes through.</summary>
    public static string TablesOf(string hubName, params IReadOnlyCollection<string> resources) =>
        $"""
            union withsource={Table} isfuzzy=true *
            | where {string.Join(
                " or ",
                ResourceColumns
                    .Select(column => $"{Kql.Column(column)} endswith {Kql.Text($"/providers/microsoft.devices/iothubs/{hubName}")}")
                    .Concat(
                        resources.SelectMany(static resource =>
                            ResourceColumns.Select(column => $"{Kql.Column(column)} startswith {Kql.Text(resource)}")
                        )
                    )
            )}
            | summarize Rows = count() by {Table}
            """;

    /// <summary>How many rows of a table can name one of the devices, and when the first and the last was made.</summary>
    public static string Count(WorkspaceTable table, IEnumerable<string> deviceIds) =>
        $"""
            {Source(table)}
            | where {Naming(table, deviceIds)}
            | summarize Rows = count(), First = min(TimeGenerated), Last = max(TimeGenerated)
            """;

    /// <summary>The rows of a slice of time that can name one of the devices; one more than <see cref="MostRows"/> if there are more.</summary>
    /// <param name="table">The table.</param>
    /// <param name="deviceIds">The devices.</param>
    /// <param name="slice">The time.</param>
    public static string Rows(WorkspaceTable table, IEnumerable<string> deviceIds, LogSlice slice) =>
        $"""
            {Source(table)}
            | where {slice.Condition}
            | where {Naming(table, deviceIds)}
            {Output}
            """;

    /// <summary>As <see cref="Count"/>, of the rows that belong to traces.</summary>
    public static string CountTraces(string table, IEnumerable<string> traces) =>
        $"""
            {Kql.Name(table)}
            | where {Trace} in {Kql.Texts(traces)}
            | summarize Rows = count(), First = min(TimeGenerated), Last = max(TimeGenerated)
            """;

    /// <summary>As <see cref="Rows"/>, of the rows that belong to traces.</summary>
    public static string RowsOfTraces(string table, IEnumerable<string> traces, LogSlice slice) =>
        $"""
            {Kql.Name(table)}
            | where {slice.Condition}
            | where {Trace} in {Kql.Texts(traces)}
            {Output}
            """;

    /// <summary>How many rows of the whole table have each of these values in a column, by resource.</summary>
    public static string CountValues(string table, string column, string resourceColumn, IEnumerable<string> values) =>
        $"""
            {Kql.Name(table)}
            | where {Kql.Name(column)} in {Kql.HiddenTexts(values)}
            | summarize Rows = count() by Value = {Kql.Name(column)}, Resource = {Kql.Column(resourceColumn)}
            """;

    /// <summary>The resource that a row is about, and the column that tells it; empty when none does.</summary>
    public static (string Column, string Resource) ResourceOf(LogRow row)
    {
        if (row.Text("$resource") is { } told)
            return (ResourceColumns[0], told);
        string column = ResourceColumns.FirstOrDefault(name => row.Text(name) is not null) ?? ResourceColumns[0];
        return (column, row.Text(column) ?? string.Empty);
    }

    private static string Output =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            | extend {Kql.Name(Received)} = column_ifexists("_TimeReceived", TimeGenerated), {ResourceOutput}
            | take {MostRows + 1}
            """
        );

    /// <summary>The service shows some columns only to those who name them.</summary>
    private static string ResourceOutput => $"['$resource'] = {Kql.Column("_ResourceId")}";

    /// <summary>The trace of a row of distributed tracing: a column of its own, or part of the correlation ID.</summary>
    private static string Trace =>
        $"iff({Kql.Column("TraceId")} == \"\", substring({Kql.Column("CorrelationId")}, 3, 32), {Kql.Column("TraceId")})";

    /// <summary>A table with all that its rows say in one text.</summary>
    private static string Source(WorkspaceTable table) => $"{Kql.Name(table.Name)}\n| extend {Text} = {TextOf(table)}";

    private static string TextOf(WorkspaceTable table) =>
        LogTables.IsOfHub(table.Name) ? Joined(LogTables.TextColumns.Union(table.Columns.Where(LogTables.CanName), StringComparer.Ordinal))
        : table.Columns.Count > 0 ? Joined(table.Columns)
        : "tostring(pack_all())";

    /// <summary>Columns as one text; a function takes no more than 64 arguments.</summary>
    private static string Joined(IEnumerable<string> columns)
    {
        string[] groups =
        [
            .. columns.Chunk(MostColumns).Select(static group => $"strcat({string.Join(", \" \", ", group.Select(Kql.Column))})"),
        ];
        return groups.Length == 1 ? groups[0] : $"strcat({string.Join(", \" \", ", groups)})";
    }

    /// <summary>Provisioning services, whose rows lie among others', write IDs in whatever case a device gives.</summary>
    private static string Naming(WorkspaceTable table, IEnumerable<string> deviceIds) =>
        string.Join(
            "\n    or ",
            [
                .. deviceIds.Select(id => Naming(id, IsOfAnyCase(table) ? "contains" : "contains_cs")),
                .. s_escapes.Select(static escape => $"{Text} contains {Kql.Text(escape)}"),
            ]
        );

    /// <summary>
    /// A device by the parts of its ID that stand as they are wherever they are not escaped altogether, in URIs as well. Where it has none,
    /// each character counts, as it is or escaped.
    /// </summary>
    private static string Naming(string deviceId, string contains)
    {
        List<string> parts = PartsOf(deviceId);
        if (parts.Count > 0)
            return $"({string.Join(" and ", parts.Select(part => $"{Text} {contains} {Kql.Hidden(part)}"))})";
        IEnumerable<string> signs = deviceId
            .Distinct()
            .Select(static sign =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"({Text} contains_cs {Kql.Hidden(sign.ToString())} or {Text} contains {Kql.Text($@"\u{(int)sign:x4}")} or {Text} contains {Kql.Text($"%{(int)sign:x2}")})"
                )
            );
        return $"({string.Join(" and ", signs)})";
    }

    private static bool IsOfAnyCase(WorkspaceTable table) => table.Name.Equals(LogTables.Diagnostics, StringComparison.OrdinalIgnoreCase);

    private static List<string> PartsOf(string deviceId)
    {
        List<string> parts = [];
        var part = new StringBuilder();
        foreach (char one in deviceId)
        {
            if (char.IsAsciiLetterOrDigit(one) || one is '-' or '.' or '_')
            {
                part.Append(one);
                continue;
            }

            Close();
        }

        Close();
        return parts;

        void Close()
        {
            if (part.Length > 0)
                parts.Add(part.ToString());
            part.Clear();
        }
    }
}
