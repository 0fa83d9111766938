using Azure.Core;

namespace IotHubDsr.Core.Azure;

/// <summary>The Azure RBAC action that a call to Azure Resource Manager requires.</summary>
internal static class ArmActions
{
    /// <summary>Provider and types of the last resource in the path, with the verb; null for a path without a provider.</summary>
    public static string? Of(RequestMethod method, Uri uri)
    {
        string[] segments = [.. uri.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString)];
        int providers = Array.FindLastIndex(segments, static segment => segment.Equals("providers", StringComparison.OrdinalIgnoreCase));
        if (providers < 0 || providers + 2 >= segments.Length)
            return null;

        // After the provider, types and names take turns.
        IEnumerable<string> types = segments[(providers + 2)..].Where(static (_, index) => index % 2 == 0);
        return $"{segments[providers + 1]}/{string.Join('/', types)}/{(method == RequestMethod.Post ? "action" : "read")}";
    }
}
