using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Packages;

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
        PrivateFiles.MakeFolder(root);
    }

    public Stream Open(string name)
    {
        string path = Path.Combine(_root, name);
        PrivateFiles.MakeFolder(Path.GetDirectoryName(path)!);
        return new FlushedFile(PrivateFiles.Create(path));
    }

    public void Rename(string from, string to) => Directory.Move(from, to);

    public void Remove(string path)
    {
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>A file that is on the disk, and not only in its cache, when it is closed.</summary>
    private sealed class FlushedFile(FileStream file) : WriteOnlyStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => file.Write(buffer);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            file.WriteAsync(buffer, cancellationToken);

        protected override void OnClose()
        {
            // A file that cannot be flushed must still be closed, or it could not be removed.
            using (file)
                file.Flush(flushToDisk: true);
        }
    }
}
