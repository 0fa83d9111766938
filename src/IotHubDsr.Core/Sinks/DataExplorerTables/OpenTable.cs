using System.Text.Json;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.DataExplorer;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.DataExplorerTables;

/// <summary>A table that was opened, with what its cluster says of it.</summary>
internal sealed class OpenTable
{
    private const string ApiVersion = "2024-04-13";
    private const string Running = "Running";

    private OpenTable(ExplorerClient client, TableQueries queries, DeviceColumns columns, string table)
    {
        Client = client;
        Queries = queries;
        Columns = columns;
        Name = table;
    }

    public ExplorerClient Client { get; }

    public TableQueries Queries { get; }

    public DeviceColumns Columns { get; }

    /// <summary>Its name: the item of all findings in it.</summary>
    public string Name { get; }

    /// <summary>Why nothing can be purged, and what to do about it; null when it can.</summary>
    public string? Unpurgeable { get; private init; }

    /// <summary>Copies that the service keeps of its rows, in words; null when there is none.</summary>
    public string? Copies { get; private init; }

    /// <summary>Why rows can be there that no query of this account shows; null when that cannot be.</summary>
    public string? Hidden { get; private init; }

    /// <exception cref="DsrException">It cannot be opened.</exception>
    public static async Task<OpenTable> OpenAsync(AzureAccess access, DataLocation location, CancellationToken cancellationToken)
    {
        (ExplorerClient client, string table, JsonElement cluster) = await ConnectAsync(access, location, cancellationToken);
        DeviceColumns columns = await ColumnsAsync(client, table, location, cancellationToken);
        return new OpenTable(client, new TableQueries(table, client.Place.Database, columns), columns, table)
        {
            Unpurgeable =
                !cluster.Prop("properties").Flag("enablePurge", otherwise: false)
                    ? "purge is switched off in the cluster: its owner switches it on in the cluster's security settings, and a further "
                        + "plan erases"
                : columns.Ids.Count > 1 ? "its mappings put the device ID into several columns, which no purge compares together"
                : null,
            Copies = await CopiesAsync(client, table, cancellationToken),
            Hidden = await HiddenAsync(client, table, cancellationToken),
        };
    }

    /// <summary>The client of the table's database.</summary>
    /// <exception cref="DsrException">It cannot be reached.</exception>
    public static async Task<(ExplorerClient Client, string Table, JsonElement Cluster)> ConnectAsync(
        AzureAccess access,
        DataLocation location,
        CancellationToken cancellationToken
    )
    {
        string[] parts = location.Place.Split('/', 3);
        if (
            parts.Length < 3
            || !ArmId.TryParse(location.ResourceId, out ArmId? id)
            || id.Namespace.Equals("Microsoft.Kusto", StringComparison.OrdinalIgnoreCase) is false
            || id.NameOf("clusters") is not { } name
        )
        {
            throw FaultCatalogue.LocationMissing.Exception(
                location.ToString(),
                "its place is not cluster/database/table, or the resource ID of its cluster is not known; a location file can give them."
            );
        }

        string path =
            $"/subscriptions/{Uri.EscapeDataString(id.SubscriptionId)}/resourceGroups/{Uri.EscapeDataString(id.ResourceGroup ?? "")}"
            + $"/providers/Microsoft.Kusto/clusters/{Uri.EscapeDataString(name)}";
        JsonElement cluster = await new ArmReader(access).GetAsync(
            new ArmCall(path, ApiVersion, $"the cluster {name} of {location}"),
            cancellationToken
        );
        JsonElement? properties = cluster.Prop("properties");
        string state = properties.Text("state") ?? Running;
        if (state != Running)
            throw FaultCatalogue.ServiceFailed.Exception(location.ToString(), $"its cluster is not running: {state}.");
        var place = ExplorerPlace.Of(
            access.Cloud,
            properties.Text("uri"),
            properties.Text("dataIngestionUri"),
            parts[1],
            location.ToString()
        );
        return (new ExplorerClient(access, place), parts[2], cluster);
    }

    /// <summary>The columns of a table, as its cluster shows them.</summary>
    /// <exception cref="DsrException">They cannot be read.</exception>
    public static async Task<DeviceColumns> ColumnsAsync(
        ExplorerClient client,
        string table,
        DataLocation location,
        CancellationToken cancellationToken
    )
    {
        using ExplorerRows schema = await client.ShowAsync(TableQueries.ShowSchema(table), cancellationToken);
        using ExplorerRows mappings = await client.ShowAsync(TableQueries.ShowMappings(table), cancellationToken);
        return DeviceColumns.Of(ReadSchema(schema, location), mappings, location);
    }

    private static TableColumn[] ReadSchema(ExplorerRows schema, DataLocation location)
    {
        try
        {
            using var document = JsonDocument.Parse(schema.Rows.First().Text("Schema") ?? "");
            TableColumn[] columns =
            [
                .. document
                    .RootElement.Prop("OrderedColumns")
                    .Items()
                    .Select(static column => new TableColumn(column.Text("Name") ?? "", column.Text("CslType") ?? "")),
            ];
            if (columns.Length > 0 && columns.All(static column => column.Name.Length > 0))
                return columns;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException) { }

        throw FaultCatalogue.ServiceFailed.Exception(location.ToString(), "its columns cannot be read.");
    }

    private static async Task<string?> CopiesAsync(ExplorerClient client, string table, CancellationToken cancellationToken)
    {
        try
        {
            using ExplorerRows views = await client.ShowAsync(TableQueries.ShowViews, cancellationToken);
            string[] names = [.. views.Rows.Where(view => view.Text("SourceTable") == table).Select(view => $"'{view.Text("Name")}'")];
            return names.Length == 0
                ? null
                : $"materialised {(names.Length == 1 ? "view" : "views")} {string.Join(", ", names)} can hold what is made of its rows: "
                    + "the owner of the database purges them after the table";
        }
        catch (DsrException unread) when (!SinkCall.ConcernsAll(unread.Fault))
        {
            return "its materialised views could not be listed: the owner of the database must look whether there are any";
        }
    }

    /// <summary>A policy of row-level security holds for administrators as well, and says nothing of what it hides.</summary>
    private static async Task<string?> HiddenAsync(ExplorerClient client, string table, CancellationToken cancellationToken)
    {
        const string remedy = "the owner of the database must make sure that it sees all";
        try
        {
            using ExplorerRows policies = await client.ShowAsync(TableQueries.ShowRowSecurity(table), cancellationToken);
            foreach (string text in policies.Rows.Select(static row => row.Text("Policy")).OfType<string>())
            {
                using var policy = JsonDocument.Parse(text.Length == 0 ? "null" : text);
                if (policy.RootElement.Prop("IsEnabled") is { ValueKind: JsonValueKind.True })
                    return $"a policy of row-level security can hide rows from this account: {remedy}";
            }

            return null;
        }
        catch (Exception unread)
            when (unread is JsonException || (unread is DsrException { Fault: var fault } && !SinkCall.ConcernsAll(fault)))
        {
            return $"its policy of row-level security, which can hide rows from this account, could not be read: {remedy}";
        }
    }
}
