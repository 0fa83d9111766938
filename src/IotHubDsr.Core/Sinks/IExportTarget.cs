using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks;

/// <summary>The folder of one location in an export package.</summary>
internal interface IExportTarget
{
    /// <summary>
    /// Opens a file in the folder of the location. Several may be open at once; a file that is opened and left empty is still part of
    /// the package.
    /// </summary>
    /// <param name="name">File name; what is not a plain name is made one, so IDs may be passed as they are.</param>
    /// <param name="extension">Extension without the dot: <c>json</c>, <c>ndjson</c>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ExportTargetException">
    /// The package cannot be written; the stream throws it as well. Nothing more can be exported, so a sink lets it pass.
    /// </exception>
    Task<Stream> OpenAsync(string name, string extension, CancellationToken cancellationToken);

    /// <summary>The name that a file gets, for documents that refer to it.</summary>
    /// <param name="name">As for <see cref="OpenAsync"/>.</param>
    /// <param name="extension">As for <see cref="OpenAsync"/>.</param>
    string NameOf(string name, string extension);

    /// <summary>Opens a pair of files for records of one kind: one JSON document per line, and the same as a table.</summary>
    /// <param name="name">As for <see cref="OpenAsync"/>.</param>
    /// <param name="kind">What the records look like; its schema and its dictionary become part of the package.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ExportTargetException">As for <see cref="OpenAsync"/>.</exception>
    Task<IRecordFile> OpenRecordsAsync(string name, RecordKind kind, CancellationToken cancellationToken);
}

/// <summary>Takes records of one kind, one after the other.</summary>
internal interface IRecordFile : IAsyncDisposable
{
    /// <param name="json">A JSON object on one line, without the line's end.</param>
    /// <exception cref="ExportTargetException">The package cannot be written.</exception>
    void Write(ReadOnlyMemory<byte> json);
}

/// <summary>The disk under a package failed, as opposed to a connection, whose failure does not break the package.</summary>
internal sealed class ExportTargetException(Exception cause) : IOException(cause.Message, cause);
