using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Cosmos;
using IotHubDsr.Sandbox.Identity;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Sandbox.Arm;

/// <summary>The roles of an account's data plane: those that every account has, those that were posted, and who has them.</summary>
internal sealed class CosmosRoles(WorldNames names, CosmosAccount account, AccessRules access)
{
    private const string Reader = "00000000-0000-0000-0000-000000000001";
    private const string Contributor = "00000000-0000-0000-0000-000000000002";
    private const string Containers = "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers";
    private const string Metadata = "Microsoft.DocumentDB/databaseAccounts/readMetadata";

    private readonly string _id = names.CosmosId(account.Name);

    public IReadOnlyList<JsonNode> Definitions() =>
        [
            Definition(
                Reader,
                "Cosmos DB Built-in Data Reader",
                "BuiltInRole",
                [_id],
                [Metadata, $"{Containers}/executeQuery", $"{Containers}/readChangeFeed", $"{Containers}/items/read"]
            ),
            Definition(
                Contributor,
                "Cosmos DB Built-in Data Contributor",
                "BuiltInRole",
                [_id],
                [Metadata, $"{Containers}/*", $"{Containers}/items/*"]
            ),
            .. Own().Select(role => Definition(IdOf(role), role.Role.Name, "CustomRole", [role.Scope], role.Role.DataActions)),
        ];

    /// <summary>Without any restriction the application has the role that allows everything.</summary>
    public IReadOnlyList<JsonNode> Assignments() =>
        access.Assignments is null ? [Assignment(Contributor, _id)] : [.. Own().Select(role => Assignment(IdOf(role), role.Scope))];

    private IEnumerable<RoleAssignment> Own() =>
        (access.Assignments ?? []).Where(role => RoleAssignment.IsWithin(role.Scope.TrimEnd('/'), _id) && role.Role.DataActions.Count > 0);

    private JsonObject Definition(string name, string roleName, string type, IReadOnlyList<string> scopes, IReadOnlyList<string> actions) =>
        new()
        {
            ["id"] = $"{_id}/sqlRoleDefinitions/{name}",
            ["name"] = name,
            ["type"] = "Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions",
            ["properties"] = new JsonObject
            {
                ["roleName"] = roleName,
                ["type"] = type,
                ["assignableScopes"] = Array(scopes),
                ["permissions"] = new JsonArray(new JsonObject { ["dataActions"] = Array(actions), ["notDataActions"] = new JsonArray() }),
            },
        };

    private JsonObject Assignment(string role, string scope)
    {
        string name = Id($"{role} {scope}");
        return new JsonObject
        {
            ["id"] = $"{_id}/sqlRoleAssignments/{name}",
            ["name"] = name,
            ["type"] = "Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments",
            ["properties"] = new JsonObject
            {
                ["roleDefinitionId"] = $"{_id}/sqlRoleDefinitions/{role}",
                ["principalId"] = names.ClientId,
                ["scope"] = scope,
            },
        };
    }

    private static string IdOf(RoleAssignment role) => Id($"{role.Role.Name} {role.Scope}");

    private static string Id(string text) => new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16)).ToString();

    private static JsonArray Array(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);
}
