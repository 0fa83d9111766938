using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Sandbox.Arm;

/// <summary>Microsoft.DeviceUpdate: accounts, and instances that are linked to hubs, as they were put there. Nothing is updated.</summary>
internal sealed class DeviceUpdateResources(WorldNames names, IReadOnlyList<JsonObject> instances) : IArmProvider
{
    private const string AccountType = "Microsoft.DeviceUpdate/accounts";
    private const string Instances = "/instances";
    private const int PageSize = 2;

    public IReadOnlyList<(string Method, string Path)> Types =>
        [
            ("GET", names.Resource(WorldNames.DataGroup, AccountType, "any")),
            ("GET", $"{names.Resource(WorldNames.DataGroup, AccountType, "any")}/instances/any"),
        ];

    private IEnumerable<string> Accounts => instances.Select(AccountOf).Distinct(StringComparer.OrdinalIgnoreCase);

    public JsonNode? Find(string method, ArmPath path, string apiVersion)
    {
        if (method != "GET")
            return null;
        return Accounts.FirstOrDefault(account => Same(account, path.Text)) is { } id
            ? Describe(id)
            : instances.FirstOrDefault(instance => Same(IdOf(instance), path.Text))?.DeepClone();
    }

    public (IReadOnlyList<JsonNode> Items, int PageSize)? List(ArmPath path, string apiVersion)
    {
        string[] scopes = [names.Subscription, $"{names.Subscription}/resourceGroups/{WorldNames.DataGroup}"];
        if (scopes.Any(scope => Same(path.Text, $"{scope}/providers/{AccountType}")))
            return ([.. Accounts.Select(Describe)], PageSize);
        return Accounts.FirstOrDefault(account => Same(account + Instances, path.Text)) is { } id
            ? ([.. instances.Where(instance => Same(AccountOf(instance), id))], PageSize)
            : null;
    }

    private static JsonObject Describe(string id)
    {
        string name = id[(id.LastIndexOf('/') + 1)..];
        return new JsonObject
        {
            ["id"] = id,
            ["name"] = name,
            ["type"] = AccountType,
            ["location"] = WorldNames.Location,
            ["properties"] = new JsonObject
            {
                ["provisioningState"] = "Succeeded",
                ["hostName"] = $"{name}.api.adu.microsoft.com",
                ["sku"] = "Standard",
            },
        };
    }

    private static string IdOf(JsonObject instance) => instance["id"]!.ToString();

    private static string AccountOf(JsonObject instance)
    {
        string id = IdOf(instance);
        return id[..id.LastIndexOf(Instances, StringComparison.OrdinalIgnoreCase)];
    }

    private static bool Same(string left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);
}
