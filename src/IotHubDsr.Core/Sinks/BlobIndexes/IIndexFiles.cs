using IotHubDsr.Core.Azure.Blobs;

namespace IotHubDsr.Core.Sinks.BlobIndexes;

/// <summary>Where an index is kept. A file is complete or not there, and never overwritten.</summary>
internal interface IIndexFiles
{
    /// <summary>Full path or URI.</summary>
    string Place { get; }

    /// <summary>The names of all files, in no order; none where nothing was saved yet.</summary>
    Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken);

    /// <summary>The content of a file; null when there is none.</summary>
    Task<byte[]?> ReadAsync(string name, CancellationToken cancellationToken);

    Task SaveAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>Deletes a file, if it is there.</summary>
    Task DeleteAsync(string name, CancellationToken cancellationToken);

    /// <summary>What the service keeps of files that were deleted.</summary>
    Task<KeptCopies> KeptCopiesAsync(CancellationToken cancellationToken);
}
