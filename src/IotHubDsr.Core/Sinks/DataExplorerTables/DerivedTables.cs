using System.Text.Json;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.DataExplorer;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.DataExplorerTables;

/// <summary>
/// From tables that get data of the hub to those that update policies fill from them: each is a place of its own. Whose its rows are is known
/// where the policy's query leaves the column of the device ID as it is; elsewhere the operator names the column.
/// </summary>
internal sealed class DerivedTables(DiscoveryContext context, IReadOnlyList<LocationDraft> found)
{
    /// <summary>Adds to the tables of a database those that are made of them.</summary>
    /// <param name="cluster">The cluster, as Azure Resource Graph shows it.</param>
    /// <param name="database">The database.</param>
    /// <param name="locations">The tables that data connections fill.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task AddAsync(Consumer cluster, ArmId database, LocationSet locations, CancellationToken cancellationToken)
    {
        LocationDraft[] filled =
        [
            .. locations.Ways.Where(place => place.Kind == DataExplorerTableKind.Name && database.Names(place.ResourceId)),
        ];
        if (filled.Length == 0 || cluster.Properties.Text("uri") is not { } uri)
            return;
        string part = $"update policies of the database {cluster.Id.Name}/{database.Name}";
        try
        {
            AzureAccess access = context.Arm.Access;
            var place = ExplorerPlace.Of(access.Cloud, uri, cluster.Properties.Text("dataIngestionUri"), database.Name, $"the {part}");
            var client = new ExplorerClient(access, place);
            using ExplorerRows shown = await client.ShowAsync(TableQueries.ShowUpdatePolicies, cancellationToken);
            locations.Add(await MakeAsync(client, filled, [.. shown.Rows.SelectMany(UpdatePolicy.Of)], cancellationToken));
        }
        catch (DsrException unread)
        {
            // Who may not read the database, or cannot reach it, is told so with its tables.
            if (!SinkCall.ConcernsAll(unread.Fault))
                locations.AddUnread(part, unread.Fault);
        }
    }

    private async Task<IReadOnlyList<LocationDraft>> MakeAsync(
        ExplorerClient client,
        LocationDraft[] filled,
        IReadOnlyList<UpdatePolicy> policies,
        CancellationToken cancellationToken
    )
    {
        var known = filled
            .GroupBy(static place => TableOf(place), StringComparer.Ordinal)
            .ToDictionary(static ways => ways.Key, static ways => LocationJoin.All([.. ways]), StringComparer.Ordinal);
        List<LocationDraft> made = [];
        Queue<LocationDraft> sources = new(known.Values);
        while (sources.TryDequeue(out LocationDraft? source))
        {
            string table = TableOf(source);
            foreach (UpdatePolicy policy in policies.Where(policy => policy.Source == table))
            {
                LocationDraft derived = await DraftAsync(client, source, policy, policies, known, cancellationToken);
                made.Add(derived);
                if (known.TryAdd(policy.Target, derived))
                    sources.Enqueue(derived);
            }
        }

        return made;
    }

    private async Task<LocationDraft> DraftAsync(
        ExplorerClient client,
        LocationDraft source,
        UpdatePolicy policy,
        IReadOnlyList<UpdatePolicy> policies,
        Dictionary<string, LocationDraft> known,
        CancellationToken cancellationToken
    )
    {
        string place = $"{source.Place[..^TableOf(source).Length]}{policy.Target}";
        string why =
            $"an update policy {(policy.IsEnabled ? "makes its rows" : "that is off has made rows of it")} from those of table "
            + $"'{LocationText.Quote(policy.Source)}'";
        LocationDraft derived = source with
        {
            Place = place,
            Ways = [.. source.Ways.Select(way => way with { Target = $"table '{LocationText.Quote(policy.Target)}'", Note = why })],
        };
        string? column = await ColumnAsync(client, source, cancellationToken);
        if (known.ContainsKey(policy.Target))
        {
            // What its other writers leave in the column, this one need not; whoever else fills the source fills it, too.
            var more = source
                .Settings.Where(static setting => setting.Key is LocationSettings.OtherHubs or LocationSettings.SharingUnknown)
                .ToDictionary(StringComparer.Ordinal);
            if (column is null || !policy.Keeps(column))
                AddDoubt(more, "an update policy fills it with rows of which nobody knows whose they are.");
            return derived with { Settings = more };
        }

        var settings = new Dictionary<string, string>(source.Settings, StringComparer.Ordinal);
        settings.Remove(LocationSettings.DeviceIdColumn);
        UpdatePolicy[] writers = [.. policies.Where(other => other.Target == policy.Target)];
        string[] strangers =
        [
            .. writers.Where(other => !known.ContainsKey(other.Source)).Select(static other => $"'{LocationText.Quote(other.Source)}'"),
        ];
        if (strangers.Length > 0)
            AddDoubt(settings, $"update policies also fill it from {string.Join(", ", strangers)}.");

        // What the operator says of the table comes first.
        bool isNamed = found.Any(one => one.Place == place && one.Settings.ContainsKey(LocationSettings.DeviceIdColumn));
        if (!isNamed && column is not null && await KeepAsync(client, writers, known, column, cancellationToken))
            settings[LocationSettings.DeviceIdColumn] = column;
        return derived with { Settings = settings };
    }

    private static void AddDoubt(Dictionary<string, string> settings, string doubt) =>
        settings[LocationSettings.SharingUnknown] = settings.TryGetValue(LocationSettings.SharingUnknown, out string? known)
            ? $"{known} {doubt}"
            : doubt;

    /// <summary>Whether all that fill a table from known ones leave the device ID in the same column.</summary>
    private static async Task<bool> KeepAsync(
        ExplorerClient client,
        IEnumerable<UpdatePolicy> writers,
        Dictionary<string, LocationDraft> known,
        string column,
        CancellationToken cancellationToken
    )
    {
        foreach (UpdatePolicy writer in writers)
        {
            if (!known.TryGetValue(writer.Source, out LocationDraft? source))
                continue;
            if (!writer.Keeps(column) || await ColumnAsync(client, source, cancellationToken) != column)
                return false;
        }

        return true;
    }

    /// <summary>The column of the device ID in a table; null where it is not one.</summary>
    private static async Task<string?> ColumnAsync(ExplorerClient client, LocationDraft table, CancellationToken cancellationToken)
    {
        DeviceColumns columns = await OpenTable.ColumnsAsync(client, TableOf(table), table.ToLocation("source"), cancellationToken);
        return columns is { Missing: null, Ids: [var only] } ? only.Name : null;
    }

    private static string TableOf(LocationDraft place) => place.Place.Split('/', 3)[2];
}

/// <summary>An update policy: what a table gets of another one.</summary>
/// <param name="Target">The table that it fills.</param>
/// <param name="Source">The table whose rows it takes.</param>
/// <param name="Query">What it makes of them.</param>
/// <param name="IsEnabled">Whether it is on.</param>
internal sealed record UpdatePolicy(string Target, string Source, string Query, bool IsEnabled)
{
    /// <summary>The policies in a row of what the service shows.</summary>
    public static IEnumerable<UpdatePolicy> Of(ExplorerRow row)
    {
        // Names are shown in brackets: [database].[table].
        string? entity = row.Text("EntityName");
        int at = entity?.IndexOf("].[", StringComparison.Ordinal) ?? -1;
        if (at < 0 || !entity!.EndsWith(']') || row.Text("Policy") is not { } text)
            return [];
        string target = entity[(at + 3)..^1];
        try
        {
            using var document = JsonDocument.Parse(text);
            return
            [
                .. ((JsonElement?)document.RootElement)
                    .Items()
                    .Where(static policy => policy.Text("Source") is not null)
                    .Select(policy => new UpdatePolicy(
                        target,
                        policy.Text("Source")!,
                        policy.Text("Query") ?? "",
                        ((JsonElement?)policy).Flag("IsEnabled", otherwise: true)
                    )),
            ];
        }
        catch (JsonException)
        {
            throw FaultCatalogue.ServiceFailed.Exception($"the update policy of table {target}", "it is not JSON.");
        }
    }

    /// <summary>
    /// Whether the query leaves a column as it is: it only selects rows, and columns by their names. Of anything else nobody knows without
    /// running it.
    /// </summary>
    public bool Keeps(string column) =>
        Steps() is [var first, .. var rest] && NameOf(first) == Source && rest.All(step => LeavesAlone(step, column));

    private static bool LeavesAlone(string step, string column)
    {
        int space = step.IndexOf(' ', StringComparison.Ordinal);
        (string word, string arguments) = space < 0 ? (step, "") : (step[..space], step[space..]);
        string?[] names = [.. arguments.Split(',').Select(static name => NameOf(name.Trim()))];
        return word switch
        {
            "where" or "filter" => true,
            "project" or "project-keep" => names.All(static name => name is not null) && names.Contains(column),
            "project-away" => names.All(static name => name is not null) && !names.Contains(column),
            _ => false,
        };
    }

    /// <summary>A name as it stands, or in brackets and quotes; null for what is none.</summary>
    private static string? NameOf(string text) =>
        text.Length > 4 && text[0] == '[' && text[1] is '\'' or '"' && text[^1] == ']' && text[^2] == text[1]
            ? text[2..^2] is var quoted
            && !quoted.Contains('\\', StringComparison.Ordinal)
            && !quoted.Contains(text[1], StringComparison.Ordinal)
                ? quoted
                : null
            : text.Length > 0 && text.All(static one => char.IsAsciiLetterOrDigit(one) || one == '_') && !char.IsAsciiDigit(text[0])
                ? text
                : null;

    /// <summary>The steps of the query, between bars that are in no literal; none where it has what is not looked into.</summary>
    private List<string> Steps()
    {
        string query = Query.Trim();
        if (query.Contains("//", StringComparison.Ordinal) || query.AsSpan().IndexOfAny('@', '`', ';') >= 0)
            return [];
        List<string> steps = [];
        int start = 0;
        char quote = '\0';
        for (int index = 0; index < query.Length; index++)
        {
            char one = query[index];
            if (quote != '\0' && one == '\\')
            {
                index++;
            }
            else if (quote != '\0')
            {
                quote = one == quote ? '\0' : quote;
            }
            else if (one is '\'' or '"')
            {
                quote = one;
            }
            else if (one == '|')
            {
                steps.Add(query[start..index].Trim());
                start = index + 1;
            }
        }

        steps.Add(query[start..].Trim());
        return steps;
    }
}
