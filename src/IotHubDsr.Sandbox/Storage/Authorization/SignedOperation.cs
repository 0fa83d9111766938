using IotHubDsr.Sandbox.Storage.Blobs;
using IotHubDsr.Sandbox.Storage.Rest;

namespace IotHubDsr.Sandbox.Storage.Authorization;

/// <summary>What a shared access signature must allow for a request.</summary>
/// <param name="ResourceType">s: the service, c: a container, o: a blob.</param>
/// <param name="Permissions">Letters of which one is enough.</param>
/// <param name="NeedsAccount">Only a signature of the whole account can allow it.</param>
internal sealed record SignedOperation(char ResourceType, string Permissions, bool NeedsAccount = false)
{
    public static SignedOperation Read { get; } = new('o', "r");

    public static SignedOperation Of(HttpRequest request, RequestTarget target, BlobAccount account)
    {
        string comp = target.Query.GetValueOrDefault("comp", "").ToLowerInvariant();
        string method = request.Method.ToUpperInvariant();
        if (target.Container is null)
        {
            return new(
                's',
                comp == "list" ? "l"
                    : method is "GET" or "HEAD" ? "r"
                    : "w",
                NeedsAccount: true
            );
        }

        return target.Blob is null ? OfContainer(method, comp) : OfBlob(request, method, comp, target, Exists(target, account));
    }

    private static SignedOperation OfContainer(string method, string comp) =>
        (method, comp) switch
        {
            ("GET", "list") => new('c', "l"),
            ("GET" or "HEAD", _) => new('c', "r", NeedsAccount: true),
            ("PUT", "") => new('c', "cw", NeedsAccount: true),
            ("DELETE", _) => new('c', "d", NeedsAccount: true),
            _ => new('c', "w", NeedsAccount: true),
        };

    private static SignedOperation OfBlob(HttpRequest request, string method, string comp, RequestTarget target, bool exists) =>
        (method, comp) switch
        {
            (_, "tags") => new('o', "t"),
            ("GET" or "HEAD", _) => Read,
            ("DELETE", _) when target.Query.GetValueOrDefault("deletetype") == "permanent" => new('o', "y"),
            ("DELETE", _) when target.Query.ContainsKey("versionid") => new('o', "x"),
            ("DELETE", _) => new('o', "d"),
            ("PUT", "appendblock") => new('o', "aw"),
            ("PUT", "block" or "snapshot") => new('o', "cw"),
            // To create is to write what is not there yet.
            ("PUT", "" or "blocklist") => new('o', exists ? "w" : "cw"),
            ("PUT", "lease") when request.Headers["x-ms-lease-action"] == "break" => new('o', "dw"),
            _ => new('o', "w"),
        };

    private static bool Exists(RequestTarget target, BlobAccount account)
    {
        if (!account.TryGetContainer(target.Container!, out BlobContainer? container))
            return false;

        lock (container.Gate)
            return container.TryGetEntry(target.Blob!, out BlobEntry? entry) && entry.Current is not null;
    }
}
