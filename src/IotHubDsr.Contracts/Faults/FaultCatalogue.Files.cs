namespace IotHubDsr;

public static partial class FaultCatalogue
{
    /// <summary>A path belongs to another PowerShell provider than the file system.</summary>
    public static FaultDefinition PathNotOfFile { get; } =
        new(
            "PathNotOfFile",
            FaultCategory.InvalidArgument,
            "'{0}' is not a file system path; here it refers to {1}.",
            "Pass the full path of a file or folder, or change the location to the file system (Set-Location) first."
        );

    /// <summary>A file cannot be read.</summary>
    public static FaultDefinition FileNotRead { get; } =
        new(
            "FileNotRead",
            FaultCategory.ObjectNotFound,
            "Cannot read the file '{0}': {1}",
            "Check the path and the account's permissions."
        );

    /// <summary>A file to check is in a blob container, not on this machine.</summary>
    public static FaultDefinition FileInContainer { get; } =
        new(
            "FileInContainer",
            FaultCategory.InvalidArgument,
            "The file '{0}' is in a blob container, but this command reads local files only: it needs no connection, so anyone can run it.",
            "Download it with Get-AzStorageBlobContent or 'az storage blob download' (Storage Blob Data Reader on the container), and "
                + "pass the path of the copy."
        );

    /// <summary>A file cannot be written.</summary>
    public static FaultDefinition FileNotWritten { get; } =
        new(
            "FileNotWritten",
            FaultCategory.WriteError,
            "Could not write the file '{0}': {1}",
            "Pass a path that does not exist, in a writable folder."
        );

    /// <summary>The package path already exists.</summary>
    public static FaultDefinition ExportPathExists { get; } =
        new(
            "ExportPathExists",
            FaultCategory.ResourceExists,
            "'{0}' already exists.",
            "Pass a -Path that does not exist; a package is never mixed with other files."
        );

    /// <summary>A package cannot be written.</summary>
    public static FaultDefinition ExportFailed { get; } =
        new(
            "ExportFailed",
            FaultCategory.WriteError,
            "Could not write the package '{0}': {1}",
            "Check the path, the permissions and the free space. Nothing was left behind under that name."
        );

    /// <summary>A package cannot be encrypted to a certificate.</summary>
    public static FaultDefinition RecipientCertificateRefused { get; } =
        new(
            "RecipientCertificateRefused",
            FaultCategory.InvalidArgument,
            "Cannot encrypt to the certificate {0}: {1}.",
            "Ask the recipient for a certificate that is valid now and allows encryption: RSA of at least 2048 bits, P-256, P-384 or "
                + "P-521."
        );
}
