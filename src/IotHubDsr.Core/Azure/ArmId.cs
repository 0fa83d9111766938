using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace IotHubDsr.Core.Azure;

/// <summary>
/// ID of an Azure resource, taken apart and checked. Azure compares these IDs without regard to case and does not keep to one spelling,
/// so two IDs are compared by <see cref="Names(string?)"/> and never as strings.
/// </summary>
internal sealed class ArmId
{
    private const int MaxLength = 2048;
    private static readonly SearchValues<char> Forbidden = SearchValues.Create("?#%\\<>\"");

    /// <summary>What an extension resource extends: the segments between the resource group and its own provider.</summary>
    private readonly string[] _scope;
    private readonly (string Type, string Name)[] _pairs;

    private ArmId(string subscriptionId, string? resourceGroup, string[] scope, string @namespace, (string Type, string Name)[] pairs)
    {
        _scope = scope;
        SubscriptionId = subscriptionId;
        ResourceGroup = resourceGroup;
        Namespace = @namespace;
        _pairs = pairs;
    }

    public string SubscriptionId { get; }

    public string? ResourceGroup { get; }

    /// <summary>Namespace of the resource provider: <c>Microsoft.Devices</c>.</summary>
    public string Namespace { get; }

    /// <summary>Type below the namespace: <c>IotHubs</c>, <c>namespaces/eventhubs</c>.</summary>
    public string Type => string.Join('/', _pairs.Select(static pair => pair.Type));

    /// <summary>Name of the resource itself, the last in the ID.</summary>
    public string Name => _pairs[^1].Name;

    /// <summary>The ID as a path of Azure Resource Manager, each segment escaped.</summary>
    public string Path => Build(Uri.EscapeDataString);

    /// <summary>The name in a resource ID; a text that is none, as it is.</summary>
    public static string NameIn(string text) => TryParse(text, out ArmId? id) ? id.Name : text;

    public static bool TryParse(string? text, [NotNullWhen(true)] out ArmId? id)
    {
        id = null;
        if (text is null || text.Length > MaxLength)
            return false;
        string[] parts = text.Trim().Trim('/').Split('/');
        if (!Array.TrueForAll(parts, IsSafe) || parts.Length < 6 || !Equal(parts[0], "subscriptions"))
            return false;

        bool hasGroup = Equal(parts[2], "resourceGroups");
        int scope = hasGroup ? 4 : 2;

        // An extension resource repeats /providers/<namespace>/: the pairs after the last one are its own.
        int provider = Array.FindLastIndex(parts, static part => Equal(part, "providers"));
        int pairs = provider + 2;
        if (provider < scope || !Equal(parts[scope], "providers") || pairs >= parts.Length || (parts.Length - pairs) % 2 != 0)
            return false;
        id = new ArmId(
            parts[1],
            hasGroup ? parts[3] : null,
            parts[scope..provider],
            parts[provider + 1],
            [.. parts[pairs..].Chunk(2).Select(static pair => (pair[0], pair[1]))]
        );
        return true;
    }

    /// <summary>Whether this is a resource of the given namespace and type.</summary>
    public bool IsOf(string @namespace, string type) => Equal(Namespace, @namespace) && Equal(Type, type);

    /// <summary>
    /// Name of the resource of <paramref name="type"/> within the ID: of <c>namespaces</c>, the namespace of an event hub.
    /// </summary>
    public string? NameOf(string type) => Array.Find(_pairs, pair => Equal(pair.Type, type)).Name;

    /// <summary>The resource of <paramref name="type"/> that this one is, or is in; null when it is in none, or in no resource group.</summary>
    /// <param name="type">Type of a resource that is in no other: <c>namespaces</c>.</param>
    /// <param name="provider">Namespace of its resource provider, where the ID may have another one.</param>
    public ArmId? Within(string type, string? provider = null) =>
        ResourceGroup is not null && NameOf(type) is { } name
            ? new ArmId(SubscriptionId, ResourceGroup, [], provider ?? Namespace, [(type, name)])
            : null;

    /// <summary>Whether <paramref name="other"/> names the same resource.</summary>
    public bool Names(string? other) => TryParse(other, out ArmId? parsed) && Equal(ToString(), parsed.ToString());

    public override string ToString() => Build(static segment => segment);

    private static bool Equal(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    private static bool IsSafe(string segment) =>
        segment.Length > 0 && segment is not ("." or "..") && !segment.AsSpan().ContainsAny(Forbidden) && !segment.Any(char.IsControl);

    private string Build(Func<string, string> write)
    {
        IEnumerable<string> segments = ["subscriptions", SubscriptionId];
        if (ResourceGroup is not null)
            segments = [.. segments, "resourceGroups", ResourceGroup];
        segments = [.. segments, .. _scope, "providers", Namespace, .. _pairs.SelectMany(static pair => new[] { pair.Type, pair.Name })];
        return "/" + string.Join('/', segments.Select(write));
    }
}
