using System.Text.Json;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.DataExplorerTables;

/// <summary>From the data connections of all clusters that can be seen to the tables that get data of the hub.</summary>
internal sealed class ConnectionDiscovery(IReadOnlyList<LocationDraft> found, HubDescription hub, DiscoveryContext context)
{
    private const string ApiVersion = "2024-04-13";

    /// <summary>The service gathers what it takes in for as long as its owner says: half an hour at most.</summary>
    private static readonly TimeSpan s_batching = TimeSpan.FromMinutes(30);

    public async Task AddAsync(LocationSet locations, CancellationToken cancellationToken)
    {
        ConsumerListing consumers = await context.Consumers.ListAsync(hub, cancellationToken);
        if (consumers.Fault is { } fault && fault.Id != FaultCatalogue.PermissionMissing.Id)
            locations.AddUnread($"consumers of {hub.Name}", fault);
        LocationSet[] parts = await Task.WhenAll(
            consumers.Of("Microsoft.Kusto", "clusters").Select(cluster => OfClusterAsync(cluster, cancellationToken))
        );
        foreach (LocationSet part in parts)
            locations.Add(part);
    }

    private static ArmCall DatabasesOf(ArmId cluster) =>
        new($"{cluster.Path}/databases", ApiVersion, $"the databases of the cluster {cluster.Name}");

    private static ArmCall ConnectionsOf(ArmId cluster, ArmId database) =>
        new($"{database.Path}/dataConnections", ApiVersion, $"the data connections of the database {cluster.Name}/{database.Name}");

    /// <summary>The consumer groups in which connections read; what cannot be read is told where tables are found.</summary>
    public async Task<IReadOnlyList<GroupUse>> GroupsAsync(CancellationToken cancellationToken)
    {
        ConsumerListing consumers = await context.Consumers.ListAsync(hub, cancellationToken);
        List<GroupUse> uses = [];
        foreach (ArmId cluster in consumers.Of("Microsoft.Kusto", "clusters").Select(static cluster => cluster.Id))
        {
            try
            {
                foreach (JsonElement database in await context.Resources.ListAsync(DatabasesOf(cluster), cancellationToken))
                {
                    if (!ArmId.TryParse(database.Text("id"), out ArmId? id))
                        continue;
                    uses.AddRange(
                        (await context.Resources.ListAsync(ConnectionsOf(cluster, id), cancellationToken))
                            .Select(GroupOf)
                            .OfType<GroupUse>()
                    );
                }
            }
            catch (DsrException) { }
        }

        return uses;
    }

    private GroupUse? GroupOf(JsonElement connection)
    {
        JsonElement? properties = connection.Prop("properties");
        string? source = connection.Text("kind")?.ToUpperInvariant() switch
        {
            "IOTHUB" when properties.Text("iotHubResourceId") is { } id && (hub.ResourceId.Names(id) || IsThis(ArmId.NameIn(id))) =>
                $"{hub.Name}/{Route.BuiltInEndpoint}",
            "EVENTHUB" or "EVENTGRID" => EventHubOf(properties.Text("eventHubResourceId")),
            _ => null,
        };
        return source is not null && properties.Text("consumerGroup") is { } group ? new GroupUse(source, group) : null;
    }

    private async Task<LocationSet> OfClusterAsync(Consumer consumer, CancellationToken cancellationToken)
    {
        ArmId cluster = consumer.Id;
        var locations = new LocationSet();
        var derived = new DerivedTables(context, found);
        try
        {
            ArmCall listing = DatabasesOf(cluster);
            foreach (JsonElement database in await context.Resources.ListAsync(listing, cancellationToken))
            {
                if (!ArmId.TryParse(database.Text("id"), out ArmId? id))
                    continue;
                var tables = new LocationSet();
                await AddDatabaseAsync(cluster, id, tables, cancellationToken);
                await derived.AddAsync(consumer, id, tables, cancellationToken);
                locations.Add(tables);
            }

            await AddFollowersAsync(cluster, locations, cancellationToken);
        }
        catch (DsrException exception)
        {
            locations.AddUnread($"databases of the cluster {cluster.Name}", exception.Fault);
        }

        return locations;
    }

    /// <summary>
    /// Other clusters that follow databases of this one show its rows until they have caught up with a purge, and let them be copied.
    /// </summary>
    private async Task AddFollowersAsync(ArmId cluster, LocationSet locations, CancellationToken cancellationToken)
    {
        LocationDraft[] tables = [.. locations.Ways.Where(static place => place.Kind == DataExplorerTableKind.Name)];
        if (tables.Length == 0)
            return;
        try
        {
            var call = new ArmCall($"{cluster.Path}/listFollowerDatabases", ApiVersion, $"the followers of the cluster {cluster.Name}")
            {
                Verb = "list",
                Permission = "the action Microsoft.Kusto/clusters/listFollowerDatabases/action",
            };
            JsonElement? listed = await context.Arm.PostAsync(call, cancellationToken);
            foreach (JsonElement follower in listed.Prop("value").Items())
            {
                string? database = follower.Text("databaseName");
                string who = LocationText.Quote(ArmId.NameIn(follower.Text("clusterResourceId") ?? "that is not told"));
                locations.Add(
                    tables
                        .Where(table => database is null or "*" || ArmId.NameIn(table.ResourceId ?? "") == database)
                        .Select(table =>
                            Remarked(
                                table,
                                $"cluster '{who}' follows the database, and follows its purges: who queries there can keep copies"
                            )
                        )
                );
            }
        }
        catch (DsrException unread) when (unread.Fault.Id == FaultCatalogue.LocationMissing.Id)
        {
            // Where the cluster is gone the places in it say so.
        }
        catch (DsrException unread)
        {
            locations.Add([unread.Fault]);
            locations.Add(tables.Select(static table => Remarked(table, "whether other clusters follow the database could not be listed")));
        }
    }

    private static LocationDraft Remarked(LocationDraft table, string remark) =>
        LocationDraft.Of(table.Kind, table.Place, table.ResourceId) with
        {
            Ways = [DataWay.Remark(remark)],
            Sources = table.Sources,
        };

    private async Task AddDatabaseAsync(ArmId cluster, ArmId database, LocationSet locations, CancellationToken cancellationToken)
    {
        List<DataConnection> connections = [];
        try
        {
            foreach (JsonElement connection in await context.Resources.ListAsync(ConnectionsOf(cluster, database), cancellationToken))
                connections.Add(new DataConnection(connection, SourcesOf(connection)));
        }
        catch (DsrException exception)
        {
            locations.AddUnread($"data connections of the database {cluster.Name}/{database.Name}", exception.Fault);
            return;
        }

        // What leaves the table to each message can write into any of them.
        DataConnection[] anywhere = [.. connections.Where(static one => string.IsNullOrEmpty(one.Table) || one.IsMulti)];
        foreach (IGrouping<string, DataConnection> table in connections.GroupBy(static one => one.Table ?? "", StringComparer.Ordinal))
        {
            if (!table.Any(static connection => connection.Sources.Count > 0))
                continue;
            DataWay[] unnamed = [.. table.Where(static one => one.Sources.Count > 0).Select(Unnamed)];
            if (table.Key.Length > 0)
                locations.Add(TableOf(cluster, database, table.Key, [.. table], [.. table.Union(anywhere)]));
            else
                locations.AddUnknown($"{cluster.Name}/{database.Name}", unnamed);
        }
    }

    private LocationDraft TableOf(ArmId cluster, ArmId database, string table, DataConnection[] connections, DataConnection[] writers)
    {
        DataConnection[] own = [.. connections.Where(static connection => connection.Sources.Count > 0)];
        LocationDraft[] sources = [.. own.SelectMany(static connection => connection.Sources)];
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        string[] properties = [.. own.Select(static one => one.SystemProperties).OfType<string>().Distinct(StringComparer.Ordinal)];
        if (properties.Length == 1)
            settings[LocationSettings.EventSystemProperties] = properties[0];
        string[] hubs = [.. writers.Select(static one => one.HubName).OfType<string>().Where(name => !IsThis(name)).Distinct()];
        if (hubs.Length > 0)
            settings[LocationSettings.OtherHubs] = string.Join('\n', hubs);
        string[] strange =
        [
            .. writers.Where(static one => one.Sources.Count == 0 && one.HubName is null).Select(static one => $"'{one.Name}'"),
        ];
        if (strange.Length > 0)
        {
            settings[LocationSettings.SharingUnknown] =
                $"data {(strange.Length == 1 ? "connection" : "connections")} {string.Join(", ", strange)} of the database also "
                + $"{(strange.Length == 1 ? "fills" : "fill")} the table, or can.";
        }

        return LocationDraft.Of(DataExplorerTableKind.Name, $"{cluster.Name}/{database.Name}/{table}", database.ToString(), settings) with
        {
            Ways = [.. own.Select(connection => connection.Way(table))],
            Sources = sources,
            FlushTime = s_batching + (sources.Max(static source => source.FlushTime) ?? TimeSpan.Zero),
            RecordsDeletion = Array.Exists(sources, static source => source.RecordsDeletion),
        };
    }

    private static DataWay Unnamed(DataConnection connection) =>
        DataWay.Remark(
            $"data connection '{connection.Name}' leaves it to each message into which table it goes: name the tables in the location file"
        );

    /// <summary>The places of the hub that a connection reads.</summary>
    private IReadOnlyList<LocationDraft> SourcesOf(JsonElement connection)
    {
        JsonElement? properties = connection.Prop("properties");
        return connection.Text("kind")?.ToUpperInvariant() switch
        {
            // A hub that was moved keeps its name, and its connections the ID that it had.
            "IOTHUB" => properties.Text("iotHubResourceId") is { } id && (hub.ResourceId.Names(id) || IsThis(ArmId.NameIn(id)))
                ? [Found($"{hub.Name}/{Route.BuiltInEndpoint}") is [var known, ..] ? known : BuiltIn]
                : [],
            "EVENTHUB" => EventHubOf(properties.Text("eventHubResourceId")) is { } place ? Found(place) : [],
            "EVENTGRID" => ArmId.TryParse(properties.Text("storageAccountResourceId"), out ArmId? account)
                ?
                [
                    .. found.Where(place =>
                        place.Settings.ContainsKey(LocationSettings.ContainerUri)
                        && place.Place.StartsWith($"{account.Name}/", StringComparison.OrdinalIgnoreCase)
                    ),
                ]
                : [],
            "COSMOSDB" => Found(
                $"{ArmId.NameIn(properties.Text("cosmosDbAccountResourceId") ?? "")}/{properties.Text("cosmosDbDatabase")}/"
                    + $"{properties.Text("cosmosDbContainer")}"
            ),
            _ => [],
        };
    }

    /// <summary>Where the hub's built-in endpoint is not among the places, it is the hub's all the same.</summary>
    private LocationDraft BuiltIn => LocationDraft.Of(PlaceKinds.Unread, hub.Name, hub.ResourceId.ToString());

    private IReadOnlyList<LocationDraft> Found(string place) =>
        [.. found.Where(known => known.Place.Equals(place, StringComparison.OrdinalIgnoreCase))];

    private static string? EventHubOf(string? resource) =>
        ArmId.TryParse(resource, out ArmId? id) && id.NameOf("namespaces") is { } space ? $"{space}/{id.Name}" : null;

    private bool IsThis(string hubName) => hubName.Equals(hub.Name, StringComparison.OrdinalIgnoreCase);
}

/// <summary>A data connection.</summary>
/// <param name="Body">As Azure Resource Manager shows it.</param>
/// <param name="Sources">The places of the hub that it reads; none for what it has not to do with.</param>
internal sealed record DataConnection(JsonElement Body, IReadOnlyList<LocationDraft> Sources)
{
    private JsonElement? Properties => Body.Prop("properties");

    /// <summary>Its name, which comes last in what Azure calls its name.</summary>
    public string Name => (Body.Text("name") ?? "without a name").Split('/')[^1];

    /// <summary>The table; null where each message names one.</summary>
    public string? Table => Properties.Text("tableName");

    /// <summary>Whether its messages can choose another database and table.</summary>
    public bool IsMulti => Properties.Text("databaseRouting") == "Multi";

    /// <summary>The hub that it reads itself; null where it reads something else.</summary>
    public string? HubName => Properties.Text("iotHubResourceId") is { } resource ? ArmId.NameIn(resource) : null;

    /// <summary>The properties of the service that come with each event, one a line; null for connections that have none.</summary>
    public string? SystemProperties =>
        Body.Text("kind")?.ToUpperInvariant() is "IOTHUB" or "EVENTHUB"
            ? string.Join(
                '\n',
                Properties.Prop("eventSystemProperties").Items().Select(static property => ((JsonElement?)property).Text() ?? "")
            )
            : null;

    public DataWay Way(string table) =>
        new()
        {
            Kind = DataWayKind.DataConnection,
            Name = Name,
            Carries = [Body.Text("kind") ?? "unknown"],
            Target = $"table '{LocationText.Quote(table)}'",
            Note = IsMulti ? "messages can choose another database and table" : null,
        };
}
