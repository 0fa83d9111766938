using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace IotHubDsr.Core.Evidence.Stores;

/// <summary>
/// A segment in an append blob under a lease. Every addition, and every mark, is made under the lease: a process that has lost it, by its
/// own death or by a stop of its machine, changes nothing any more.
/// </summary>
internal sealed class ContainerSegment : ISegmentFile
{
    /// <summary>The shortest that another process waits for a unit whose process is dead.</summary>
    public static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan RenewalTime = TimeSpan.FromSeconds(8);

    private readonly AppendBlobClient _blob;
    private readonly BlobLeases _leases;
    private long _position;

    private ContainerSegment(AppendBlobClient blob, TimeProvider time) =>
        (_blob, _leases) = (blob, new BlobLeases(time, LeaseTime, RenewalTime));

    public CancellationToken Lost => _leases.Lost;

    public IReadOnlyDictionary<string, string> Marks { get; private set; } = new Dictionary<string, string>();

    public Func<CancellationToken, Task>? OnRenewed
    {
        get => _leases.OnRenewed;
        set => _leases.OnRenewed = value;
    }

    /// <summary>Takes the lease; null if another process has it.</summary>
    public static async Task<ContainerSegment?> TryOpenAsync(AppendBlobClient blob, TimeProvider time, CancellationToken cancellationToken)
    {
        var segment = new ContainerSegment(blob, time);
        try
        {
            await blob.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
            await segment._leases.TakeAsync(blob, cancellationToken);
            BlobProperties properties = await blob.GetPropertiesAsync(cancellationToken: cancellationToken);
            segment._position = properties.ContentLength;
            segment.Marks = new Dictionary<string, string>(properties.Metadata, StringComparer.OrdinalIgnoreCase);
            return segment;
        }
        catch (RequestFailedException taken) when (taken.Status == 409)
        {
            await segment.DisposeAsync();
            return null;
        }
        catch
        {
            await segment.DisposeAsync();
            throw;
        }
    }

    public async Task<byte[]> ReadAsync(CancellationToken cancellationToken)
    {
        if (_position == 0)
            return [];
        BlobDownloadResult all = await _blob.DownloadContentAsync(cancellationToken);
        return all.Content.ToArray();
    }

    public async Task AppendAsync(ReadOnlyMemory<byte> lines, CancellationToken cancellationToken)
    {
        await BlobAppending.AddAsync(_blob, _leases.LastId, _position, lines, cancellationToken);
        _position += lines.Length;
    }

    public async Task MarkAsync(IReadOnlyDictionary<string, string> marks, CancellationToken cancellationToken)
    {
        var metadata = new Dictionary<string, string>(marks);
        await _blob.SetMetadataAsync(metadata, new BlobRequestConditions { LeaseId = _leases.LastId }, cancellationToken);
        Marks = metadata;
    }

    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        await _leases.RenewAsync(cancellationToken);
        await BlobAppending.RequireLengthAsync(_blob, _leases.LastId, _position, cancellationToken);
    }

    public ValueTask RequireAsync(CancellationToken cancellationToken) => _leases.RequireAsync(cancellationToken);

    public ValueTask DisposeAsync() => _leases.DisposeAsync();
}
