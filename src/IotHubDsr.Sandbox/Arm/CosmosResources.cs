using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Cosmos;
using IotHubDsr.Sandbox.Cosmos.Rest;
using IotHubDsr.Sandbox.Identity;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Sandbox.Arm;

/// <summary>Microsoft.DocumentDB: accounts, their databases and containers, their keys, and the roles of their data plane.</summary>
internal sealed class CosmosResources(SandboxWorld world, AccessRules access) : IArmProvider
{
    private const string AccountType = "Microsoft.DocumentDB/databaseAccounts";
    private const string DatabaseType = $"{AccountType}/sqlDatabases";
    private const string ContainerType = $"{DatabaseType}/containers";

    private readonly WorldNames _names = world.Names;

    public IReadOnlyList<(string Method, string Path)> Types
    {
        get
        {
            string account = _names.CosmosId(WorldNames.CosmosAccount);
            return
            [
                ("GET", account),
                ("GET", $"{account}/sqlDatabases/any"),
                ("GET", $"{account}/sqlDatabases/any/containers/any"),
                ("GET", $"{account}/sqlRoleDefinitions/any"),
                ("GET", $"{account}/sqlRoleAssignments/any"),
                ("POST", $"{account}/listKeys"),
                ("POST", $"{account}/readonlykeys"),
            ];
        }
    }

    public JsonNode? Find(string method, ArmPath path, string apiVersion)
    {
        if (Split(path.Text) is not var (account, rest))
            return null;

        return (method, rest.Select(part => part.ToLowerInvariant()).ToArray(), rest) switch
        {
            ("GET", [], _) => CosmosAccountResource.Describe(account, _names),
            ("POST", ["listkeys"], _) => CosmosAccountResource.Keys(account, withWriting: true),
            ("POST" or "GET", ["readonlykeys"], _) => CosmosAccountResource.Keys(account, withWriting: false),
            ("GET", ["sqldatabases", _], [_, var name]) => account.TryGetDatabase(name, out CosmosDatabase? database)
                ? Describe(account, database)
                : null,
            ("GET", ["sqldatabases", _, "containers", _], [_, var name, _, var container]) => account.TryGetDatabase(
                name,
                out CosmosDatabase? database
            ) && database.TryGetContainer(container, out CosmosContainer? found)
                ? Describe(account, database, found)
                : null,
            ("GET", ["sqlroledefinitions", _], [_, var id]) => One(Roles(account).Definitions(), id),
            ("GET", ["sqlroleassignments", _], [_, var id]) => One(Roles(account).Assignments(), id),
            _ => null,
        };
    }

    public (IReadOnlyList<JsonNode> Items, int PageSize)? List(ArmPath path, string apiVersion) =>
        Items(path.Text) is { } items ? (items, int.MaxValue) : null;

    private IReadOnlyList<JsonNode>? Items(string path)
    {
        string[] scopes = [_names.Subscription, $"{_names.Subscription}/resourceGroups/{WorldNames.DataGroup}"];
        if (scopes.Any(scope => path.Equals($"{scope}/providers/{AccountType}", StringComparison.OrdinalIgnoreCase)))
            return [.. world.Cosmos.Accounts.Select(account => CosmosAccountResource.Describe(account, _names))];

        if (Split(path) is not var (owner, rest))
            return null;

        return (rest.Select(part => part.ToLowerInvariant()).ToArray(), rest) switch
        {
            (["sqldatabases"], _) => [.. owner.Databases.Select(database => Describe(owner, database))],
            (["sqldatabases", _, "containers"], [_, var name, _]) when owner.TryGetDatabase(name, out CosmosDatabase? database) =>
            [
                .. database.Containers.Select(container => Describe(owner, database, container)),
            ],
            (["sqlroledefinitions"], _) => Roles(owner).Definitions(),
            (["sqlroleassignments"], _) => Roles(owner).Assignments(),
            _ => null,
        };
    }

    private CosmosRoles Roles(CosmosAccount account) => new(_names, account, access);

    private static JsonNode? One(IReadOnlyList<JsonNode> all, string name) =>
        all.FirstOrDefault(one => one["name"]!.ToString().Equals(name, StringComparison.OrdinalIgnoreCase));

    private (CosmosAccount Account, string[] Below)? Split(string path)
    {
        foreach (CosmosAccount account in world.Cosmos.Accounts)
        {
            string id = _names.CosmosId(account.Name);
            if ((path + "/").StartsWith(id + "/", StringComparison.OrdinalIgnoreCase))
                return (account, path[id.Length..].Split('/', StringSplitOptions.RemoveEmptyEntries));
        }

        return null;
    }

    private JsonObject Describe(CosmosAccount account, CosmosDatabase database) =>
        Resource(
            $"{_names.CosmosId(account.Name)}/sqlDatabases/{database.Name}",
            database.Name,
            DatabaseType,
            MetadataDocuments.Of(database)
        );

    private JsonObject Describe(CosmosAccount account, CosmosDatabase database, CosmosContainer container) =>
        Resource(
            $"{_names.CosmosId(account.Name)}/sqlDatabases/{database.Name}/containers/{container.Name}",
            container.Name,
            ContainerType,
            MetadataDocuments.Of(container)
        );

    private static JsonObject Resource(string id, string name, string type, JsonObject described)
    {
        // What only paths of the data plane are made of is not shown here.
        string[] paths = [.. described.Select(property => property.Key).Where(key => key is ['_', not ('r' or 't' or 'e'), ..])];
        foreach (string path in paths)
            described.Remove(path);

        return new JsonObject
        {
            ["id"] = id,
            ["name"] = name,
            ["type"] = type,
            ["properties"] = new JsonObject { ["resource"] = described, ["options"] = new JsonObject() },
        };
    }
}
