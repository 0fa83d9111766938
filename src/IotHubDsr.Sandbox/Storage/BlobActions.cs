using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.Identity;

namespace IotHubDsr.Sandbox.Storage;

/// <summary>The actions that each operation of the blob service takes. Of the actions of a group, one is enough.</summary>
internal static class BlobActions
{
    private const string Service = "Microsoft.Storage/storageAccounts/blobServices";
    private const string Containers = $"{Service}/containers";
    private const string Blobs = $"{Containers}/blobs";

    public static IReadOnlyList<AzureAction[]> Of(HttpRequest request, RequestTarget target)
    {
        string? comp = target.Query.GetValueOrDefault("comp")?.ToLowerInvariant();
        bool reads = request.Method is "GET" or "HEAD";
        return (target.Segments.Length, comp) switch
        {
            (0, "list") => [Control(Containers, "read")],
            (0, "blobs") => [Data("filter/action")],
            (0, "userdelegationkey") => [Control(Service, "generateUserDelegationKey/action")],
            (0, "properties") when target.Query.ContainsKey("restype") && target.Query["restype"] == "account" =>
            [
                Control(Service, "getInfo/action"),
            ],
            (0, _) => [Control(Service, reads ? "read" : "write")],
            (1, "list") => [Data("read")],
            (1, "blobs") => [Data("filter/action")],
            (1, _) when IsContainer(target) =>
            [
                Control(
                    Containers,
                    reads ? "read"
                        : request.Method == "DELETE" ? "delete"
                        : "write"
                ),
            ],
            _ => OfBlob(request, target, comp, reads),
        };
    }

    private static IReadOnlyList<AzureAction[]> OfBlob(HttpRequest request, RequestTarget target, string? comp, bool reads)
    {
        if (comp == "tags")
            return [Data(reads ? "tags/read" : "tags/write")];

        if (reads)
            return [Data("read")];

        if (request.Method == "DELETE")
        {
            bool isForGood = target.Query.GetValueOrDefault("deletetype") == "permanent";
            bool isVersion = target.Query.ContainsKey("versionid");
            return
            [
                Data(
                    isForGood ? "permanentDelete/action"
                    : isVersion ? "deleteBlobVersion/action"
                    : "delete"
                ),
            ];
        }

        // To add what was not there, or to the end of what is there, takes less than to change it; that nothing was there is decided later.
        bool adds = comp is "appendblock" or "snapshot" || (comp is null or "blocklist" && request.Headers.IfNoneMatch == "*");
        AzureAction[] write = adds ? Data("write", "add/action") : Data("write");
        return request.Headers.ContainsKey("x-ms-tags") ? [write, Data("tags/write")] : [write];
    }

    private static bool IsContainer(RequestTarget target) =>
        "container".Equals(target.Query.GetValueOrDefault("restype"), StringComparison.OrdinalIgnoreCase);

    public static AzureAction[] Data(params string[] names) => [.. names.Select(name => new AzureAction($"{Blobs}/{name}", IsData: true))];

    private static AzureAction[] Control(string type, string verb) => [new AzureAction($"{type}/{verb}", IsData: false)];
}
