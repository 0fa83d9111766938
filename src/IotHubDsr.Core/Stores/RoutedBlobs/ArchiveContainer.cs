using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using IotHubDsr.Azure;

namespace IotHubDsr.Stores.RoutedBlobs;

/// <summary>A blob container with archives: what it lists, and how its blobs are opened.</summary>
internal sealed class ArchiveContainer
{
    private readonly BlobContainerClient _container;
    private readonly TimeProvider _time;

    public ArchiveContainer(AzureAccess access, Uri containerUri, TimeProvider time)
    {
        _container = new BlobContainerClient(containerUri, access.Credential, access.Configure(new BlobClientOptions { TrimBlobNameSlashes = false }));
        _time = time;
    }

    /// <summary>Whether a policy or a legal hold on the container forbids changes.</summary>
    public async Task<bool> IsHeldAsync(CancellationToken cancellationToken)
    {
        BlobContainerProperties properties = await _container.GetPropertiesAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        return properties.HasImmutabilityPolicy == true || properties.HasLegalHold == true;
    }

    /// <summary>Lists the container once, old copies included. Accounts with a hierarchical namespace have no versions to list.</summary>
    public async Task<IReadOnlyList<ArchiveBlob>> ListAsync(string prefix, CancellationToken cancellationToken)
    {
        try
        {
            return await ListAsync(prefix, BlobStates.Version | BlobStates.Snapshots | BlobStates.Deleted, cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException failed) when (failed.ErrorCode is "FeatureNotYetSupportedForHierarchicalNamespaceAccounts" or "UnsupportedQueryParameter")
        {
            return await ListAsync(prefix, BlobStates.Snapshots | BlobStates.Deleted, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The client of a current blob or of an old copy.</summary>
    public BlockBlobClient Open(ArchiveBlob blob)
    {
        BlockBlobClient client = _container.GetBlockBlobClient(blob.Name);
        if (blob.IsOldCopy && blob.VersionId is { } version)
            return client.WithVersion(version);
        return blob.Snapshot is { } snapshot ? client.WithSnapshot(snapshot) : client;
    }

    private async Task<IReadOnlyList<ArchiveBlob>> ListAsync(string prefix, BlobStates states, CancellationToken cancellationToken)
    {
        var blobs = new List<ArchiveBlob>();
        var options = new GetBlobsOptions { States = states, Prefix = prefix.Length == 0 ? null : prefix };
        await foreach (BlobItem item in _container.GetBlobsAsync(options, cancellationToken).ConfigureAwait(false))
            blobs.Add(ArchiveBlob.From(item, _time.GetUtcNow()));
        return blobs;
    }
}
