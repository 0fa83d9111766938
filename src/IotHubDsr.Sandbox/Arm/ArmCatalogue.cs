using System.Text.Json.Nodes;

namespace IotHubDsr.Sandbox.Arm;

/// <summary>A page of a list; without a next position it is the last.</summary>
internal sealed record ArmPage(IReadOnlyList<JsonNode> Items, int? Next);

/// <summary>What can be asked of Resource Manager: single resources by path, and lists in pages.</summary>
internal sealed class ArmCatalogue
{
    private readonly Dictionary<string, Func<string, JsonNode>> _resources = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, (Func<string, IReadOnlyList<JsonNode>> Items, int? PageSize)> _lists = new(
        StringComparer.OrdinalIgnoreCase
    );

    private readonly HashSet<string> _types = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<IArmProvider> _providers = [];

    public void Add(IArmProvider provider)
    {
        _providers.Add(provider);
        foreach ((string method, string path) in provider.Types)
            Know(method, path);
    }

    /// <summary>A resource whose document depends on the api-version.</summary>
    public void Add(string method, string path, Func<string, JsonNode> document)
    {
        Know(method, path);
        _resources.Add($"{method} {path}", document);
    }

    /// <summary>Notes that the sandbox has resources of the type that the path leads to: one that is not there is missing.</summary>
    public void Know(string method, string path) => _types.Add(TypeOf(method, PathOf(path)));

    public bool Knows(string method, ArmPath path) => _types.Contains(TypeOf(method, path));

    /// <summary>Lists the items under a path and, since each has an ID, serves them one by one too.</summary>
    public void AddAll(string path, int? pageSize, params IReadOnlyList<JsonObject> items)
    {
        AddList(path, pageSize, _ => items);
        foreach (JsonObject item in items)
            _resources.TryAdd($"GET {item["id"]}", _ => item);
    }

    public void AddList(string path, int? pageSize, Func<string, IReadOnlyList<JsonNode>> items)
    {
        Know("GET", path);
        _lists.Add(path, (items, pageSize));
    }

    /// <summary>Does what a provider does beyond reading; null where none knows the action.</summary>
    public ArmReply? Run(string method, string path, string apiVersion, JsonNode? body) =>
        _providers
            .OfType<IArmActions>()
            .Select(provider => provider.Run(method, PathOf(path), apiVersion, body))
            .FirstOrDefault(reply => reply is not null);

    public JsonNode? Find(string method, string path, string apiVersion) =>
        _resources.GetValueOrDefault($"{method} {path}")?.Invoke(apiVersion).DeepClone()
        ?? _providers.Select(provider => provider.Find(method, PathOf(path), apiVersion)).FirstOrDefault(found => found is not null);

    /// <summary>Leaves out what the caller may not see, without a word: that is how Azure lists.</summary>
    public ArmPage? Page(string path, string apiVersion, int skip, Func<string, bool> isVisible)
    {
        if (List(path, apiVersion) is not { } list)
            return null;

        var visible = list.Items.Where(item => item["id"] is not { } id || isVisible(id.ToString())).ToList();
        int size = list.PageSize;
        var page = visible.Skip(skip).Take(size).Select(item => item.DeepClone()).ToList();
        return new ArmPage(page, visible.Count - skip > size ? skip + size : null);
    }

    /// <summary>All of a list that can be seen; none where there is no such list.</summary>
    public IEnumerable<JsonNode> All(string path, string apiVersion, Func<string, bool> isVisible) =>
        List(path, apiVersion)?.Items.Where(item => item["id"] is { } id && isVisible(id.ToString())).Select(item => item.DeepClone())
        ?? [];

    private (IReadOnlyList<JsonNode> Items, int PageSize)? List(string path, string apiVersion) =>
        _lists.TryGetValue(path, out (Func<string, IReadOnlyList<JsonNode>> Items, int? PageSize) list)
            ? (list.Items(apiVersion), list.PageSize ?? int.MaxValue)
            : _providers.Select(provider => provider.List(PathOf(path), apiVersion)).FirstOrDefault(found => found is not null);

    private static ArmPath PathOf(string path) => new(path.Split('/', StringSplitOptions.RemoveEmptyEntries));

    private static string TypeOf(string method, ArmPath path) => $"{method} {path.Provider}/{path.Type}";
}
