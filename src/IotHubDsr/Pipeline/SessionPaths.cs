using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using System.Text.RegularExpressions;

namespace IotHubDsr.Pipeline;

/// <summary>Full paths of what parameters name, as the session of a command resolves them.</summary>
internal sealed partial class SessionPaths(DsrCommand command)
{
    /// <summary>
    /// The full path of a file or folder; a terminating error where the session's location, or a drive, is none of the file system.
    /// </summary>
    [return: NotNullIfNotNull(nameof(path))]
    public string? OfFile(string? path)
    {
        if (path is null)
            return null;
        string full = command.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _);
        if (!string.Equals(provider.Name, "FileSystem", StringComparison.OrdinalIgnoreCase))
            command.Throw(FaultCatalogue.PathNotOfFile.For(path, $"an item of the PowerShell provider {provider.Name}"));
        return full;
    }

    /// <summary>A request store as it was named, with the full path of a folder.</summary>
    public string? OfStore(string? store)
    {
        if (store is null || store.Contains("://", StringComparison.Ordinal))
            return store;

        // As a folder it would be made, and the evidence of an erasure would stay on the machine that happened to run it.
        if (StorageHost().IsMatch(store))
            command.Throw(FaultCatalogue.InvalidRequestStore.For(store));
        return OfFile(store);
    }

    [GeneratedRegex(@"^[a-z0-9]{3,24}\.(blob|dfs)\.", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex StorageHost();
}
