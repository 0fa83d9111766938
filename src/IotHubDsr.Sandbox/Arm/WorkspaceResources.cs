using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Logs;
using IotHubDsr.Sandbox.Logs.Erasure;
using IotHubDsr.Sandbox.Logs.Tables;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Sandbox.Arm;

/// <summary>Microsoft.OperationalInsights: workspaces, their tables and export rules, and what takes rows out of them.</summary>
internal sealed class WorkspaceResources(WorldNames names, LogStore store, TimeProvider clock) : IArmActions
{
    private const string Provider = "Microsoft.OperationalInsights";
    private const string WorkspaceType = $"{Provider}/workspaces";
    private const string Sentinel = "/providers/Microsoft.SecurityInsights/onboardingStates";
    private const string PurgePrefix = "purge-";

    // The URL of a purge's status names a version older than any that a client asks for.
    private const string StatusVersion = "2015-03-20";

    private string StatusPath => $"{names.Subscription}/providers/{Provider}/locations/{WorldNames.Location}/operationstatuses";

    public IReadOnlyList<(string Method, string Path)> Types
    {
        get
        {
            string workspace = names.WorkspaceId(WorldNames.Workspace);
            return
            [
                ("GET", workspace),
                ("GET", $"{workspace}/tables/any"),
                ("GET", $"{workspace}/dataExports/any"),
                ("GET", $"{workspace}{Sentinel}/any"),
                ("GET", $"{workspace}/operations/any"),
                ("POST", $"{workspace}/purge"),
                ("POST", $"{workspace}/tables/any/deleteData"),
                ("GET", $"{StatusPath}/any"),
            ];
        }
    }

    public JsonNode? Find(string method, ArmPath path, string apiVersion)
    {
        if (method != "GET")
            return null;

        if (Below(path.Text, StatusPath) is [var deletion])
            return store.Workspaces.Select(workspace => Describe(workspace, deletion)).FirstOrDefault(found => found is not null);

        if (Split(path.Text) is not var (workspace, rest))
            return null;

        lock (workspace.Gate)
        {
            return rest switch
            {
                [] => Describe(workspace),
                [var tables, var table] when Same(tables, "tables") => TableOf(workspace, table) is { } found
                    ? Describe(workspace, found)
                    : null,
                [var exports, var rule] when Same(exports, "dataExports") => Exports(workspace)
                    .FirstOrDefault(export => Same(export["name"]!.ToString(), rule)),
                [var operations, var id] when Same(operations, "operations") => PurgeStatus(workspace, id),
                _ => null,
            };
        }
    }

    public (IReadOnlyList<JsonNode> Items, int PageSize)? List(ArmPath path, string apiVersion)
    {
        string[] scopes = [names.Subscription, $"{names.Subscription}/resourceGroups/{WorldNames.DataGroup}"];
        if (scopes.Any(scope => Same(path.Text, $"{scope}/providers/{WorkspaceType}")))
            return ([.. store.Workspaces.Select(Describe)], int.MaxValue);

        if (Split(path.Text) is not var (workspace, rest))
            return null;

        lock (workspace.Gate)
        {
            return rest switch
            {
                [var tables] when Same(tables, "tables") => (
                    [.. workspace.Tables.Select(table => Describe(workspace, table))],
                    int.MaxValue
                ),
                [var exports] when Same(exports, "dataExports") => ([.. Exports(workspace)], int.MaxValue),
                [_, _, _] when Same($"/{string.Join('/', rest)}", Sentinel) => ([.. Sentinels(workspace)], int.MaxValue),
                _ => null,
            };
        }
    }

    public ArmReply? Run(string method, ArmPath path, string apiVersion, JsonNode? body)
    {
        if (method != "POST" || Split(path.Text) is not var (workspace, rest))
            return null;

        lock (workspace.Gate)
        {
            return rest switch
            {
                [var purge] when Same(purge, "purge") => Purge(workspace, body),
                [var tables, var table, var delete] when Same(tables, "tables") && Same(delete, "deleteData") => Delete(
                    workspace,
                    table,
                    body
                ),
                _ => null,
            };
        }
    }

    /// <summary>The body has the ID of the operation, the header where its status is; there is no Location.</summary>
    private static ArmReply Purge(LogWorkspace workspace, JsonNode? body)
    {
        if (!workspace.Erasures.MayPurge(workspace.Options.MostPurgesPerHour))
            throw TooMany($"Rate limit is exceeded: {workspace.Options.MostPurgesPerHour} purge requests per hour.");

        string name = body?["table"] is JsonValue named ? named.ToString() : throw Invalid("The table is missing.");
        LogTable table = workspace.Table(name) ?? throw Invalid($"The table '{name}' does not exist.");
        if (table.Plan != LogTablePlan.Analytics)
            throw Invalid($"The table '{name}' has the plan {table.Plan}, which does not support purge.");

        LogPurge purge;
        try
        {
            purge = workspace.Erasures.Purge(table, FiltersOf(body), workspace.Options);
        }
        catch (FilterException refused)
        {
            throw Invalid(refused.Message);
        }

        string status = $"https://{ArmService.Host}{workspace.ResourceId}/operations/{PurgePrefix}{purge.Id}?api-version={StatusVersion}";
        return new(StatusCodes.Status202Accepted, new JsonObject { ["operationId"] = purge.Id })
        {
            Headers = new Dictionary<string, string> { ["x-ms-status-location"] = status },
        };
    }

    /// <summary>Accepts a filter that makes no sense, too: the status tells.</summary>
    private ArmReply Delete(LogWorkspace workspace, string name, JsonNode? body)
    {
        LogTable table = TableOf(workspace, name) ?? throw Missing($"The table '{name}' does not exist.");
        if (table.Plan == LogTablePlan.Auxiliary)
            throw Invalid($"The table '{name}' has the plan Auxiliary, which does not support the deletion of data.");

        if (!workspace.Erasures.MayDelete(workspace.Options.MostDeletionsPerHour))
            throw TooMany($"Rate limit is exceeded: {workspace.Options.MostDeletionsPerHour} delete requests per hour.");

        LogDeletion deletion = workspace.Erasures.Delete(table, FiltersOf(body), workspace.Options);
        return new(StatusCodes.Status202Accepted, null)
        {
            Headers = new Dictionary<string, string>
            {
                ["Azure-AsyncOperation"] = $"https://{ArmService.Host}{StatusPath}/{deletion.Id}?api-version=2023-09-01",
            },
        };
    }

    private static JsonArray FiltersOf(JsonNode? body) => body?["filters"] as JsonArray ?? throw Invalid("The filters are missing.");

    private JsonObject? PurgeStatus(LogWorkspace workspace, string id)
    {
        string bare = id.StartsWith(PurgePrefix, StringComparison.OrdinalIgnoreCase) ? id[PurgePrefix.Length..] : id;
        return workspace.Erasures.Purge(bare) is { } purge
            ? new JsonObject { ["status"] = purge.CompletesAt <= clock.GetUtcNow() ? "completed" : "pending" }
            : null;
    }

    private JsonObject? Describe(LogWorkspace workspace, string id)
    {
        lock (workspace.Gate)
        {
            if (workspace.Erasures.Deletion(id) is not { } deletion)
                return null;

            bool isDone = deletion.EndsAt <= clock.GetUtcNow();
            string status =
                !isDone ? "Updating"
                : deletion.Error is null ? "Succeeded"
                : "Failed";
            var described = new JsonObject
            {
                ["id"] = $"{StatusPath}/{deletion.Id}",
                ["name"] = deletion.Id,
                ["status"] = status,
                ["startTime"] = deletion.Requested.UtcDateTime.ToString("o"),
            };
            if (!isDone)
                return described;

            described["endTime"] = deletion.EndsAt.UtcDateTime.ToString("o");
            if (deletion.Error is null)
                described["properties"] = new JsonObject { ["RecordCount"] = deletion.Records, ["Status"] = "Completed" };
            else
                described["error"] = new JsonObject { ["code"] = "InvalidRequest", ["message"] = deletion.Error };

            return described;
        }
    }

    private static JsonObject Describe(LogWorkspace workspace) =>
        new()
        {
            ["id"] = workspace.ResourceId,
            ["name"] = workspace.Name,
            ["type"] = WorkspaceType,
            ["location"] = WorldNames.Location,
            ["properties"] = new JsonObject
            {
                ["customerId"] = workspace.CustomerId,
                ["provisioningState"] = "Succeeded",
                ["retentionInDays"] = 30,
                ["sku"] = new JsonObject { ["name"] = "PerGB2018" },
                ["replication"] = new JsonObject
                {
                    ["enabled"] = workspace.Options.ReplicatedTo is not null,
                    ["location"] = workspace.Options.ReplicatedTo,
                },
                ["features"] = new JsonObject { ["enableLogAccessUsingOnlyResourcePermissions"] = true },
            },
        };

    private static JsonObject Describe(LogWorkspace workspace, LogTable table) => WorkspaceTable.Describe(workspace, table);

    private static IEnumerable<JsonObject> Exports(LogWorkspace workspace) => workspace.Exports.Select(rule => rule.Describe(workspace));

    private static IEnumerable<JsonObject> Sentinels(LogWorkspace workspace) =>
        workspace.Options.HasSentinel
            ?
            [
                new JsonObject
                {
                    ["id"] = $"{workspace.ResourceId}{Sentinel}/default",
                    ["name"] = "default",
                    ["type"] = "Microsoft.SecurityInsights/onboardingStates",
                    ["properties"] = new JsonObject(),
                },
            ]
            : [];

    private static LogTable? TableOf(LogWorkspace workspace, string name) =>
        workspace.Tables.FirstOrDefault(table => Same(table.Name, name));

    private (LogWorkspace Workspace, string[] Below)? Split(string path)
    {
        foreach (LogWorkspace workspace in store.Workspaces)
        {
            if (Below(path, workspace.ResourceId) is { } rest)
                return (workspace, rest);
        }

        return null;
    }

    private static string[]? Below(string path, string owner) =>
        Same(path, owner) ? []
        : path.StartsWith(owner + "/", StringComparison.OrdinalIgnoreCase) ? path[(owner.Length + 1)..].Split('/')
        : null;

    private static bool Same(string left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);

    private static ArmRefusal Invalid(string text) => new(400, "InvalidParameter", text) { Provider = Provider };

    private static ArmRefusal Missing(string text) => new(404, "ResourceNotFound", text) { Provider = Provider };

    private static ArmRefusal TooMany(string text) => new(429, "TooManyRequests", text) { Provider = Provider };
}
