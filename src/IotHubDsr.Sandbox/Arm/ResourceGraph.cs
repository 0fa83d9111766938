using System.Globalization;
using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Kusto;
using IotHubDsr.Sandbox.Kusto.Values;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Sandbox.Arm;

/// <summary>
/// Azure Resource Graph: one query over the resources that the caller can see. What may not be read is not there, without a word.
/// </summary>
internal sealed class ResourceGraph(WorldNames names, ArmCatalogue catalogue, TimeProvider clock)
{
    private const string Provider = "Microsoft.ResourceGraph";
    private const int MostRows = 1_000;

    // The resources of the subscription, each type with a version of its provider's interface.
    private static readonly (string Type, string Version)[] s_types =
    [
        ("Microsoft.Devices/IotHubs", "2023-06-30"),
        ("Microsoft.Devices/provisioningServices", "2022-12-12"),
        ("Microsoft.Storage/storageAccounts", "2023-05-01"),
        ("Microsoft.OperationalInsights/workspaces", "2023-09-01"),
        ("Microsoft.Kusto/clusters", "2024-04-13"),
        ("Microsoft.StreamAnalytics/streamingjobs", "2020-03-01"),
        ("Microsoft.DeviceUpdate/accounts", "2023-07-01"),
    ];

    private static readonly string[] s_texts = ["id", "name", "type", "tenantId", "kind", "location", "resourceGroup", "subscriptionId"];
    private static readonly string[] s_objects = ["sku", "plan", "properties", "tags", "identity", "zones"];

    /// <summary>How many rows a page has at most, whatever is asked for.</summary>
    public int PageSize { get; set; } = MostRows;

    public static bool Is(string method, ArmPath path) =>
        method == "POST" && path.Text.Equals($"/providers/{Provider}/resources", StringComparison.OrdinalIgnoreCase);

    public JsonObject Run(JsonNode? body, Func<string, bool> isVisible)
    {
        string query = Text(body, "query") ?? throw Invalid("InvalidRequest", "The query is missing.");
        JsonNode? options = body?["options"];
        string format = Text(options, "resultFormat") ?? "objectArray";
        if (format is not ("objectArray" or "table"))
            throw Invalid("InvalidRequest", $"The result format '{format}' is not known.");

        IEnumerable<string> asked = (body?["subscriptions"] as JsonArray ?? []).Select(one => $"{one}");
        bool isAsked = !asked.Any() || asked.Contains(names.SubscriptionId, StringComparer.OrdinalIgnoreCase);
        KustoResult result = Run(query, isAsked ? isVisible : static _ => false);
        object?[][] rows = [.. result.Rows];
        int skip = SkipOf(Text(options, "$skipToken"));
        int top = Math.Clamp(Number(options, "$top") ?? PageSize, 1, PageSize);
        object?[][] page = [.. rows.Skip(skip).Take(top)];
        bool isCut = skip + page.Length < rows.Length;
        // Without the column id the rest is lost.
        bool hasNext = isCut && result.Columns.Any(column => column.Name == "id");
        var answer = new JsonObject
        {
            ["totalRecords"] = rows.Length,
            ["count"] = page.Length,
            ["data"] = format == "table" ? Table(result, page) : Objects(result, page),
            ["facets"] = new JsonArray(),
            ["resultTruncated"] = isCut && !hasNext ? "true" : "false",
        };
        if (hasNext)
            answer["$skipToken"] = (skip + page.Length).ToString(CultureInfo.InvariantCulture);

        return answer;
    }

    private KustoResult Run(string query, Func<string, bool> isVisible)
    {
        try
        {
            return KustoEngine.Run(query, new Resources(All(isVisible)), clock.GetUtcNow());
        }
        catch (KustoRefusal refusal)
        {
            throw Invalid(refusal.IsSyntax ? "ParserFailure" : "InvalidQuery", refusal.Message);
        }
    }

    private KustoTable All(Func<string, bool> isVisible)
    {
        IEnumerable<JsonNode> resources = s_types.SelectMany(type =>
            catalogue.All($"{names.Subscription}/providers/{type.Type}", type.Version, isVisible)
        );
        return new(
            [
                .. s_texts.Select(static name => new KustoColumn(name, KustoType.String)),
                .. s_objects.Select(static name => new KustoColumn(name, KustoType.Dynamic)),
            ],
            [.. resources.Select(Row)]
        );
    }

    private object?[] Row(JsonNode resource)
    {
        string id = $"{resource["id"]}";
        var path = new ArmPath(id.Split('/', StringSplitOptions.RemoveEmptyEntries));
        return
        [
            id,
            $"{resource["name"]}",
            $"{path.Provider}/{path.Type}".ToLowerInvariant(),
            names.TenantId,
            $"{resource["kind"]}",
            $"{resource["location"]}",
            (path.ResourceGroup ?? "").ToLowerInvariant(),
            names.SubscriptionId,
            .. s_objects.Select(name => (object?)resource[name]?.DeepClone()),
        ];
    }

    private static JsonArray Objects(KustoResult result, IEnumerable<object?[]> rows) =>
        [
            .. rows.Select(row =>
            {
                var described = new JsonObject();
                foreach ((int index, KustoColumn column) in result.Columns.Index())
                    described[column.Name] = KustoDynamic.Of(row[index]);

                return (JsonNode)described;
            }),
        ];

    private static JsonObject Table(KustoResult result, IEnumerable<object?[]> rows) =>
        new()
        {
            ["columns"] = new JsonArray([
                .. result.Columns.Select(column => new JsonObject
                {
                    ["name"] = column.Name,
                    ["type"] = column.Type == KustoType.Dynamic ? "object" : column.Type.Name,
                }),
            ]),
            ["rows"] = new JsonArray([.. rows.Select(row => new JsonArray([.. row.Select(KustoDynamic.Of)]))]),
        };

    private static int SkipOf(string? token) =>
        token is null ? 0
        : int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out int skip) ? skip
        : throw Invalid("InvalidSkipToken", "The skip token is not valid.");

    private static string? Text(JsonNode? body, string name) =>
        body?[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static int? Number(JsonNode? body, string name) =>
        body?[name] is JsonValue value && value.TryGetValue(out int number) ? number : null;

    private static ArmRefusal Invalid(string code, string text) => new(400, code, text) { Provider = Provider };

    private sealed class Resources(KustoTable all) : IKustoDatabase
    {
        public IEnumerable<string> TableNames => ["resources"];

        public KustoTable? Find(string name) => name.Equals("resources", StringComparison.OrdinalIgnoreCase) ? all : null;
    }
}
