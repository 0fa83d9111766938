using System.Text.Json;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.HubConfigurations;

/// <summary>A part of a configuration in which a text stands.</summary>
/// <param name="Path">Where it is: <c>labels.contact</c>.</param>
/// <param name="Text">The text.</param>
/// <param name="IsSql">Whether it is in the hub's query language.</param>
internal sealed record NamedPart(string Path, string Text, bool IsSql)
{
    public const string Condition = "targetCondition";

    private const string Queries = "queries";

    /// <summary>What the service itself puts there, and says nothing of devices.</summary>
    private static readonly HashSet<string> s_ofService =
    [
        "etag",
        "schemaVersion",
        "priority",
        "createdTimeUtc",
        "lastUpdatedTimeUtc",
        "results",
    ];

    private DocumentTexts? _texts;

    /// <summary>
    /// The text as far as it may stand in what is said of one device: what goes to devices can be a secret, and what an operator wrote can
    /// name other devices. Null where nothing of it may.
    /// </summary>
    public string? ToldOf(string deviceId) =>
        IsSql ? LocationText.Ground(HubSql.Masked(Text, deviceId))
        : Text == deviceId ? LocationText.Ground(Text)
        : null;

    /// <summary>Whether the operator may be told the whole text: what goes to devices can be a secret.</summary>
    public bool IsTold => IsSql || Path.StartsWith("labels", StringComparison.Ordinal);

    public bool Names(string deviceId) =>
        IsSql
            ? DocumentTexts.HoldsInSql(Text, deviceId)
            : (_texts ??= DocumentTexts.Of(JsonSerializer.SerializeToElement(Text))).Hold(deviceId);

    /// <summary>All parts of a configuration in which a device can be named.</summary>
    public static IReadOnlyList<NamedPart> Of(HubConfiguration configuration)
    {
        List<NamedPart> parts = [];
        Add(configuration.Json, path: string.Empty, isSql: false, parts);
        return parts;
    }

    private static void Add(JsonElement value, string path, bool isSql, List<NamedPart> parts)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (JsonProperty member in value.EnumerateObject())
                    Add(member, path, isSql, parts);
                break;
            case JsonValueKind.Array:
                foreach (JsonElement item in value.EnumerateArray())
                    Add(item, path, isSql, parts);
                break;
            case JsonValueKind.String:
                parts.Add(new NamedPart(path, value.AsText() ?? value.GetRawText(), isSql));
                break;
        }
    }

    private static void Add(JsonProperty member, string path, bool isSql, List<NamedPart> parts)
    {
        bool isOutermost = path.Length == 0;
        bool isMetrics = path is "metrics" or "systemMetrics";
        string name = member.NameOf();
        if ((isOutermost || isMetrics) && s_ofService.Contains(name))
            return;
        string at = isOutermost ? name : $"{path}.{name}";
        if (!isOutermost)
            parts.Add(new NamedPart(path, name, IsSql: false));
        Add(member.Value, at, isSql || (isOutermost && name == Condition) || (isMetrics && name == Queries), parts);
    }
}
