using System.Security.Cryptography.X509Certificates;

namespace IotHubDsr;

/// <summary>Options of an export package.</summary>
public sealed record ExportOptions : ScopedOptions
{
    /// <summary>Full path of the folder or zip file to make; it must not exist.</summary>
    public required string Path { get; init; }

    /// <summary>ID of the registered request that the export answers; null when there is none.</summary>
    public string? RequestId { get; init; }

    /// <summary>As for <see cref="RequestStoreOptions.Store"/>.</summary>
    public string? Store { get; init; }

    /// <summary>Writes one zip file instead of a folder.</summary>
    public bool AsZip { get; init; }

    /// <summary>
    /// Certificate of the only one who can open the package; it makes the package a zip file that is encrypted (CMS EnvelopedData). Null
    /// for a package that is not encrypted.
    /// </summary>
    public X509Certificate2? ProtectTo { get; init; }

    /// <summary>ID of the package; null for a new one.</summary>
    public string? Identifier { get; init; }

    /// <summary>Who hands the data over, to be named in the package.</summary>
    public string? SourceOrganization { get; init; }

    /// <summary>Whom the recipient can ask, to be named in the package.</summary>
    public string? ContactName { get; init; }

    /// <summary>Includes messages that a gateway relayed for other devices.</summary>
    public bool IncludeRelayed { get; init; }

    /// <summary>As for <see cref="FootprintOptions.Distributed"/>.</summary>
    public bool Distributed { get; init; }
}
