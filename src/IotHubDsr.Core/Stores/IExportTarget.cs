namespace IotHubDsr.Stores;

/// <summary>The folder of one location in an export package.</summary>
internal interface IExportTarget
{
    /// <summary>
    /// Opens a file in the folder of the location. The next one may be opened when this one has been disposed of; a file that is
    /// opened and left empty is still part of the package.
    /// </summary>
    /// <param name="name">File name; what is not a plain name is made one, so IDs may be passed as they are.</param>
    /// <param name="extension">Extension without the dot: <c>json</c>, <c>ndjson</c>.</param>
    /// <param name="cancellationToken">Ends the wait for the package, which other locations write to as well.</param>
    /// <exception cref="ExportTargetException">
    /// The package cannot be written; the stream throws it as well. Nothing more can be exported, so a store lets it pass.
    /// </exception>
    Task<Stream> OpenAsync(string name, string extension, CancellationToken cancellationToken);
}

/// <summary>The disk under a package fails; told apart from a connection that fails, which breaks no package.</summary>
internal sealed class ExportTargetException(Exception cause) : IOException(cause.Message, cause);
