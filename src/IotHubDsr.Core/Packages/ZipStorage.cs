using System.IO.Compression;
using System.Security.Cryptography.X509Certificates;
using IotHubDsr.Core.Foundation;
using IotHubDsr.Core.Packages.Envelopes;

namespace IotHubDsr.Core.Packages;

/// <summary>
/// One zip file, streamed, with ZIP64 where the sizes ask for it, and encrypted on its way to the disk when it is for a recipient. A zip
/// takes one file at a time: others that are open meanwhile wait in a <see cref="Spool"/>.
/// </summary>
internal sealed class ZipStorage : IPackageStorage
{
    private readonly string _path;
    private readonly string _baseDirectory;
    private readonly FileStream _file;
    private readonly Stream _content;
    private readonly ZipArchive _zip;
    private readonly object _turn = new();
    private readonly HashSet<Spool> _spools = [];
    private readonly Queue<WaitingFile> _waiting = [];
    private int _opened;
    private bool _writing;
    private bool _disposed;

    /// <param name="path">The file.</param>
    /// <param name="baseDirectory">The folder that unpacking it makes.</param>
    /// <param name="recipient">The only recipient; null if it is not encrypted.</param>
    public ZipStorage(string path, string baseDirectory, X509Certificate2? recipient)
    {
        _path = path;
        _baseDirectory = baseDirectory;
        _file = PrivateFiles.Create(path, FileAccess.ReadWrite);
        try
        {
            _content = recipient is null ? _file : new CmsEnvelope(_file, recipient);
        }
        catch
        {
            _file.Dispose();
            File.Delete(path);
            throw;
        }

        _zip = new ZipArchive(_content, ZipArchiveMode.Create, leaveOpen: true);
    }

    public Stream Open(string name)
    {
        lock (_turn)
        {
            if (_writing)
            {
                var spool = new Spool($"{_path}.{++_opened}");
                _spools.Add(spool);
                return new WaitingFile(this, name, spool);
            }

            _writing = true;
        }

        try
        {
            return new ZippedFile(this, Add(name));
        }
        catch
        {
            lock (_turn)
                _writing = false;
            throw;
        }
    }

    public void Rename(string from, string to) => File.Move(from, to, overwrite: false);

    public void Remove(string path) => File.Delete(path);

    public ValueTask DisposeAsync()
    {
        if (_disposed)
            return ValueTask.CompletedTask;
        _disposed = true;
        foreach (Spool spool in _spools)
            spool.Dispose();
        using (_file)
        {
            using (_content == _file ? null : _content)
                _zip.Dispose();
            _file.Flush(flushToDisk: true);
        }

        return ValueTask.CompletedTask;
    }

    private Stream Add(string name) => _zip.CreateEntry($"{_baseDirectory}/{name}", CompressionLevel.Optimal).Open();

    /// <summary>A file is complete; it goes into the zip now, or when the one that is being written there is.</summary>
    private void Enqueue(WaitingFile file)
    {
        lock (_turn)
        {
            _waiting.Enqueue(file);
            if (_writing)
                return;
            _writing = true;
        }

        Drain();
    }

    private void Drain()
    {
        while (true)
        {
            WaitingFile? next;
            lock (_turn)
            {
                if (!_waiting.TryDequeue(out next))
                {
                    _writing = false;
                    return;
                }
            }

            using (next.Content)
            using (Stream entry = Add(next.Name))
                next.Content.Replay(entry);
            lock (_turn)
                _spools.Remove(next.Content);
        }
    }

    private sealed class ZippedFile(ZipStorage storage, Stream entry) : WriteOnlyStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => entry.Write(buffer);

        protected override void OnClose()
        {
            entry.Dispose();
            storage.Drain();
        }
    }

    private sealed class WaitingFile(ZipStorage storage, string name, Spool content) : WriteOnlyStream
    {
        public string Name => name;

        public Spool Content => content;

        public override void Write(ReadOnlySpan<byte> buffer) => content.Write(buffer);

        protected override void OnClose() => storage.Enqueue(this);
    }
}
