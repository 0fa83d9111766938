using System.Globalization;
using IotHubDsr.Sandbox.Storage.Blobs;

namespace IotHubDsr.Sandbox.Storage.Rest;

/// <summary>The outcome of an operation, to be sent after its lock is released.</summary>
internal sealed class StorageResponse(int status)
{
    private readonly List<KeyValuePair<string, string>> _headers = [];

    public int Status => status;

    public IReadOnlyList<KeyValuePair<string, string>> Headers => _headers;

    /// <summary>Null when the answer has no body; a HEAD request gets its length only.</summary>
    public BlobContent? Body { get; init; }

    /// <summary>Adds the header unless the value is null.</summary>
    public StorageResponse With(string name, string? value)
    {
        if (value is not null)
            _headers.Add(new(name, value));

        return this;
    }

    public StorageResponse With(string name, long value) => With(name, value.ToString(CultureInfo.InvariantCulture));

    public StorageResponse With(string name, bool value) => With(name, value ? "true" : "false");

    public StorageResponse With(string name, DateTimeOffset value) => With(name, value.ToString("R", CultureInfo.InvariantCulture));

    public StorageResponse WithIdentity(BlobRevision revision) => With("ETag", revision.ETag).With("Last-Modified", revision.LastModified);

    /// <summary>What every write that makes a state answers.</summary>
    public StorageResponse WithWritten(BlobRevision revision) =>
        WithIdentity(revision).With("x-ms-version-id", revision.VersionId).With("x-ms-request-server-encrypted", true);
}
