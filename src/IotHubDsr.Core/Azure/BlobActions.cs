using Azure.Core;

namespace IotHubDsr.Core.Azure;

/// <summary>The Azure RBAC action that an operation of Blob Storage requires.</summary>
internal static class BlobActions
{
    private const string Containers = "Microsoft.Storage/storageAccounts/blobServices/containers";
    private const string Blobs = $"{Containers}/blobs";

    /// <summary>The action, or the alternatives if it is unknown which one is missing.</summary>
    public static string Of(Request request)
    {
        var uri = request.Uri.ToUri();
        bool reads = request.Method == RequestMethod.Get || request.Method == RequestMethod.Head;
        if (IsTrue("comp=list"))
            return IsTrue("restype=container") ? $"{Blobs}/read" : $"{Containers}/read";
        if (IsTrue("restype=service"))
            return $"Microsoft.Storage/storageAccounts/blobServices/{(reads ? "read" : "write")}";
        if (IsTrue("restype=container"))
            return $"{Containers}/{(reads ? "read" : request.Method == RequestMethod.Delete ? "delete" : "write")}";
        if (IsTrue("comp=tags"))
            return $"{Blobs}/tags/{(reads ? "read" : "write")}";
        if (reads)
            return $"{Blobs}/read";
        if (request.Method != RequestMethod.Delete)
            return request.Headers.Contains("x-ms-tags") ? $"{Blobs}/write or {Blobs}/tags/write" : $"{Blobs}/write";
        if (IsTrue("deletetype=permanent"))
            return $"{Blobs}/permanentDelete/action";
        return uri.Query.Contains("versionid=", StringComparison.OrdinalIgnoreCase)
            ? $"{Blobs}/deleteBlobVersion/action"
            : $"{Blobs}/delete";

        bool IsTrue(string parameter) => uri.Query.TrimStart('?').Split('&').Contains(parameter, StringComparer.OrdinalIgnoreCase);
    }
}
