namespace IotHubDsr.Packages;

/// <summary>Where the files of a package go while it is written.</summary>
internal interface IPackageStorage : IAsyncDisposable
{
    /// <summary>Opens a file; several can be open at once.</summary>
    Stream Open(string name);

    void Rename(string from, string to);

    void Remove(string path);
}

/// <summary>A folder.</summary>
internal sealed class FolderStorage : IPackageStorage
{
    private readonly string _root;

    public FolderStorage(string root)
    {
        _root = root;
        Directory.CreateDirectory(root);
    }

    public Stream Open(string name)
    {
        string path = Path.Combine(_root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return new FlushedFile(path);
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
        protected override void Dispose(bool disposing)
        {
            // A file that cannot be flushed must still be closed, or it could not be removed.
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
