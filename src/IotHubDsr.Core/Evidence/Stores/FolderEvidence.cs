using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Evidence.Stores;

/// <summary>Requests in a folder of a file system, each in a folder of its own that only its owner may read.</summary>
internal sealed class FolderEvidence(string root) : IEvidenceStore
{
    public string Place => root;

    /// <summary>Whether there is a folder; the first request makes it.</summary>
    public bool Exists => Directory.Exists(root);

    public async IAsyncEnumerable<string> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        if (!Exists)
            yield break;
        foreach (string folder in Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Path.GetFileName(folder) is { } name && RequestIds.IsOne(name))
                yield return name;
        }
    }

    public IEvidenceFolder Open(string requestId) => new Folder(root, requestId, Path.Combine(root, requestId));

    public async Task ProbeAsync(CancellationToken cancellationToken)
    {
        string probe = Path.Combine(NearestFolder(), $"{Guid.NewGuid():N}.probe");
        try
        {
            await using FileStream file = PrivateFiles.Create(probe);
            await file.WriteAsync(new byte[1], cancellationToken);
            file.Flush(flushToDisk: true);
        }
        finally
        {
            if (File.Exists(probe))
                File.Delete(probe);
        }
    }

    public long? FreeSpace()
    {
        try
        {
            return new DriveInfo(NearestFolder()).AvailableFreeSpace;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // A share without a drive letter, for one: what it has shows when it is written to.
            return null;
        }
    }

    /// <summary>The folder itself, or the one that it will be made in.</summary>
    private string NearestFolder()
    {
        string folder = root;
        while (!Path.Exists(folder) && Path.GetDirectoryName(folder) is { } above)
            folder = above;
        return folder;
    }

    private sealed class Folder(string root, string requestId, string path) : IEvidenceFolder
    {
        private const string JournalName = "journal.jsonl";
        private const string LeaseName = "lease";
        private const string HolderName = "holder";
        private const int HolderAttempts = 40;
        private static readonly TimeSpan HolderDelay = TimeSpan.FromMilliseconds(25);

        public string RequestId => requestId;

        public string StorePlace => root;

        public string PlaceOf(string name) => Path.Combine(path, name.Replace('/', Path.DirectorySeparatorChar));

        public async Task<byte[]?> ReadAsync(string name, CancellationToken cancellationToken)
        {
            try
            {
                return await File.ReadAllBytesAsync(PlaceOf(name), cancellationToken);
            }
            catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
            {
                return null;
            }
        }

        public Task MakeAsync(CancellationToken cancellationToken)
        {
            PrivateFiles.MakeFolder(path);
            return Task.CompletedTask;
        }

        public Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken)
        {
            IEnumerable<string> files = Directory.Exists(path) ? Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories) : [];
            return Task.FromResult<IReadOnlyList<string>>([
                .. files.Select(file => Path.GetRelativePath(path, file).Replace(Path.DirectorySeparatorChar, '/')),
            ]);
        }

        public Task SaveAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
            SaveAsync(
                name,
                target => PrivateFiles.SaveAsync(target, content, cancellationToken),
                target => content.Span.SequenceEqual(File.ReadAllBytes(target))
            );

        public Task SaveAsync(string name, Action<Stream> write, CancellationToken cancellationToken) =>
            SaveAsync(name, target => PrivateFiles.SaveAsync(target, write), target => StoredContent.IsSame(target, write));

        public Task<Stream?> OpenAsync(string name, CancellationToken cancellationToken)
        {
            try
            {
                return Task.FromResult<Stream?>(File.OpenRead(PlaceOf(name)));
            }
            catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
            {
                return Task.FromResult<Stream?>(null);
            }
        }

        private async Task SaveAsync(string name, Func<string, Task> save, Func<string, bool> isSame)
        {
            // A deleted request is not created again around one of its files.
            if (!Directory.Exists(path))
                throw new EvidenceNotWrittenException(new DirectoryNotFoundException($"The folder '{path}' of the request is gone."));
            string target = PlaceOf(name);
            try
            {
                PrivateFiles.MakeFolder(Path.GetDirectoryName(target)!);
                await save(target);
            }
            catch (IOException) when (File.Exists(target) && isSame(target))
            {
                // It was saved before, and what it was saved for was not put on record.
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new EvidenceNotWrittenException(exception);
            }
        }

        public Task DeleteAsync(string prefix, CancellationToken cancellationToken)
        {
            string full = PlaceOf(prefix);
            if (Directory.Exists(Path.GetDirectoryName(full)))
            {
                foreach (
                    string file in Directory
                        .EnumerateFiles(Path.GetDirectoryName(full)!)
                        .Where(file => file.StartsWith(full, StringComparison.Ordinal))
                )
                {
                    File.Delete(file);
                }
            }

            return Task.CompletedTask;
        }

        public Task<KeptCopies> KeptCopiesAsync(CancellationToken cancellationToken) => Task.FromResult<KeptCopies>(default);

        public async Task<JournalContent?> ReadJournalAsync(JournalContent? known, CancellationToken cancellationToken)
        {
            string journal = PlaceOf(JournalName);
            if (!File.Exists(journal))
                return null;

            // A run may be adding to it at this moment.
            await using var file = new FileStream(journal, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            string version = string.Create(
                CultureInfo.InvariantCulture,
                $"{File.GetLastWriteTimeUtc(file.SafeFileHandle).Ticks} {file.Length}"
            );
            if (known?.Version == version)
                return known;
            using var content = new MemoryStream();
            await file.CopyToAsync(content, cancellationToken);
            byte[] all = content.ToArray();
            return new JournalContent(all[..(Array.LastIndexOf(all, (byte)'\n') + 1)], version);
        }

        public async Task<IJournalFile?> TryLockAsync(string holder, bool isNew, CancellationToken cancellationToken)
        {
            FileStream? lease;
            try
            {
                if (isNew)
                    PrivateFiles.MakeFolder(path);
                lease = TryLock();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new EvidenceNotWrittenException(exception);
            }

            if (lease is null)
                return null;
            try
            {
                File.Delete(PlaceOf(HolderName));
                await SaveAsync(HolderName, Encoding.UTF8.GetBytes(holder), cancellationToken);
                return new FolderJournal(lease, PlaceOf(JournalName), isNew);
            }
            catch
            {
                await lease.DisposeAsync();
                throw;
            }
        }

        public async Task<string?> ReadHolderAsync(CancellationToken cancellationToken)
        {
            if (!File.Exists(PlaceOf(LeaseName)))
                return null;
            for (int attempt = 1; ; attempt++)
            {
                if (TryLock() is { } free)
                {
                    await free.DisposeAsync();
                    return null;
                }

                // The process that has just taken the lease is about to write its name.
                if (await ReadAsync(HolderName, cancellationToken) is { } holder)
                    return Encoding.UTF8.GetString(holder);
                if (attempt == HolderAttempts)
                    return "another process";
                await Task.Delay(HolderDelay, cancellationToken);
            }
        }

        /// <summary>The operating system lets go of the file when the process ends, however it ends.</summary>
        private FileStream? TryLock()
        {
            try
            {
                return PrivateFiles.OpenUnbuffered(PlaceOf(LeaseName), FileMode.OpenOrCreate, FileShare.None);
            }
            catch (IOException) when (File.Exists(PlaceOf(LeaseName)))
            {
                return null;
            }
        }
    }
}
