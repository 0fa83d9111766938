using System.IO.Compression;

namespace IotHubDsr.Packages;

/// <summary>Where the files of a package go while it is written.</summary>
internal interface IPackageStorage : IAsyncDisposable
{
    /// <summary>Opens a file; <see cref="Closed"/> must be called when its stream has been disposed of.</summary>
    Task<Stream> OpenAsync(string name, CancellationToken cancellationToken);

    void Closed();

    void Rename(string from, string to);

    void Remove(string path);
}

/// <summary>A folder; several files can be open at once.</summary>
internal sealed class FolderStorage : IPackageStorage
{
    private readonly string _root;

    public FolderStorage(string root)
    {
        _root = root;
        Directory.CreateDirectory(root);
    }

    public Task<Stream> OpenAsync(string name, CancellationToken cancellationToken)
    {
        string path = Path.Combine(_root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return Task.FromResult<Stream>(new FlushedFile(path));
    }

    public void Closed()
    {
        // Each file stands for itself.
    }

    public void Rename(string from, string to) => Directory.Move(from, to);

    public void Remove(string path)
    {
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>A file that is on the disk, and not only in its cache, when it is closed.</summary>
    private sealed class FlushedFile(string path) : FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 64 * 1024)
    {
        public override async ValueTask DisposeAsync()
        {
            // A file that cannot be flushed must still be closed, or it could not be removed.
            try
            {
                FlushToDisk();
            }
            finally
            {
                await base.DisposeAsync().ConfigureAwait(false);
            }
        }

        protected override void Dispose(bool disposing)
        {
            try
            {
                if (disposing)
                    FlushToDisk();
            }
            finally
            {
                base.Dispose(disposing);
            }
        }

        private void FlushToDisk()
        {
            if (!SafeFileHandle.IsClosed)
                Flush(flushToDisk: true);
        }
    }
}

/// <summary>One zip file, streamed; it takes one file at a time and uses ZIP64 where the sizes ask for it.</summary>
internal sealed class ZipStorage : IPackageStorage
{
    private readonly FileStream _file;
    private readonly ZipArchive _zip;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private bool _disposed;

    public ZipStorage(string path)
    {
        _file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 64 * 1024);
        _zip = new ZipArchive(_file, ZipArchiveMode.Create, leaveOpen: true);
    }

    public async Task<Stream> OpenAsync(string name, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return _zip.CreateEntry(name, CompressionLevel.Optimal).Open();
        }
        catch
        {
            _turn.Release();
            throw;
        }
    }

    public void Closed() => _turn.Release();

    public void Rename(string from, string to) => File.Move(from, to, overwrite: false);

    public void Remove(string path) => File.Delete(path);

    public ValueTask DisposeAsync()
    {
        if (_disposed)
            return ValueTask.CompletedTask;
        _disposed = true;
        using (_turn)
        using (_file)
        {
            _zip.Dispose();
            _file.Flush(flushToDisk: true);
        }

        return ValueTask.CompletedTask;
    }
}
