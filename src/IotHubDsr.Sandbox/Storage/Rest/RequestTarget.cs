namespace IotHubDsr.Sandbox.Storage.Rest;

/// <summary>
/// What a request is about. Taken from the target as it came over the wire, because a path that the web server has decoded
/// or normalized cannot tell <c>a%2Fb</c> from <c>a/b</c> or <c>a//b</c> from <c>a/b</c>; decoded exactly once.
/// </summary>
internal sealed record RequestTarget(string? Container, string? Blob, IReadOnlyDictionary<string, string> Query)
{
    private const string RootContainer = "$root";

    public static RequestTarget Parse(string rawTarget)
    {
        string target = rawTarget;
        if (!target.StartsWith('/'))
        {
            int authority = target.IndexOf("://", StringComparison.Ordinal);
            int slash = authority < 0 ? -1 : target.IndexOf('/', authority + 3);
            target = slash < 0 ? throw new StorageException(StorageErrors.InvalidUri) : target[slash..];
        }

        int mark = target.IndexOf('?', StringComparison.Ordinal);
        Dictionary<string, string> query = ParseQuery(mark < 0 ? "" : target[(mark + 1)..]);
        string path = (mark < 0 ? target : target[..mark])[1..];
        int separator = path.IndexOf('/', StringComparison.Ordinal);
        string first = Uri.UnescapeDataString(separator < 0 ? path : path[..separator]);
        string rest = separator < 0 ? "" : Uri.UnescapeDataString(path[(separator + 1)..]);
        if (first.Length == 0)
            return new(null, null, query);

        bool isBlobOfRoot = rest.Length == 0 && query.GetValueOrDefault("restype") != "container";
        return isBlobOfRoot ? new(RootContainer, first, query) : new(first, rest.Length == 0 ? null : rest, query);
    }

    public static Dictionary<string, string> ParseQuery(string query)
    {
        var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (string pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? pair : pair[..equals];
            string value = equals < 0 ? "" : pair[(equals + 1)..];
            parameters[Decode(name)] = Decode(value);
        }

        return parameters;
    }

    private static string Decode(string value) => Uri.UnescapeDataString(value.Replace('+', ' '));
}
