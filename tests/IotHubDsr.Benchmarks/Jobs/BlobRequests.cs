using IotHubDsr.Sandbox.Hosting;

namespace IotHubDsr.Benchmarks.Jobs;

/// <summary>What was sent to the blobs of a container, by what the sandbox has logged.</summary>
internal sealed class BlobRequests
{
    public const string Read = "read";
    public const string Head = "head";
    public const string Commit = "commit";
    public const string Block = "block";

    private readonly List<(string Kind, string Blob)> _sent;

    private BlobRequests(IEnumerable<(string Kind, string Blob)> sent) => _sent = [.. sent];

    public int Count => _sent.Count;

    /// <summary>Number of requests by kind, for a person.</summary>
    public string Description =>
        string.Join(
            ", ",
            _sent.CountBy(sent => sent.Kind).OrderBy(kind => kind.Key, StringComparer.Ordinal).Select(kind => $"{kind.Value:N0} {kind.Key}")
        );

    /// <summary>Reads the log; listings and other requests to the container itself are apart.</summary>
    public static async Task<BlobRequests> ReadAsync(RoutedArchive archive)
    {
        string root = $"/{archive.Container}/";
        return new BlobRequests(
            (await archive.Sandbox.LogAsync())
                .Where(request =>
                    request.Service == "blob"
                    && request.Host.StartsWith(RoutedArchive.Account + ".", StringComparison.Ordinal)
                    && request.Target.StartsWith(root, StringComparison.Ordinal)
                )
                .Select(request => (KindOf(request), Uri.UnescapeDataString(request.Target[root.Length..].Split('?', 2)[0])))
        );
    }

    public BlobRequests To(IEnumerable<string> blobs)
    {
        var wanted = blobs.ToHashSet(StringComparer.Ordinal);
        return new BlobRequests(_sent.Where(sent => wanted.Contains(sent.Blob)));
    }

    public int Of(params IReadOnlyList<string> kinds) => _sent.Count(sent => kinds.Contains(sent.Kind));

    private static string KindOf(LoggedRequest request)
    {
        string query = request.Target.Split('?', 2) is [_, var text] ? text : string.Empty;
        string part = query.Split('&').FirstOrDefault(pair => pair.StartsWith("comp=", StringComparison.Ordinal))?["comp=".Length..]
            ?? string.Empty;
        return (request.Method, part) switch
        {
            ("GET", "") => Read,
            ("HEAD", "") => Head,
            ("PUT", "block") => Block,
            ("PUT", "blocklist") => Commit,
            ("GET", "blocklist") => "block list",
            (var method, "") => method,
            (var method, _) => $"{method} {part}",
        };
    }
}
