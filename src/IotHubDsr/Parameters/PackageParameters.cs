using System.Management.Automation;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Parameters;

/// <summary>What Export-IotDeviceData takes, in the order of its syntax.</summary>
internal sealed class PackageParameters
{
    /// <summary>Folder or zip file to make; it must not exist.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = string.Empty;

    /// <summary>Writes one zip file instead of a folder.</summary>
    [Parameter]
    public SwitchParameter AsZip { get; set; }

    /// <summary>Certificate of the only one who can open the package; the package is an encrypted zip file.</summary>
    [Parameter]
    [ValidateNotNull]
    public X509CertificateSource? ProtectTo { get; set; }

    [Composed]
    public RequestLinkParameters Request { get; } = new();

    [Composed]
    public StoreParameters Store { get; } = new();

    /// <summary>Who hands the data over, to be named in the package.</summary>
    [Parameter]
    [ValidateLength(1, 1000)]
    public string? SourceOrganization { get; set; }

    /// <summary>Whom the recipient can ask, to be named in the package.</summary>
    [Parameter]
    [ValidateLength(1, 1000)]
    public string? ContactName { get; set; }

    [Composed(Only = [nameof(ErasureParameters.IncludeRelayed)])]
    public ErasureParameters Taken { get; } = new();

    [Composed]
    public DistributionParameters Distribution { get; } = new();

    [Composed]
    public ScopedDeviceParameters Scoped { get; } = new();

    /// <summary>The full path of the package, with the extension of its form.</summary>
    public string FullPath(SessionPaths paths)
    {
        string path = paths.OfFile(Path);
        if (ProtectTo is not null)
            return WithExtension(WithExtension(path, ".zip", unless: ".p7m"), ".p7m");
        return AsZip ? WithExtension(path, ".zip") : path;
    }

    /// <summary>The folder in a zip file is named like the file without its extension, so the file must have one.</summary>
    private static string WithExtension(string path, string extension, string? unless = null) =>
        path.EndsWith(extension, StringComparison.OrdinalIgnoreCase)
        || (unless is not null && path.EndsWith(unless, StringComparison.OrdinalIgnoreCase))
            ? path
            : path + extension;
}
