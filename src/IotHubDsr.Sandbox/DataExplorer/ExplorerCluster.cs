using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Kusto;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Sandbox.DataExplorer;

/// <summary>What a principal may do in the databases of a cluster: the roles are the service's own, and no resource role gives them.</summary>
internal enum ExplorerRole
{
    None,
    Viewer,
    Admin,
}

/// <summary>How a cluster is set up, and how long it takes.</summary>
internal sealed record ExplorerOptions
{
    /// <summary>Purge has to be switched on.</summary>
    public bool PurgeEnabled { get; init; } = true;

    /// <summary>How long a purge waits, and then works, until queries do not show its rows any more.</summary>
    public TimeSpan PurgeDuration { get; init; } = TimeSpan.FromHours(6);

    /// <summary>What becomes of a purge in the end: Completed, Failed, BadInput or Canceled.</summary>
    public string PurgeState { get; init; } = "Completed";

    public int MostRows { get; init; } = 500_000;

    public long MostBytes { get; init; } = 64 * 1024 * 1024;

    public string State { get; init; } = "Running";

    /// <summary>The role of the application in the databases.</summary>
    public ExplorerRole Role { get; init; } = ExplorerRole.Admin;
}

/// <summary>A materialised view of a table.</summary>
internal sealed record ExplorerView(string Name, string Source, string Query);

/// <summary>An update policy: what a table gets of each row that comes into another one.</summary>
/// <param name="Target">The table that has it.</param>
/// <param name="Source">The table whose rows it takes.</param>
/// <param name="Query">What it makes of them.</param>
internal sealed record ExplorerUpdatePolicy(string Target, string Source, string Query)
{
    public bool IsEnabled { get; init; } = true;
}

/// <summary>A database, with what fills it.</summary>
internal sealed class ExplorerDatabase(string name)
{
    public string Name => name;

    /// <summary>ReadWrite, or ReadOnlyFollowing of one whose data is another cluster's.</summary>
    public string Kind { get; init; } = "ReadWrite";

    public List<ExplorerTable> Tables { get; } = [];

    public List<ExplorerConnection> Connections { get; } = [];

    public List<ExplorerView> Views { get; } = [];

    public List<ExplorerUpdatePolicy> UpdatePolicies { get; } = [];

    /// <summary>Adds a row to a table, and what update policies make of it to others.</summary>
    public void Ingest(ExplorerTable table, JsonObject values, DateTimeOffset now)
    {
        ExplorerRow row = table.Add(values);
        foreach (ExplorerUpdatePolicy policy in UpdatePolicies.Where(policy => policy.IsEnabled && policy.Source == table.Name))
        {
            if (Find(policy.Target) is not { } target)
                continue;
            KustoResult made = KustoEngine.Run(policy.Query, new SingleRow(table, row), now);
            foreach (object?[] cells in made.Rows)
            {
                var copy = new Dictionary<string, object?>(StringComparer.Ordinal);
                for (int index = 0; index < cells.Length; index++)
                    copy[made.Columns[index].Name] = cells[index];
                target.Add(copy);
            }
        }
    }

    /// <summary>What an update policy sees: the row that has just come.</summary>
    private sealed class SingleRow(ExplorerTable table, ExplorerRow row) : IKustoDatabase
    {
        public IEnumerable<string> TableNames => [table.Name];

        public KustoTable? Find(string name) =>
            name == table.Name
                ? new KustoTable(
                    table.Columns,
                    [
                        [.. table.Columns.Select(column => ExplorerTable.ValueOf(row, column))],
                    ]
                )
                : null;
    }

    public ExplorerTable? Find(string table) => Tables.Find(known => known.Name == table);
}

/// <summary>A cluster of Data Explorer.</summary>
internal sealed class ExplorerCluster(string name, string resourceId, TimeProvider clock)
{
    public Lock Gate { get; } = new();

    public string Name => name;

    public string ResourceId => resourceId;

    /// <summary>Where it is queried.</summary>
    public string Host { get; } = $"{name}.{WorldNames.Location}{ExplorerStore.Suffix}";

    /// <summary>Where it takes data, and orders to purge.</summary>
    public string IngestHost => $"ingest-{Host}";

    public ExplorerOptions Options { get; set; } = new();

    public List<ExplorerDatabase> Databases { get; } = [];

    /// <summary>Databases that other clusters follow, by the resource IDs of those.</summary>
    public List<(string Cluster, string Database)> Followers { get; } = [];

    public ExplorerPurges Purges { get; } = new(clock);

    /// <summary>Names of databases have case.</summary>
    public ExplorerDatabase? Find(string database) => Databases.Find(known => known.Name == database);
}

/// <summary>The clusters of the world.</summary>
internal sealed class ExplorerStore(params IReadOnlyList<ExplorerCluster> clusters)
{
    public const string Suffix = ".kusto.windows.net";

    public List<ExplorerCluster> Clusters { get; } = [.. clusters];

    public ExplorerCluster? Find(string name) => Clusters.Find(cluster => cluster.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
