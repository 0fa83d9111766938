using IotHubDsr.Core.Azure;

namespace IotHubDsr.Core.Evidence.Stores;

/// <summary>Finds the store that a path or URI names.</summary>
internal static class EvidenceStores
{
    /// <summary>The environment variable that names the default store.</summary>
    public const string Variable = "IOTHUBDSR_REQUEST_STORE";

    /// <summary>The default store: what the environment says, or a folder of the user.</summary>
    public static string DefaultPlace =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } place
            ? place
            : Path.Combine(
                Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create),
                "IotHubDsr",
                "requests"
            );

    /// <param name="place">Full path of a folder, or https URI of a blob container.</param>
    /// <param name="access">The way to Azure; null when there is no connection.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="DsrException">The place is neither, or needs a connection.</exception>
    public static IEvidenceStore Open(string place, AzureAccess? access, TimeProvider time)
    {
        if (Require(place) is not { } uri)
            return new FolderEvidence(Path.GetFullPath(place));
        return access?.Credential is null
            ? throw FaultCatalogue.NotConnected.Exception(place, ", and a request store in a blob container requires an Entra credential")
            : new ContainerEvidence(access, uri, time);
    }

    /// <summary>The URI of a container; null for a folder.</summary>
    /// <exception cref="DsrException">The place is neither.</exception>
    public static Uri? Require(string place)
    {
        if (!Uri.TryCreate(place, UriKind.Absolute, out Uri? uri) || uri.IsFile)
        {
            // A mistyped URI must not become a folder: the evidence would stay on a machine that is gone tomorrow.
            return place.Contains("://", StringComparison.Ordinal)
                ? throw FaultCatalogue.InvalidRequestStore.Exception(place.Split('?')[0])
                : null;
        }

        return
            uri.Scheme == Uri.UriSchemeHttps
            && uri.Query.Length == 0
            && uri.AbsolutePath.Trim('/') is { Length: > 0 } container
            && !container.Contains('/', StringComparison.Ordinal)
            ? uri
            : throw FaultCatalogue.InvalidRequestStore.Exception(uri.GetLeftPart(UriPartial.Path));
    }
}
