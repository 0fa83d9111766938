using System.Text;
using System.Text.Json;
using IotHubDsr.Core.Packages;
using IotHubDsr.Core.Packages.Records;
using IotHubDsr.Core.Records;
using IotHubDsr.Core.Sinks;

namespace IotHubDsr.Core.Tests.Packages;

/// <summary>Keeps what a store exports, by the names that it has in a package.</summary>
internal sealed class MemoryTarget : IExportTarget
{
    /// <summary>Complete files; two that a file system could take for one are refused.</summary>
    public Dictionary<string, byte[]> Files { get; } = new(StringComparer.OrdinalIgnoreCase);

    public string Text(string name) => Encoding.UTF8.GetString(Files[name]);

    /// <summary>The records of a file; none when there is no such file.</summary>
    public IReadOnlyList<JsonElement> Records(string name) =>
        Files.ContainsKey($"{name}.ndjson")
            ?
            [
                .. Text($"{name}.ndjson")
                    .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                    .Select(line => JsonDocument.Parse(line).RootElement),
            ]
            : [];

    /// <summary>The content that the list of files gives for a blob.</summary>
    public string ContentOf(string blob) =>
        Text(Assert.Single(Records("files"), file => file.GetProperty("blob").GetString() == blob).GetProperty("file").GetString()!);

    public string NameOf(string name, string extension) => $"{PackageNames.For(name)}.{extension}";

    public Task<Stream> OpenAsync(string name, string extension, CancellationToken cancellationToken) =>
        Task.FromResult<Stream>(new File(content => Files.Add(NameOf(name, extension), content)));

    public Task<IRecordFile> OpenRecordsAsync(string name, RecordKind kind, CancellationToken cancellationToken) =>
        RecordFile.OpenAsync(this, name, new RecordSchema(kind), cancellationToken);

    private sealed class File(Action<byte[]> written) : MemoryStream
    {
        private bool _closed;

        protected override void Dispose(bool disposing)
        {
            if (disposing && !_closed)
            {
                _closed = true;
                written(ToArray());
            }

            base.Dispose(disposing);
        }
    }
}
