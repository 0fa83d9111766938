using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using IotHubDsr.Sandbox.Hub.Query;

namespace IotHubDsr.Sandbox.Hub.Configurations;

/// <summary>
/// Configurations of devices and modules, and deployments to IoT Edge devices: they name devices in conditions, queries, labels and
/// content, and no deletion of a device changes them. Callers hold the registry's gate.
/// </summary>
internal sealed partial class HubConfigurations(TimeProvider time)
{
    /// <summary>How many the service keeps of each sort.</summary>
    private const int MostOfASort = 100;

    private const int DefaultPage = 100;
    private const int PageLimit = 1000;
    private static readonly string[] Contents = ["deviceContent", "moduleContent", "modulesContent"];

    private readonly SortedDictionary<string, JsonObject> _all = new(StringComparer.Ordinal);
    private int _changes;

    /// <summary>Each by its ID.</summary>
    public IReadOnlyDictionary<string, JsonObject> All => _all;

    /// <summary>Pages are never longer: the service may always return fewer than were asked for.</summary>
    public int PageSizeCap { get; set; } = PageLimit;

    public HubOperation Find(string method, string[] segments) =>
        (method, segments) switch
        {
            ("GET", ["configurations"]) => Read(List),
            ("POST", ["configurations", "testQueries"]) => Read(request => Test(request.Document)),
            ("GET", ["configurations", var id]) => Read(_ => Reply(Configuration(id))),
            ("PUT", ["configurations", var id]) => Write(request => Put(id, request)),
            ("DELETE", ["configurations", var id]) => Write(request => Delete(id, request.IfMatch)),
            _ => throw HubRefusal.NotSimulated($"the operation {method} /{string.Join('/', segments)}"),
        };

    /// <summary>Adds one, or replaces it.</summary>
    public JsonObject Put(string id, JsonObject model)
    {
        if (!LegalId().IsMatch(id))
            throw new HubRefusal(HubError.ArgumentInvalid, $"'{id}' is not an ID of a configuration: those have no upper case.");
        string[] contents =
        [
            .. Contents.Where(name => model["content"] is JsonObject content && content[name] is JsonObject { Count: > 0 }),
        ];
        if (contents.Length != 1)
            throw new HubRefusal(HubError.ArgumentInvalid, $"The content must have one of {string.Join(", ", Contents)}.");
        string condition = model["targetCondition"]?.ToString() ?? "";
        if (condition.Length > 0)
            QueryParser.Parse($"SELECT * FROM devices WHERE {condition}");
        _all.TryGetValue(id, out JsonObject? old);
        if (old is null && _all.Values.Count(other => IsDeployment(other) == IsDeployment(model)) >= MostOfASort)
            throw new HubRefusal(HubError.InvalidOperation, $"A hub has at most {MostOfASort} configurations of a sort.");
        string now = time.GetUtcNow().UtcDateTime.ToString("o", CultureInfo.InvariantCulture);
        return _all[id] = new JsonObject
        {
            ["id"] = id,
            ["schemaVersion"] = model["schemaVersion"]?.DeepClone() ?? "1.0",
            ["labels"] = model["labels"]?.DeepClone() ?? new JsonObject(),
            ["content"] = model["content"]!.DeepClone(),
            ["targetCondition"] = condition,
            ["createdTimeUtc"] = old?["createdTimeUtc"]?.DeepClone() ?? now,
            ["lastUpdatedTimeUtc"] = now,
            ["priority"] = model["priority"]?.DeepClone() ?? 0,
            ["systemMetrics"] = new JsonObject { ["results"] = new JsonObject(), ["queries"] = new JsonObject() },
            ["metrics"] = new JsonObject
            {
                ["results"] = new JsonObject(),
                ["queries"] = model["metrics"]?["queries"]?.DeepClone() ?? new JsonObject(),
            },
            ["etag"] = Convert.ToBase64String(Encoding.ASCII.GetBytes((++_changes).ToString(CultureInfo.InvariantCulture))),
        };
    }

    /// <summary>Takes one away. False if there is none.</summary>
    public bool Remove(string id) => _all.Remove(id);

    private static bool IsDeployment(JsonObject configuration) => configuration["content"]?["modulesContent"] is JsonObject { Count: > 0 };

    private static HubOperation Read(Func<HubRequest, HubReply> run) => new(HubRight.RegistryRead, ThrottledOperation.Configurations, run);

    private static HubOperation Write(Func<HubRequest, HubReply> run) =>
        new(HubRight.RegistryWrite, ThrottledOperation.Configurations, run);

    private static HubReply Reply(JsonObject configuration) =>
        HubReply.Tagged(configuration.DeepClone(), configuration["etag"]!.ToString());

    private static string? ErrorOf(string query)
    {
        try
        {
            QueryParser.Parse(query);
            return null;
        }
        catch (HubRefusal refusal)
        {
            return refusal.Message;
        }
    }

    private HubReply List(HubRequest request)
    {
        int top = HubPages.Number(request.Target.Query.GetValueOrDefault("top"), "top", DefaultPage, PageLimit);
        return HubPages.Of([.. _all.Values], request, Math.Min(top, PageSizeCap), "configurations");
    }

    private static HubReply Test(JsonObject model)
    {
        var errors = new JsonObject();
        foreach ((string name, JsonNode? query) in model["customMetricQueries"] as JsonObject ?? [])
            errors[name] = ErrorOf(query?.ToString() ?? "");
        string? condition = model["targetCondition"]?.ToString();
        return HubReply.Ok(
            new JsonObject
            {
                ["targetConditionError"] = string.IsNullOrEmpty(condition) ? null : ErrorOf($"SELECT * FROM devices WHERE {condition}"),
                ["customMetricQueryErrors"] = errors,
            }
        );
    }

    private HubReply Put(string id, HubRequest request)
    {
        if (request.Document["id"]?.ToString() != id)
            throw new HubRefusal(HubError.ArgumentInvalid, "The id in the body must equal the one in the path.");
        bool isNew = !_all.ContainsKey(id);
        if (request.IfMatch is { } condition)
            HubRegistry.RequireMatch(condition, Configuration(id)["etag"]!.ToString());
        else if (!isNew)
            throw new HubRefusal(HubError.ConfigurationAlreadyExists, $"A configuration with ID '{id}' already exists.");
        HubReply reply = Reply(Put(id, request.Document));
        return isNew ? reply with { Status = StatusCodes.Status201Created } : reply;
    }

    private HubReply Delete(string id, string? condition)
    {
        JsonObject configuration = Configuration(id);
        if (condition is not null)
            HubRegistry.RequireMatch(condition, configuration["etag"]!.ToString());
        _all.Remove(id);
        return new HubReply(StatusCodes.Status204NoContent);
    }

    private JsonObject Configuration(string id) =>
        _all.GetValueOrDefault(id) ?? throw new HubRefusal(HubError.ConfigurationNotFound, $"Configuration {id} not found.");

    [GeneratedRegex(@"^[a-z0-9\-:+%_#*?!(),=@;']{1,128}\z")]
    private static partial Regex LegalId();
}
