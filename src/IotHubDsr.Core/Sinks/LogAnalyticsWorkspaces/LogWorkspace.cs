using System.Globalization;
using System.Text.Json;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Logs;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.LogAnalyticsWorkspaces;

/// <summary>What Azure Resource Manager says of a table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsQueried">Whether queries of the workspace reach it.</param>
/// <param name="IsResult">Whether it is the result of a search job, or was restored: rows of other tables, which no purge reaches.</param>
/// <param name="IsCustom">Whether an application of the owner writes to it.</param>
/// <param name="Retention">How long it keeps a row altogether; null when that is not told.</param>
/// <param name="Definition">The query that made it; null where none did.</param>
internal sealed record WorkspaceTable(string Name, bool IsQueried, bool IsResult, bool IsCustom, TimeSpan? Retention, string? Definition)
{
    /// <summary>Its columns; none when they are not known.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>For how long queries show a row; null when that is not told, or is as long as it is kept.</summary>
    public TimeSpan? Shown { get; init; }
}

/// <summary>
/// A workspace as it is now, opened for one piece of work. Whoever may only purge or query cannot read the resource: then less is known of
/// its tables, and the workspace is worked on all the same.
/// </summary>
internal sealed class LogWorkspace
{
    private const string ApiVersion = "2022-10-01";

    private readonly Dictionary<string, WorkspaceTable> _tables;

    private LogWorkspace(AzureAccess access, LogPlace place, JsonElement? described, IReadOnlyList<WorkspaceTable>? tables)
    {
        Place = place;
        Queries = new LogQueryClient(access, place);
        Purges = new PurgeClient(access, place);
        IsListed = tables is not null;
        _tables = (tables ?? []).ToDictionary(static table => table.Name, StringComparer.OrdinalIgnoreCase);
        JsonElement? replication = described.Prop("properties").Prop("replication");
        ReplicatedTo = replication.Flag("enabled", otherwise: false) ? replication.Text("location") ?? "another region" : null;
    }

    public LogPlace Place { get; }

    public LogQueryClient Queries { get; }

    public PurgeClient Purges { get; }

    /// <summary>Whether its tables could be listed.</summary>
    public bool IsListed { get; }

    public IReadOnlyCollection<WorkspaceTable> Tables => _tables.Values;

    /// <summary>The region to which it is replicated; null when it is not, as far as is known.</summary>
    public string? ReplicatedTo { get; }

    /// <exception cref="DsrException">It cannot be opened.</exception>
    public static async Task<LogWorkspace> OpenAsync(AzureAccess access, DataLocation location, CancellationToken cancellationToken)
    {
        LogPlace place = PlaceOf(location);
        var arm = new ArmReader(access);
        JsonElement? described = await TryAsync(() =>
            arm.GetAsync(new ArmCall(place.Id.Path, ApiVersion, place.Target), cancellationToken)
        );
        IReadOnlyList<WorkspaceTable>? tables = await TryListAsync(arm, place, cancellationToken);
        return new LogWorkspace(access, place with { CustomerId = described.Prop("properties").Text("customerId") }, described, tables);
    }

    /// <exception cref="DsrException">The location does not tell the resource.</exception>
    public static LogPlace PlaceOf(DataLocation location) =>
        ArmId.TryParse(location.ResourceId, out ArmId? id) && id.IsOf("Microsoft.OperationalInsights", "workspaces")
            ? new LogPlace(id, location.ToString())
            : throw FaultCatalogue.LocationMissing.Exception(
                location.ToString(),
                "its resource ID is not known; a location file can give it as resourceId."
            );

    /// <summary>Whether Azure Resource Manager lists the table.</summary>
    public bool Has(string table) => _tables.ContainsKey(table);

    /// <summary>The table, as far as is known of it.</summary>
    public WorkspaceTable Table(string name) =>
        _tables.GetValueOrDefault(name)
        ?? new WorkspaceTable(name, IsQueried: true, IsResult: IsNamedResult(name), IsCustom: false, Retention: null, Definition: null);

    private static bool IsNamedResult(string name) =>
        name.EndsWith("_SRCH", StringComparison.OrdinalIgnoreCase) || name.EndsWith("_RST", StringComparison.OrdinalIgnoreCase);

    private static async Task<IReadOnlyList<WorkspaceTable>?> TryListAsync(
        ArmReader arm,
        LogPlace place,
        CancellationToken cancellationToken
    )
    {
        var call = new ArmCall($"{place.Id.Path}/tables", ApiVersion, $"the tables of {place.Target}");
        var tables = new List<WorkspaceTable>();
        try
        {
            await foreach (JsonElement table in arm.ListAsync(call, cancellationToken))
            {
                if (ReadTable(table) is { } read)
                    tables.Add(read);
            }

            return [.. tables.DistinctBy(static table => table.Name, StringComparer.OrdinalIgnoreCase)];
        }
        catch (DsrException refused) when (refused.Fault.Id == FaultCatalogue.PermissionMissing.Id)
        {
            return null;
        }
    }

    private static WorkspaceTable? ReadTable(JsonElement table)
    {
        JsonElement? properties = table.Prop("properties");
        JsonElement? schema = properties.Prop("schema");
        if ((table.Text("name") ?? schema.Text("name")) is not { } name)
            return null;
        TimeSpan? shown = Days(properties.Number("retentionInDays"));
        TimeSpan? kept = Days(properties.Number("totalRetentionInDays")) ?? shown;
        string? type = schema.Text("tableType");
        return new WorkspaceTable(
            name,
            IsQueried: (properties.Text("plan") ?? "Analytics").Equals("Analytics", StringComparison.OrdinalIgnoreCase),
            IsResult: type is "SearchResults" or "RestoredLogs" || IsNamedResult(name),
            IsCustom: type is "CustomLog" || name.EndsWith("_CL", StringComparison.OrdinalIgnoreCase),
            Retention: kept,
            Definition: (schema.Prop("searchResults") ?? properties.Prop("searchResults")).Text("query")
        )
        {
            Shown = shown < kept ? shown : null,
            Columns =
            [
                .. schema
                    .Prop("columns")
                    .Items()
                    .Concat(schema.Prop("standardColumns").Items())
                    .Select(static column => column.Text("name"))
                    .OfType<string>(),
            ],
        };
    }

    private static TimeSpan? Days(long? days) => days is > 0 and < 36_500 ? TimeSpan.FromDays(days.Value) : null;

    /// <summary>Null where the account may not read it, which need not keep it from what it may do.</summary>
    private static async Task<JsonElement?> TryAsync(Func<Task<JsonElement>> read)
    {
        try
        {
            return await read();
        }
        catch (DsrException refused) when (refused.Fault.Id == FaultCatalogue.PermissionMissing.Id)
        {
            OperationNotices.Send(
                NoticeLevel.Verbose,
                string.Create(CultureInfo.InvariantCulture, $"{refused.Message} It is queried by its resource ID instead.")
            );
            return null;
        }
    }
}
