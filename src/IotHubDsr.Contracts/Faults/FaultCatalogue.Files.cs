namespace IotHubDsr;

public static partial class FaultCatalogue
{
    /// <summary>A path is of another provider of PowerShell than the file system.</summary>
    public static FaultDefinition PathNotOfFile { get; } =
        new(
            "PathNotOfFile",
            FaultCategory.InvalidArgument,
            "'{0}' is no path of the file system: here it stands for {1}.",
            "Pass a path of a file or folder in full, or change the location to the file system (Set-Location) first."
        );

    /// <summary>A file cannot be read.</summary>
    public static FaultDefinition FileNotRead { get; } =
        new(
            "FileNotRead",
            FaultCategory.ObjectNotFound,
            "The file '{0}' cannot be read: {1}",
            "Check the path, and the rights of the account."
        );

    /// <summary>A file that is checked on this machine is in a blob container.</summary>
    public static FaultDefinition FileInContainer { get; } =
        new(
            "FileInContainer",
            FaultCategory.InvalidArgument,
            "The file '{0}' is in a blob container, and this command reads files of this machine only: it needs no connection, so that "
                + "anybody can run it.",
            "Download it first, with Get-AzStorageBlobContent or 'az storage blob download' (Storage Blob Data Reader on the container), "
                + "and pass the path of the copy."
        );

    /// <summary>A file cannot be written.</summary>
    public static FaultDefinition FileNotWritten { get; } =
        new(
            "FileNotWritten",
            FaultCategory.WriteError,
            "The file '{0}' could not be written: {1}",
            "Pass a path that does not exist, in a folder that can be written to."
        );

    /// <summary>The package path is taken.</summary>
    public static FaultDefinition ExportPathExists { get; } =
        new(
            "ExportPathExists",
            FaultCategory.ResourceExists,
            "'{0}' exists already.",
            "Pass a -Path that does not exist; a package is never mixed with other files."
        );

    /// <summary>The package cannot be written.</summary>
    public static FaultDefinition ExportFailed { get; } =
        new(
            "ExportFailed",
            FaultCategory.WriteError,
            "The package '{0}' could not be written: {1}",
            "Check the path, the rights and the free space. Nothing was left behind under that name."
        );

    /// <summary>A package cannot be encrypted to a certificate.</summary>
    public static FaultDefinition RecipientCertificateRefused { get; } =
        new(
            "RecipientCertificateRefused",
            FaultCategory.InvalidArgument,
            "Nothing is encrypted to the certificate {0}: {1}.",
            "Ask the recipient for a certificate that is valid now and may be used for encryption: RSA of 2048 bits or more, or P-256, "
                + "P-384, P-521."
        );
}
