using System.Globalization;
using System.Runtime.CompilerServices;
using Azure;
using Azure.Core;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Azure.Blobs;

/// <summary>A blob container: what it lists, and how its blobs are opened.</summary>
internal sealed class BlobContainerAccess
{
    private const BlobStates AllStates = BlobStates.Version | BlobStates.Snapshots | BlobStates.Deleted | BlobStates.Uncommitted;
    private const BlobTraits AllTraits = BlobTraits.Metadata | BlobTraits.ImmutabilityPolicy | BlobTraits.LegalHold;

    private const string StorageScope = "https://storage.azure.com/.default";

    private readonly BlobContainerClient _container;
    private readonly TokenCredential? _credential;
    private readonly TimeProvider _time;
    private readonly TransferBudget _budget;
    private volatile bool _refusesCopies;
    private volatile bool _refusesPermanentDeletion;

    public BlobContainerAccess(AzureAccess access, Uri containerUri, TimeProvider time, TransferBudget budget)
    {
        // A blob name may begin and end with slashes: they belong to it.
        BlobClientOptions options = access.Configure(new BlobClientOptions { TrimBlobNameSlashes = false });
        options.AddPolicy(PermanentDeletion.Policy, HttpPipelinePosition.PerCall);
        _container = access.OpenContainer(containerUri, options);
        _credential = access.Credential;
        _time = time;
        _budget = budget;
    }

    /// <summary>A container that is reached in another way than by an Entra token; nothing can be copied within its service.</summary>
    public BlobContainerAccess(BlobContainerClient container, TimeProvider time, TransferBudget budget)
    {
        _container = container;
        _time = time;
        _budget = budget;
    }

    /// <summary>The time by which what is listed counts as young.</summary>
    public DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>
    /// What prevents changes to the whole container. The blob service tells that there is a policy, and only its configuration tells of
    /// which length.
    /// </summary>
    /// <param name="location">The location that the container is.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    public async Task<ContainerHold> HoldAsync(DataLocation location, CancellationToken cancellationToken)
    {
        BlobContainerProperties properties = await _container.GetPropertiesAsync(cancellationToken: cancellationToken);
        string? days = location.Settings.GetValueOrDefault(LocationSettings.ImmutabilityDays);
        return new ContainerHold(
            properties.HasImmutabilityPolicy == true,
            properties.HasLegalHold == true,
            int.TryParse(days, NumberStyles.None, CultureInfo.InvariantCulture, out int known) ? known : null
        );
    }

    /// <summary>What the account keeps of containers that were deleted under this one's name.</summary>
    /// <param name="cancellationToken">Ends the look.</param>
    /// <exception cref="DsrException">The account does not let its deleted containers be listed.</exception>
    public async Task<DateTimeOffset?> RestorableUntilAsync(CancellationToken cancellationToken)
    {
        try
        {
            DateTimeOffset? until = null;
            await foreach (
                BlobContainerItem item in _container
                    .GetParentBlobServiceClient()
                    .GetBlobContainersAsync(BlobContainerTraits.None, BlobContainerStates.Deleted, _container.Name, cancellationToken)
            )
            {
                if (item.IsDeleted != true || item.Name != _container.Name)
                    continue;
                DateTimeOffset leaves = ListedBlob.LeavingAt(
                    item.Properties.DeletedOn ?? item.Properties.LastModified,
                    item.Properties.RemainingRetentionDays,
                    _time.GetUtcNow()
                );
                until = until > leaves ? until : leaves;
            }

            return until;
        }
        catch (RequestFailedException refused)
        {
            throw AzureFaults.Translate(
                refused,
                $"the deleted containers of {_container.AccountName}",
                "list",
                $"{BlobFailures.ReadRole} at the storage account"
            );
        }
    }

    /// <summary>
    /// Lists the blobs whose names begin with a prefix, old copies included, as the pages arrive. It ends without an error only when
    /// the last page was read.
    /// </summary>
    public async IAsyncEnumerable<ListedBlob> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (
            BlobItem item in ItemsAsync(PagesOf, static blob => $"{blob.Name}\n{blob.Snapshot}\n{blob.VersionId}", cancellationToken)
        )
        {
            yield return ListedBlob.From(item, _time.GetUtcNow());
        }

        AsyncPageable<BlobItem> PagesOf(BlobStates states, BlobTraits traits) =>
            _container.GetBlobsAsync(
                new GetBlobsOptions
                {
                    States = states,
                    Traits = traits,
                    Prefix = NullIfEmpty(prefix),
                },
                cancellationToken
            );
    }

    /// <summary>
    /// Lists what is in a folder: blobs, one entry for each version, and folders. The service refuses to list snapshots folder by folder.
    /// </summary>
    /// <param name="folder">Path of the folder, with the slash at its end; empty for the root.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    public async IAsyncEnumerable<FolderEntry> ListFolderAsync(string folder, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (
            BlobHierarchyItem item in ItemsAsync(
                PagesOf,
                static item => item.Prefix ?? $"{item.Blob.Name}\n{item.Blob.VersionId}",
                cancellationToken
            )
        )
        {
            yield return item.IsPrefix ? new FolderEntry(item.Prefix, IsFolder: true) : new FolderEntry(item.Blob.Name, IsFolder: false);
        }

        AsyncPageable<BlobHierarchyItem> PagesOf(BlobStates states, BlobTraits traits) =>
            _container.GetBlobsByHierarchyAsync(
                new GetBlobsByHierarchyOptions
                {
                    States = states & ~BlobStates.Snapshots,
                    Traits = traits,
                    Delimiter = "/",
                    Prefix = NullIfEmpty(folder),
                },
                cancellationToken
            );
    }

    /// <summary>The client of a current blob or of an old copy.</summary>
    public BlockBlobClient Open(ListedBlob blob)
    {
        BlockBlobClient client = Open(blob.Name);
        if (blob.IsOldCopy && blob.VersionId is { } version)
            return client.WithVersion(version);
        return blob.Snapshot is { } snapshot ? client.WithSnapshot(snapshot) : client;
    }

    /// <summary>The client of a current blob.</summary>
    /// <exception cref="DsrException">The name does not survive in a URL, so that a request would reach another blob.</exception>
    public BlockBlobClient Open(string blobName)
    {
        // The writer of a blob chooses its name: "dev1/../dev2/x" in a URL is "dev2/x", which is another device's.
        BlockBlobClient client = _container.GetBlockBlobClient(blobName);
        return client.Name == blobName
            ? client
            : throw FaultCatalogue.BlobNameUnsafe.Exception($"{_container.AccountName}/{_container.Name}/{blobName}");
    }

    /// <summary>The client of a blob that is appended to.</summary>
    /// <exception cref="DsrException">As for <see cref="Open(string)"/>.</exception>
    public AppendBlobClient OpenAppend(string blobName) => _container.GetAppendBlobClient(Open(blobName).Name);

    /// <summary>Deletes an old copy for good where the account allows it; elsewhere it is soft-deleted, if the account does that.</summary>
    /// <returns>As for <see cref="DeletePermanentlyAsync"/>.</returns>
    public async Task<Fault?> DeleteCopyAsync(ListedBlob copy, CancellationToken cancellationToken)
    {
        Response deleted = await Open(copy).DeleteAsync(cancellationToken: cancellationToken);
        return deleted.Headers.TryGetValue("x-ms-delete-type-permanent", out string? permanent) && permanent == "false"
            ? await DeletePermanentlyAsync(copy, cancellationToken)
            : null;
    }

    /// <summary>Removes a soft-deleted version or snapshot before its time, where the account allows it.</summary>
    /// <returns>The right that is missing, once; null when it was there, or is not what the copy stays for.</returns>
    public async Task<Fault?> DeletePermanentlyAsync(ListedBlob copy, CancellationToken cancellationToken)
    {
        if (_refusesPermanentDeletion)
            return null;
        try
        {
            using (PermanentDeletion.Begin())
                await Open(copy).DeleteAsync(cancellationToken: cancellationToken);
        }
        catch (RequestFailedException gone) when (BlobFailures.IsGone(gone))
        {
            // It had expired.
        }
        catch (RequestFailedException refused) when (refused.Status is >= 400 and < 500 and not (408 or 429))
        {
            // The copy stays restorable until its time has passed, which the next read tells.
            _refusesPermanentDeletion = true;
            if (refused.Status == 403)
            {
                return AzureFaults
                    .Translate(
                        refused,
                        $"the soft-deleted copies of {_container.AccountName}/{_container.Name}",
                        "delete for good",
                        BlobFailures.OldCopyRole
                    )
                    .Fault;
            }
        }

        return null;
    }

    /// <summary>The content of a blob as it stands under an ETag.</summary>
    public Stream Read(BlobBaseClient blob, ETag etag, long length) => new RangedDownload(blob, etag, length, _budget);

    /// <summary>
    /// What proves to the service that a blob may be read as the source of a copy; null when copies are not to be asked for.
    /// </summary>
    public async ValueTask<HttpAuthorization?> AuthorizeCopyAsync(CancellationToken cancellationToken)
    {
        if (_credential is null || _refusesCopies)
            return null;
        AccessToken token = await _credential.GetTokenAsync(new TokenRequestContext([StorageScope]), cancellationToken);
        return new HttpAuthorization("Bearer", token.Token);
    }

    /// <summary>The service refuses to copy here; do not try again.</summary>
    public void StopCopying() => _refusesCopies = true;

    /// <summary>
    /// Lists with all that the account can tell: accounts with a hierarchical namespace know no versions, nor holds of single blobs.
    /// </summary>
    private async IAsyncEnumerable<T> ItemsAsync<T>(
        Func<BlobStates, BlobTraits, AsyncPageable<T>> pagesOf,
        Func<T, string> keyOf,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
        where T : notnull
    {
        var progress = new PageProgress();
        IAsyncEnumerator<Page<T>> pages = Start(AllStates, AllTraits);
        try
        {
            bool? more = await TryMoveNextAsync(pages);
            if (more is null)
            {
                await pages.DisposeAsync();
                pages = Start(AllStates & ~BlobStates.Version, BlobTraits.Metadata);
                more = await pages.MoveNextAsync();
            }

            for (; more == true; more = await pages.MoveNextAsync())
            {
                foreach (T item in pages.Current.Values)
                    yield return item;
                BlobPages.RequireProgress(progress, pages.Current, keyOf, _container.Uri);
            }
        }
        finally
        {
            await pages.DisposeAsync();
        }

        IAsyncEnumerator<Page<T>> Start(BlobStates states, BlobTraits traits) =>
            pagesOf(states, traits).AsPages(pageSizeHint: null).GetAsyncEnumerator(cancellationToken);
    }

    /// <summary>
    /// Null when the account does not keep versions, or holds of single blobs, and refuses to list them; accounts with a hierarchical
    /// namespace do.
    /// </summary>
    private static async Task<bool?> TryMoveNextAsync<T>(IAsyncEnumerator<Page<T>> pages)
        where T : notnull
    {
        try
        {
            return await pages.MoveNextAsync();
        }
        catch (RequestFailedException failed)
            when (failed.ErrorCode
                    is "FeatureNotYetSupportedForHierarchicalNamespaceAccounts"
                        or "UnsupportedQueryParameter"
                        or "InvalidQueryParameterValue"
            )
        {
            return null;
        }
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
