using System.Text.Json.Nodes;

namespace IotHubDsr.Sandbox.Hub.Query;

/// <summary>What a query reads: twins of devices, twins of modules, or what jobs did to devices.</summary>
internal enum QueryCollection
{
    Devices,
    Modules,
    Jobs,
}

/// <summary>A path such as <c>tags.owner</c> into a document of the collection.</summary>
internal sealed record PropertyPath(string Text)
{
    private static readonly string[] TwinRoots = ["tags", "properties", "capabilities", "x509Thumbprint"];
    private static readonly string[] JobRoots = ["outcome", "error"];
    private static readonly string[] TwinFields =
    [
        "deviceId",
        "etag",
        "deviceEtag",
        "status",
        "statusReason",
        "statusUpdateTime",
        "connectionState",
        "connectionStateUpdatedTime",
        "lastActivityTime",
        "cloudToDeviceMessageCount",
        "authenticationType",
        "version",
        "deviceScope",
        "parentScopes",
    ];

    private static readonly string[] JobFields =
    [
        "deviceId",
        "jobId",
        "jobType",
        "status",
        "startTimeUtc",
        "endTimeUtc",
        "createdDateTimeUtc",
        "lastUpdatedDateTimeUtc",
    ];

    private readonly string[] _steps = Text.Split('.');

    public string Name => _steps[^1];

    /// <summary>The case of the twin's own fields does not matter, that of tags and properties does.</summary>
    public static PropertyPath Parse(string text, QueryCollection collection)
    {
        string prefix = collection switch
        {
            QueryCollection.Modules => "devices.modules.",
            QueryCollection.Jobs => "devices.jobs.",
            _ => "devices.",
        };
        string path = text.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) ? text[prefix.Length..] : text;
        string[] steps = path.Split('.');
        string[] roots = collection == QueryCollection.Jobs ? JobRoots : TwinRoots;
        string[] fields = collection switch
        {
            QueryCollection.Jobs => JobFields,
            QueryCollection.Modules => [.. TwinFields, "moduleId"],
            _ => TwinFields,
        };
        IEnumerable<string> known = steps.Length == 1 ? fields.Concat(roots) : roots;
        string? root = known.FirstOrDefault(name => name.Equals(steps[0], StringComparison.OrdinalIgnoreCase));
        return root is not null && !steps.Contains("")
            ? new PropertyPath(string.Join('.', [root, .. steps[1..]]))
            : throw QueryLexer.Refuse($"'{text}' is not a property of what is queried.");
    }

    public bool TryRead(JsonObject document, out JsonNode? value)
    {
        value = document;
        foreach (string step in _steps)
        {
            if (value is not JsonObject current || !current.TryGetPropertyValue(step, out value))
                return false;
        }

        return true;
    }
}
