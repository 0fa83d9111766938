using System.Runtime.CompilerServices;
using System.Text;
using IotHubDsr.Plans;

namespace IotHubDsr.Evidence;

/// <summary>Requests in a folder of a file system, each in a folder of its own that only its owner may read.</summary>
internal sealed class FolderEvidence(string root) : IEvidenceStore
{
    public string Place => root;

    /// <summary>Whether there is a folder; the first request makes it.</summary>
    public bool Exists => Directory.Exists(root);

    public async IAsyncEnumerable<string> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        if (!Exists)
            yield break;
        foreach (string folder in Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Path.GetFileName(folder) is { } name && RequestIds.IsOne(name))
                yield return name;
        }
    }

    public IEvidenceFolder Open(string requestId) => new Folder(requestId, Path.Combine(root, requestId));

    private sealed class Folder(string requestId, string path) : IEvidenceFolder
    {
        private const string JournalName = "journal.jsonl";
        private const string LeaseName = "lease";
        private const string HolderName = "holder";
        private const int HolderAttempts = 40;
        private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        private static readonly TimeSpan HolderDelay = TimeSpan.FromMilliseconds(25);

        public string RequestId => requestId;

        public string PlaceOf(string name) => Path.Combine(path, name.Replace('/', Path.DirectorySeparatorChar));

        public async Task<byte[]?> ReadAsync(string name, CancellationToken cancellationToken)
        {
            try
            {
                return await File.ReadAllBytesAsync(PlaceOf(name), cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
            {
                return null;
            }
        }

        public async Task SaveAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
        {
            string target = PlaceOf(name);
            string temporary = TemporaryName.For(target);
            try
            {
                MakeFolder(Path.GetDirectoryName(target)!);
                await WriteAsync(temporary, content, cancellationToken).ConfigureAwait(false);
                File.Move(temporary, target, overwrite: false);
            }
            catch (IOException) when (File.Exists(target) && content.Span.SequenceEqual(File.ReadAllBytes(target)))
            {
                // It was saved before, and what it was saved for was not put on record.
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new EvidenceNotWrittenException(exception);
            }
            finally
            {
                // Where there is no folder, deleting a file in it would be the failure that is reported.
                if (File.Exists(temporary))
                    File.Delete(temporary);
            }
        }

        public Task DeleteAsync(string prefix, CancellationToken cancellationToken)
        {
            string full = PlaceOf(prefix);
            if (Directory.Exists(Path.GetDirectoryName(full)))
            {
                foreach (string file in Directory.EnumerateFiles(Path.GetDirectoryName(full)!).Where(file => file.StartsWith(full, StringComparison.Ordinal)))
                    File.Delete(file);
            }

            return Task.CompletedTask;
        }

        public async Task<byte[]?> ReadJournalAsync(CancellationToken cancellationToken)
        {
            string journal = PlaceOf(JournalName);
            if (!File.Exists(journal))
                return null;

            // A run may be adding to it at this moment.
            await using var file = new FileStream(journal, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var content = new MemoryStream();
            await file.CopyToAsync(content, cancellationToken).ConfigureAwait(false);
            byte[] all = content.ToArray();
            return all[..(Array.LastIndexOf(all, (byte)'\n') + 1)];
        }

        public async Task<IJournalFile?> TryLockAsync(string holder, CancellationToken cancellationToken)
        {
            FileStream? lease;
            try
            {
                MakeFolder(path);
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
                await SaveAsync(HolderName, Encoding.UTF8.GetBytes(holder), cancellationToken).ConfigureAwait(false);
                return new JournalFile(lease, PlaceOf(JournalName));
            }
            catch
            {
                await lease.DisposeAsync().ConfigureAwait(false);
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
                    await free.DisposeAsync().ConfigureAwait(false);
                    return null;
                }

                // Whoever has just taken the lease is about to say so.
                if (await ReadAsync(HolderName, cancellationToken).ConfigureAwait(false) is { } holder)
                    return Encoding.UTF8.GetString(holder);
                if (attempt == HolderAttempts)
                    return "another process";
                await Task.Delay(HolderDelay, cancellationToken).ConfigureAwait(false);
            }
        }

        /// <summary>The operating system lets go of the file when the process ends, however it ends.</summary>
        private FileStream? TryLock()
        {
            try
            {
                return new FileStream(PlaceOf(LeaseName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(PlaceOf(LeaseName)))
            {
                return null;
            }
        }

        private static void MakeFolder(string folder)
        {
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(folder);
            else
                Directory.CreateDirectory(folder, OwnerOnly);
        }

        private static async Task WriteAsync(string target, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
        {
            await using var file = new FileStream(target, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
            await file.WriteAsync(content, cancellationToken).ConfigureAwait(false);
            file.Flush(flushToDisk: true);
        }
    }

    private sealed class JournalFile : IJournalFile
    {
        private readonly FileStream _lease;
        private readonly FileStream _file;

        public JournalFile(FileStream lease, string path)
        {
            _lease = lease;
            _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
            CutTornLine();
        }

        public CancellationToken Lost => CancellationToken.None;

        public async Task AppendAsync(ReadOnlyMemory<byte> lines, CancellationToken cancellationToken)
        {
            await _file.WriteAsync(lines, cancellationToken).ConfigureAwait(false);
            _file.Flush(flushToDisk: true);
        }

        public async ValueTask DisposeAsync()
        {
            await _file.DisposeAsync().ConfigureAwait(false);
            await _lease.DisposeAsync().ConfigureAwait(false);
        }

        /// <summary>A line without its end was never waited for to its end: nothing was done on the strength of it.</summary>
        private void CutTornLine()
        {
            long length = _file.Length;
            var one = new byte[1];
            while (length > 0 && !IsLineEnd(length - 1))
                length--;
            _file.SetLength(length);
            _file.Position = length;

            bool IsLineEnd(long position)
            {
                _file.Position = position;
                return _file.Read(one) == 1 && one[0] == (byte)'\n';
            }
        }
    }
}
