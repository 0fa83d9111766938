using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Evidence.Stores;

/// <summary>Where requests are kept: a folder, or a blob container that outlives the machine.</summary>
internal interface IEvidenceStore
{
    /// <summary>Full path or URI.</summary>
    string Place { get; }

    /// <summary>The IDs of the requests in it, in the order of their names.</summary>
    IAsyncEnumerable<string> ListAsync(CancellationToken cancellationToken);

    /// <summary>The folder of a request, whether it exists or not.</summary>
    IEvidenceFolder Open(string requestId);

    /// <summary>Writes a file and deletes it: whether the store is writable is known before anything depends on it.</summary>
    Task ProbeAsync(CancellationToken cancellationToken);

    /// <summary>Bytes that can still be written; null if unknown or unlimited.</summary>
    long? FreeSpace();
}

/// <summary>
/// The files of one request. Names have segments of lower-case letters, digits, dots and hyphens, with slashes between them.
/// </summary>
internal interface IEvidenceFolder
{
    string RequestId { get; }

    /// <summary>Full path or URI of the store that it is in.</summary>
    string StorePlace { get; }

    /// <summary>Full path or URI of a file.</summary>
    string PlaceOf(string name);

    /// <summary>Makes the folder where it is not there: files are saved in one that exists.</summary>
    Task MakeAsync(CancellationToken cancellationToken);

    /// <summary>The names of all files, in no order; none when there is no folder.</summary>
    Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken);

    /// <summary>The content of a file; null when there is none.</summary>
    Task<byte[]?> ReadAsync(string name, CancellationToken cancellationToken);

    /// <summary>
    /// Saves a file; it is complete and on disk, or it is not there. One that exists with another content is not overwritten.
    /// </summary>
    Task SaveAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>As <see cref="SaveAsync(string, ReadOnlyMemory{byte}, CancellationToken)"/>, of what is not held as a whole.</summary>
    /// <param name="name">Name of the file.</param>
    /// <param name="write">Writes the content; the same each time.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task SaveAsync(string name, Action<Stream> write, CancellationToken cancellationToken);

    /// <summary>Opens a file for reading; null when there is none.</summary>
    Task<Stream?> OpenAsync(string name, CancellationToken cancellationToken);

    /// <summary>Deletes all files whose names begin with a prefix.</summary>
    Task DeleteAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>What the service keeps of files of the folder that were deleted.</summary>
    Task<KeptCopies> KeptCopiesAsync(CancellationToken cancellationToken);

    /// <summary>All lines of the journal, without one that was not written to its end; null when there is no journal.</summary>
    /// <param name="known">What was read before, which is given again, unread, when nothing has changed; null to read in any case.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task<JournalContent?> ReadJournalAsync(JournalContent? known, CancellationToken cancellationToken);

    /// <summary>
    /// Takes the lease without which nothing is written to the journal. It ends when the result is disposed of, or with the process.
    /// </summary>
    /// <param name="holder">Who takes it, shown to others.</param>
    /// <param name="isNew">Whether the request begins: only then is a folder made, and a journal.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Null if another process has it.</returns>
    Task<IJournalFile?> TryLockAsync(string holder, bool isNew, CancellationToken cancellationToken);

    /// <summary>Who has the lease; null when nobody has.</summary>
    Task<string?> ReadHolderAsync(CancellationToken cancellationToken);
}

/// <summary>The lines of a journal as they were read.</summary>
/// <param name="Lines">The lines.</param>
/// <param name="Version">Another one when they have changed since: time and length of a file, ETags of blobs.</param>
internal sealed record JournalContent(byte[] Lines, string Version);

/// <summary>A journal that nobody else can write to.</summary>
internal interface IJournalFile : ISendingFence, IAsyncDisposable
{
    /// <summary>Cancelled when the lease is lost: what was begun under it must end.</summary>
    CancellationToken Lost { get; }

    /// <summary>
    /// Adds bytes to the end. It returns when they are kept, whatever happens to this machine's process, and can be read under the
    /// journal's name behind all that was written before.
    /// </summary>
    Task AppendAsync(ReadOnlyMemory<byte> lines, CancellationToken cancellationToken);

    /// <summary>Checks whether the journal's name still leads to what was written.</summary>
    /// <exception cref="IOException">It was deleted, replaced, renamed or cut.</exception>
    Task CheckAsync(CancellationToken cancellationToken);
}
