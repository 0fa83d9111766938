using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Evidence.Stores;

/// <summary>Requests in a blob container, so that they outlive the machine: a runbook's sandbox is gone after three hours.</summary>
internal sealed class ContainerEvidence(BlobContainerClient container, TimeProvider time) : ISegmentStore
{
    private readonly BlobContainerClient _container = container;

    // A command looks at a request before it opens it: what it has read it need not download again.
    private readonly LastJournal _lastRead = new();

    /// <param name="access">The way to Azure.</param>
    /// <param name="containerUri">URI of the container.</param>
    /// <param name="time">The clock of leases.</param>
    public ContainerEvidence(AzureAccess access, Uri containerUri, TimeProvider time)
        : this(access.OpenContainer(containerUri, access.Configure(new BlobClientOptions())), time) { }

    public string Place => _container.Uri.GetLeftPart(UriPartial.Path).TrimEnd('/');

    public Uri Address => _container.Uri;

    public async IAsyncEnumerable<string> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (string name in ListFoldersAsync(string.Empty, cancellationToken))
        {
            if (RequestIds.IsOne(name))
                yield return name;
        }
    }

    public async IAsyncEnumerable<string> ListFoldersAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var options = new GetBlobsByHierarchyOptions { Delimiter = "/", Prefix = prefix.Length == 0 ? null : prefix };
        await foreach (
            BlobHierarchyItem item in BlobPages.ItemsAsync(
                _container.GetBlobsByHierarchyAsync(options, cancellationToken),
                static item => item.Prefix ?? item.Blob.Name,
                _container.Uri,
                cancellationToken
            )
        )
        {
            if (item.IsPrefix)
                yield return item.Prefix.TrimEnd('/');
        }
    }

    public IEvidenceFolder Open(string requestId) => OpenSegments(requestId);

    public ISegmentFolder OpenSegments(string name) => new Folder(_container, Place, name, time, _lastRead);

    public async Task ProbeAsync(CancellationToken cancellationToken)
    {
        BlobClient probe = _container.GetBlobClient($"{Guid.NewGuid():N}.probe");
        await MadeAsync(_container, () => probe.UploadAsync(BinaryData.FromBytes(new byte[1]), cancellationToken), cancellationToken);
        try
        {
            await probe.DeleteIfExistsAsync(cancellationToken: cancellationToken);
        }
        catch (RequestFailedException)
        {
            // Where nothing can be deleted, for a policy keeps it, evidence can still be written.
        }
    }

    public long? FreeSpace() => null;

    /// <summary>
    /// Writes the first blob of a request. A container that is not there is made, as a folder is; nobody has to have the right to make one
    /// that exists.
    /// </summary>
    private static async Task<T> MadeAsync<T>(BlobContainerClient container, Func<Task<T>> write, CancellationToken cancellationToken)
    {
        try
        {
            return await write();
        }
        catch (RequestFailedException missing) when (BlobFailures.IsContainerMissing(missing))
        {
            await container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
            return await write();
        }
    }

    /// <summary>The journal that was read last.</summary>
    private sealed class LastJournal
    {
        private const int Largest = 8 * 1024 * 1024;

        private (string RequestId, JournalContent Content)? _known;
        private readonly object _gate = new();

        public JournalContent? Of(string requestId)
        {
            lock (_gate)
                return _known is { } known && known.RequestId == requestId ? known.Content : null;
        }

        public void Keep(string requestId, JournalContent? content)
        {
            lock (_gate)
                _known = content is { Lines.Length: <= Largest } ? (requestId, content) : null;
        }
    }

    private sealed class Folder(BlobContainerClient container, string place, string requestId, TimeProvider time, LastJournal lastRead)
        : ISegmentFolder
    {
        private const string HolderName = "holder";
        private const int BlockOfStream = 8 * 1024 * 1024;

        /// <summary>Blocks for 400 GB, two of which are in memory.</summary>
        private static readonly StorageTransferOptions s_streamed = new()
        {
            InitialTransferSize = BlockOfStream,
            MaximumTransferSize = BlockOfStream,
            MaximumConcurrency = 2,
        };

        public string RequestId => requestId;

        public string StorePlace => place;

        public string PlaceOf(string name) => $"{place}/{requestId}/{name}";

        public async Task<byte[]?> ReadAsync(string name, CancellationToken cancellationToken)
        {
            try
            {
                BlobDownloadResult result = await Blob(name).DownloadContentAsync(cancellationToken);
                return result.Content.ToArray();
            }
            catch (RequestFailedException gone) when (BlobFailures.IsGone(gone))
            {
                return null;
            }
        }

        public async Task MakeAsync(CancellationToken cancellationToken)
        {
            // Blobs need no folder, only a container; nobody has to have the right to make one that exists.
            if (!await container.ExistsAsync(cancellationToken))
                await container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        }

        public async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken)
        {
            var names = new List<string>();
            var options = new GetBlobsOptions { Prefix = $"{requestId}/" };
            await foreach (BlobItem blob in container.GetBlobsAsync(options, cancellationToken))
                names.Add(blob.Name[(requestId.Length + 1)..]);
            return names;
        }

        public Task SaveAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
            SaveAsync(
                options => Blob(name).UploadAsync(BinaryData.FromBytes(content), options, cancellationToken),
                async () => await ReadAsync(name, cancellationToken) is { } there && content.Span.SequenceEqual(there)
            );

        public async Task SaveAsync(string name, Action<Stream> write, CancellationToken cancellationToken)
        {
            // What is uploaded can have to be sent again, and is not on record before all of it is there.
            using var content = new SpoolStream();
            write(content);
            content.Position = 0;
            await SaveAsync(
                options => Blob(name).UploadAsync(content, options, cancellationToken),
                async () =>
                {
                    await using Stream? there = await OpenAsync(name, cancellationToken);
                    return there is not null
                        && (await SHA256.HashDataAsync(there, cancellationToken)).AsSpan().SequenceEqual(StoredContent.HashOf(write));
                }
            );
        }

        public async Task<Stream?> OpenAsync(string name, CancellationToken cancellationToken)
        {
            try
            {
                return await Blob(name).OpenReadAsync(cancellationToken: cancellationToken);
            }
            catch (RequestFailedException gone) when (BlobFailures.IsGone(gone))
            {
                return null;
            }
        }

        private static async Task SaveAsync(Func<BlobUploadOptions, Task> upload, Func<Task<bool>> isSame)
        {
            try
            {
                await upload(new BlobUploadOptions { Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All } });
            }
            catch (RequestFailedException exists) when (exists is { Status: 409, ErrorCode: "BlobAlreadyExists" })
            {
                // The answer to our own upload may have been lost, and the upload tried again.
                if (!await isSame())
                    throw;
            }
            catch (RequestFailedException exception)
            {
                throw new EvidenceNotWrittenException(exception);
            }
            catch (AggregateException tries) when (tries.InnerExceptions.Count > 0)
            {
                throw new EvidenceNotWrittenException(tries.InnerExceptions[^1]);
            }
        }

        public async Task DeleteAsync(string prefix, CancellationToken cancellationToken)
        {
            var options = new GetBlobsOptions { Prefix = $"{requestId}/{prefix}" };
            await foreach (
                BlobItem blob in BlobPages.ItemsAsync(
                    container.GetBlobsAsync(options, cancellationToken),
                    static blob => blob.Name,
                    container.Uri,
                    cancellationToken
                )
            )
            {
                await container.DeleteBlobIfExistsAsync(
                    blob.Name,
                    DeleteSnapshotsOption.IncludeSnapshots,
                    cancellationToken: cancellationToken
                );
            }
        }

        public Task<KeptCopies> KeptCopiesAsync(CancellationToken cancellationToken) =>
            KeptCopies.OfAsync(
                new BlobContainerAccess(container, time, TransferBudget.OfProcess).ListAsync($"{requestId}/", cancellationToken)
            );

        public async Task<JournalContent?> ReadJournalAsync(JournalContent? known, CancellationToken cancellationToken)
        {
            JournalContent? read = await ReadChangedAsync(known ?? lastRead.Of(requestId), cancellationToken);
            lastRead.Keep(requestId, read);
            return read;
        }

        private async Task<JournalContent?> ReadChangedAsync(JournalContent? known, CancellationToken cancellationToken)
        {
            string[] versions = known?.Version.Split(' ') ?? [];
            var read = new List<string>();
            using var all = new MemoryStream();
            for (int number = 1; ; number++)
            {
                // Only the last blob grows; one that was begun since is found behind it.
                ETag? seen = number <= versions.Length ? new ETag(versions[number - 1]) : null;
                if (await ReadSegmentAsync(number, seen, cancellationToken) is not { } segment)
                    break;
                if (segment.Bytes is null)
                {
                    if (number == versions.Length && !await Blob(ContainerJournal.Segment(number + 1)).ExistsAsync(cancellationToken))
                        return known;
                    continue;
                }

                if (read.Count < number - 1)
                    return await ReadChangedAsync(known: null, cancellationToken);
                all.Write(segment.Bytes);
                read.Add(segment.ETag.ToString("G"));
            }

            return all.Length == 0 ? null : new JournalContent(all.ToArray(), string.Join(' ', read));
        }

        /// <summary>One blob of a journal, without its content when it is still the one that was seen; null when there is none.</summary>
        private async Task<(ETag ETag, byte[]? Bytes)?> ReadSegmentAsync(int number, ETag? seen, CancellationToken cancellationToken)
        {
            try
            {
                var options = new BlobDownloadOptions { Conditions = new BlobRequestConditions { IfNoneMatch = seen } };
                Response<BlobDownloadResult> answer = await Blob(ContainerJournal.Segment(number))
                    .DownloadContentAsync(options, cancellationToken);
                return answer.GetRawResponse().Status == (int)HttpStatusCode.NotModified
                    ? (seen!.Value, null)
                    : (answer.Value.Details.ETag, answer.Value.Content.ToArray());
            }
            catch (RequestFailedException same) when (same.Status == (int)HttpStatusCode.NotModified)
            {
                return (seen!.Value, null);
            }
            catch (RequestFailedException gone) when (BlobFailures.IsGone(gone))
            {
                return null;
            }
        }

        public async Task<IJournalFile?> TryLockAsync(string holder, bool isNew, CancellationToken cancellationToken)
        {
            Task<ContainerJournal?> OpenAsync() =>
                ContainerJournal.TryOpenAsync(
                    name => container.GetAppendBlobClient($"{requestId}/{name}"),
                    time,
                    ContainerJournal.MostBlocks,
                    isNew,
                    cancellationToken
                );
            ContainerJournal? journal = await (isNew ? MadeAsync(container, OpenAsync, cancellationToken) : OpenAsync());
            if (journal is null)
                return null;
            try
            {
                await Blob(HolderName)
                    .UploadAsync(BinaryData.FromBytes(Encoding.UTF8.GetBytes(holder)), overwrite: true, cancellationToken);
                return journal;
            }
            catch
            {
                await journal.DisposeAsync();
                throw;
            }
        }

        public async Task<string?> ReadHolderAsync(CancellationToken cancellationToken)
        {
            try
            {
                BlobProperties properties = await Blob(ContainerJournal.Segment(1))
                    .GetPropertiesAsync(cancellationToken: cancellationToken);
                if (properties.LeaseState is not (LeaseState.Leased or LeaseState.Breaking))
                    return null;
                return await ReadAsync(HolderName, cancellationToken) is { } holder ? Encoding.UTF8.GetString(holder) : "another process";
            }
            catch (RequestFailedException gone) when (BlobFailures.IsGone(gone))
            {
                return null;
            }
        }

        public async Task<ISegmentFile?> TryOpenSegmentAsync(string name, CancellationToken cancellationToken) =>
            await ContainerSegment.TryOpenAsync(container.GetAppendBlobClient($"{requestId}/{name}"), time, cancellationToken);

        public async IAsyncEnumerable<SegmentListing> ListSegmentsAsync(
            string prefix,
            [EnumeratorCancellation] CancellationToken cancellationToken
        )
        {
            var options = new GetBlobsOptions { Prefix = $"{requestId}/{prefix}", Traits = BlobTraits.Metadata };
            await foreach (BlobItem blob in container.GetBlobsAsync(options, cancellationToken))
            {
                yield return new SegmentListing(
                    blob.Name[(requestId.Length + 1)..],
                    new Dictionary<string, string>(blob.Metadata, StringComparer.OrdinalIgnoreCase),
                    blob.Properties.LeaseState == LeaseState.Leased
                );
            }
        }

        public Task SaveAsync(string name, Stream content, CancellationToken cancellationToken) =>
            Blob(name)
                .UploadAsync(
                    content,
                    new BlobUploadOptions
                    {
                        TransferOptions = s_streamed,
                        Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All },
                    },
                    cancellationToken
                );

        private BlobClient Blob(string name) => container.GetBlobClient($"{requestId}/{name}");
    }
}
