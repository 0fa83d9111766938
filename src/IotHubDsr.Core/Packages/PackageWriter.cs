using System.Collections.Concurrent;
using System.Text;
using IotHubDsr.Stores;

namespace IotHubDsr.Packages;

/// <summary>
/// Writes an export package under a temporary name beside its final one, with a digest of every file, and renames it when it is
/// complete. A package that is not completed is removed.
/// </summary>
internal sealed class PackageWriter : IAsyncDisposable
{
    public const string ManifestName = "manifest-sha256.txt";

    private readonly string _path;
    private readonly string _temporaryPath;
    private readonly IPackageStorage _storage;
    private readonly ConcurrentDictionary<string, string> _digests = new(StringComparer.Ordinal);
    private long _bytes;
    private bool _completed;

    private PackageWriter(string path, string temporaryPath, IPackageStorage storage)
    {
        _path = path;
        _temporaryPath = temporaryPath;
        _storage = storage;
    }

    public string Path => _path;

    public int Files => _digests.Count + 1;

    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Begins a package; a path that exists is refused before anything else is done.</summary>
    public static PackageWriter Create(string path, bool asZip)
    {
        string full = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        if (System.IO.Path.Exists(full))
            throw FaultCatalogue.ExportPathExists.Exception(full);

        string temporary = $"{full}.{Guid.NewGuid():N}.partial";
        return Guard(full, () =>
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(full)!);
            return new PackageWriter(full, temporary, asZip ? new ZipStorage(temporary) : new FolderStorage(temporary));
        });
    }

    /// <summary>The folder of a location within the package.</summary>
    public IExportTarget TargetFor(DataLocation location) => new LocationTarget(this, $"data/{location.Id}");

    /// <summary>Writes a file whose text is known.</summary>
    public async Task WriteAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        await using Stream file = await OpenAsync(name, cancellationToken).ConfigureAwait(false);
        await file.WriteAsync(content, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes the manifest and gives the package its name.</summary>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        var manifest = new StringBuilder();
        foreach ((string name, string digest) in _digests.OrderBy(file => file.Key, StringComparer.Ordinal))
            manifest.Append(digest).Append("  ").Append(name).Append('\n');
        await using (Stream file = await OpenAsync(ManifestName, static (_, _) => { }, cancellationToken).ConfigureAwait(false))
            await file.WriteAsync(Encoding.UTF8.GetBytes(manifest.ToString()), cancellationToken).ConfigureAwait(false);

        await _storage.DisposeAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        if (System.IO.Path.Exists(_path))
            throw FaultCatalogue.ExportPathExists.Exception(_path);
        _storage.Rename(_temporaryPath, _path);
        _completed = true;
    }

    public async ValueTask DisposeAsync()
    {
        if (_completed)
            return;
        try
        {
            await _storage.DisposeAsync().ConfigureAwait(false);
        }
        catch (IOException)
        {
            // A full disk fails again when the last bytes are flushed; what matters is that nothing stays.
        }

        _storage.Remove(_temporaryPath);
    }

    /// <summary>What a failing disk throws, as a catalogued failure.</summary>
    public DsrException Translate(Exception exception) =>
        exception as DsrException ?? new DsrException(FaultCatalogue.ExportFailed.For(_path, exception.Message), exception);

    private static T Guard<T>(string path, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new DsrException(FaultCatalogue.ExportFailed.For(path, exception.Message), exception);
        }
    }

    private async Task<Stream> OpenAsync(string name, CancellationToken cancellationToken)
    {
        if (!_digests.TryAdd(name, string.Empty))
            throw FaultCatalogue.ExportFailed.Exception(_path, $"two files of the package would be named {name}");
        return await OpenAsync(
            name,
            (digest, bytes) =>
            {
                _digests[name] = Convert.ToHexString(digest).ToLowerInvariant();
                Interlocked.Add(ref _bytes, bytes);
            },
            cancellationToken).ConfigureAwait(false);
    }

    private async Task<Stream> OpenAsync(string name, Action<byte[], long> written, CancellationToken cancellationToken)
    {
        try
        {
            return new DigestStream(await _storage.OpenAsync(name, cancellationToken).ConfigureAwait(false), written, _storage.Closed);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ExportTargetException(exception);
        }
    }

    private sealed class LocationTarget(PackageWriter package, string folder) : IExportTarget
    {
        public Task<Stream> OpenAsync(string name, string extension, CancellationToken cancellationToken) =>
            package.OpenAsync($"{folder}/{PackageNames.For(name)}.{extension}", cancellationToken);
    }
}
