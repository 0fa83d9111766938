using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using IotHubDsr.Core.Foundation;
using IotHubDsr.Core.Packages.Records;
using IotHubDsr.Core.Records;
using IotHubDsr.Core.Sinks;

namespace IotHubDsr.Core.Packages;

/// <summary>
/// Writes an export package, a BagIt bag (RFC 8493) as a folder or as one file, under a temporary name beside its final one, and renames
/// it when it is complete. A package that is not completed is removed.
/// </summary>
/// <remarks>
/// The names of its files are letters, digits and <c>. _ ~ -</c>: nothing that the RFC would have percent-encoded in a manifest, and
/// that <c>sha256sum</c> would then look for under another name.
/// </remarks>
internal sealed class PackageWriter : IAsyncDisposable
{
    public const string ManifestName = "manifest-sha256.txt";
    public const string TagManifestName = "tagmanifest-sha256.txt";

    private const string Payload = "data/";

    private readonly string _path;
    private readonly string _temporaryPath;
    private readonly IPackageStorage _storage;
    private readonly ConcurrentDictionary<string, FileSeal> _files = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, RecordSchema> _schemas = new(StringComparer.Ordinal);
    private bool _completed;

    private PackageWriter(string path, string temporaryPath, IPackageStorage storage)
    {
        _path = path;
        _temporaryPath = temporaryPath;
        _storage = storage;
    }

    public string Path => _path;

    /// <summary>Number of files.</summary>
    public int Files => _files.Count;

    /// <summary>Size of the files before they are compressed.</summary>
    public long Bytes => _files.Values.Sum(file => file.Bytes);

    /// <summary>SHA-256 of the manifest of tag files, which stands for every byte of the package.</summary>
    public string Digest => _files[TagManifestName].Digest;

    /// <summary>Begins a package; a path that exists is refused before anything else is done.</summary>
    /// <param name="path">Where the package will be.</param>
    /// <param name="asZip">One zip file instead of a folder.</param>
    /// <param name="recipient">The only recipient, which requires a zip; null if it is not encrypted.</param>
    public static PackageWriter Create(string path, bool asZip, X509Certificate2? recipient = null)
    {
        string full = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        if (System.IO.Path.Exists(full))
            throw FaultCatalogue.ExportPathExists.Exception(full);

        string temporary = TemporaryName.For(full);
        return Guard(full, () =>
        {
            PrivateFiles.MakeFolder(System.IO.Path.GetDirectoryName(full)!);
            bool isFile = asZip || recipient is not null;
            return new PackageWriter(
                full,
                temporary,
                isFile ? new ZipStorage(temporary, PackageNames.OfBag(full), recipient) : new FolderStorage(temporary)
            );
        });
    }

    /// <summary>The folder of a location within the package.</summary>
    public IExportTarget TargetFor(DataLocation location) => new LocationTarget(this, location.Id);

    /// <summary>Opens a file of the payload, for what belongs to no location.</summary>
    /// <param name="name">Its path below <c>data/</c>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<Stream> OpenDataAsync(string name, CancellationToken cancellationToken) => OpenAsync(Payload + name, cancellationToken);

    /// <summary>Writes a file of the payload whose content is known.</summary>
    public Task WriteDataAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        WriteAsync(Payload + name, content, cancellationToken);

    /// <summary>Writes a file beside the payload, about the package and not part of what it hands over.</summary>
    public Task WriteTagFileAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        WriteAsync(name, content, cancellationToken);

    /// <summary>Writes what makes it a bag and gives the package its name.</summary>
    public async Task CompleteAsync(BagInfo info, CancellationToken cancellationToken)
    {
        foreach (RecordSchema schema in _schemas.Values.OrderBy(schema => schema.Kind.Name, StringComparer.Ordinal))
        {
            await WriteDataAsync($"schema/{schema.Kind.Name}.schema.json", schema.ToJson(), cancellationToken);
            await WriteDataAsync($"schema/{schema.Kind.Name}.dictionary.csv", schema.ToDictionary(), cancellationToken);
        }

        List<FileSeal> payload = [.. _files.Where(file => IsPayload(file.Key)).Select(file => file.Value)];
        await WriteTagFileAsync("bagit.txt", BagInfo.Declaration, cancellationToken);
        await WriteTagFileAsync("bag-info.txt", info.Write(payload.Sum(file => file.Bytes), payload.Count), cancellationToken);
        await WriteTagFileAsync(ManifestName, Manifest(IsPayload), cancellationToken);
        await WriteTagFileAsync(TagManifestName, Manifest(static name => !IsPayload(name)), cancellationToken);

        await _storage.DisposeAsync();
        cancellationToken.ThrowIfCancellationRequested();
        Rename();
        _completed = true;
    }

    public async ValueTask DisposeAsync()
    {
        if (_completed)
            return;
        try
        {
            await _storage.DisposeAsync();
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
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new DsrException(FaultCatalogue.ExportFailed.For(path, exception.Message), exception);
        }
    }

    private static bool IsPayload(string name) => name.StartsWith(Payload, StringComparison.Ordinal);

    private void Rename()
    {
        try
        {
            if (!System.IO.Path.Exists(_path))
                _storage.Rename(_temporaryPath, _path);
            else
                throw FaultCatalogue.ExportPathExists.Exception(_path);
        }
        catch (IOException) when (System.IO.Path.Exists(_path))
        {
            // Another process took the name at the last moment.
            throw FaultCatalogue.ExportPathExists.Exception(_path);
        }
    }

    private byte[] Manifest(Func<string, bool> contains)
    {
        var manifest = new StringBuilder();
        foreach ((string name, FileSeal seal) in _files.Where(file => contains(file.Key)).OrderBy(file => file.Key, StringComparer.Ordinal))
            manifest.Append(seal.Digest).Append("  ").Append(name).Append('\n');
        return Encoding.UTF8.GetBytes(manifest.ToString());
    }

    private async Task WriteAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        await using Stream file = await OpenAsync(name, cancellationToken);
        await file.WriteAsync(content, cancellationToken);
    }

    private Task<Stream> OpenAsync(string name, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!PackageNames.IsSafePath(name))
            throw new ArgumentException($"'{name}' is not a valid file name in a package.", nameof(name));
        if (!_files.TryAdd(name, default))
            throw FaultCatalogue.ExportFailed.Exception(_path, $"two files of the package would be named {name}");
        try
        {
            return Task.FromResult<Stream>(
                new DigestStream(_storage.Open(name), (digest, bytes) =>
                    _files[name] = new FileSeal(Convert.ToHexString(digest).ToLowerInvariant(), bytes)
                )
            );
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ExportTargetException(exception);
        }
    }

    /// <summary>What is known of a file that was written.</summary>
    private readonly record struct FileSeal(string Digest, long Bytes);

    private sealed class LocationTarget(PackageWriter package, string folder) : IExportTarget
    {
        public Task<Stream> OpenAsync(string name, string extension, CancellationToken cancellationToken) =>
            package.OpenDataAsync($"{folder}/{NameOf(name, extension)}", cancellationToken);

        public Task<IRecordFile> OpenRecordsAsync(string name, RecordKind kind, CancellationToken cancellationToken) =>
            RecordFile.OpenAsync(this, name, package._schemas.GetOrAdd(kind.Name, _ => new RecordSchema(kind)), cancellationToken);

        public string NameOf(string name, string extension) => $"{PackageNames.For(name)}.{extension}";
    }
}
