using System.Buffers;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using IotHubDsr.Core.Azure.Blobs;

namespace IotHubDsr.Core.Sinks.BlobArchives;

/// <summary>
/// The new content of an append blob as a blob beside it. Appending to the blob itself would leave half of it when it breaks off, and
/// another type would refuse what its service still appends; so the whole is put together in a draft, which the service then copies over
/// the blob at once, under If-Match.
/// </summary>
/// <param name="container">The container.</param>
/// <param name="blob">The blob.</param>
/// <param name="attributes">The blob as it was read, and what it carries beside its content.</param>
/// <param name="time">Paces the wait for a copy that takes its time.</param>
internal sealed partial class DraftBlob(BlobContainerAccess container, BlockBlobClient blob, BlobAttributes attributes, TimeProvider time)
    : IBlobReplacement
{
    private const string Mark = ".iothubdsr-";

    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    private readonly BlobProperties _before = attributes.Before;

    private readonly AppendBlobClient _draft = Encrypted(
        container.OpenAppend($"{blob.Name}{Mark}{Convert.ToHexString(RandomNumberGenerator.GetBytes(16)).ToLowerInvariant()}"),
        attributes.Before
    );

    private bool _exists;
    private string? _version;
    private bool _isInDoubt;
    private long _length;

    public long? LeastCopy => null;

    /// <summary>Name of the draft.</summary>
    public string Name => _draft.Name;

    /// <summary>Why the draft could not be deleted, when the right to is missing: the next erasure will not have it either.</summary>
    public RequestFailedException? Refusal { get; private set; }

    /// <summary>Whether a blob is a draft, by its name: one that is there when no erasure runs was left by a process that died.</summary>
    public static bool IsDraft(ListedBlob listed) => !listed.IsBlockBlob && DraftName().IsMatch(listed.Name);

    /// <summary>The blob that a draft was made for.</summary>
    public static string BlobOf(string draftName) => draftName[..draftName.LastIndexOf(Mark, StringComparison.Ordinal)];

    /// <summary>
    /// The blob when nothing is copied over it any more, which within an account is nearly always at once; null when that takes longer
    /// than anybody waits.
    /// </summary>
    public static async Task<Response<BlobProperties>?> WaitForCopyAsync(
        BlockBlobClient blob,
        TimeProvider time,
        TimeSpan patience,
        CancellationToken cancellationToken
    )
    {
        long begun = time.GetTimestamp();
        while (true)
        {
            Response<BlobProperties> now = await blob.GetPropertiesAsync(cancellationToken: cancellationToken);
            if (!IsCopying(now))
                return now;
            if (time.GetElapsedTime(begun) >= patience)
                return null;
            await Task.Delay(PollInterval, time, cancellationToken);
        }
    }

    /// <summary>Whether a blob is without content because a copy over it failed: the draft has it.</summary>
    public static bool HasFailed(BlobProperties blob) => blob.BlobCopyStatus is CopyStatus.Failed or CopyStatus.Aborted;

    public async Task UploadAsync(byte[] block, int count, CancellationToken cancellationToken)
    {
        try
        {
            await CreateAsync(cancellationToken);
            using var content = new MemoryStream(block, 0, count, writable: false);
            var options = new AppendBlobAppendBlockOptions
            {
                Conditions = new AppendBlobRequestConditions { IfAppendPositionEqual = _length },
            };
            await _draft.AppendBlockAsync(content, options, cancellationToken);
            _length += count;
        }
        catch (RequestFailedException lost) when (lost.Status is 404 or 412)
        {
            throw WasChanged(lost);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    public Task CopyAsync(KeptRange range, CancellationToken cancellationToken) =>
        throw new NotSupportedException("An append blob is uploaded completely.");

    public Task CompleteAsync() => Task.CompletedTask;

    public async Task<ETag> CommitAsync(byte[]? md5, CancellationToken cancellationToken)
    {
        // A blob of which nothing stays has no block that would have made the draft.
        await CreateAsync(cancellationToken);
        if (md5 is not null)
            await SetHeadersAsync(md5, cancellationToken);
        var options = new BlobCopyFromUriOptions
        {
            DestinationConditions = new BlobRequestConditions { IfMatch = _before.ETag },
            Metadata = _before.Metadata,
            Tags = (await attributes.ReadLooseAsync(cancellationToken)).Tags,
        };
        _isInDoubt = true;
        CopyFromUriOperation copy;
        try
        {
            copy = await blob.StartCopyFromUriAsync(_draft.Uri, options, cancellationToken);
        }
        catch (RequestFailedException refused) when (refused.Status is >= 400 and < 500)
        {
            _isInDoubt = false;
            if (refused.Status == 404)
                throw new IOException($"The draft '{_draft.Name}' is gone.", refused);
            throw;
        }

        ETag? copied = CopiedAtOnce(copy.GetRawResponse());
        if (copied is null)
        {
            BlobProperties now = (await WaitForCopyAsync(blob, time, TimeSpan.MaxValue, cancellationToken))!;
            if (HasFailed(now))
            {
                throw FaultCatalogue.RewriteMismatch.Exception(
                    blob.Name,
                    $"the service did not finish copying; all that must stay is in '{_draft.Name}'."
                );
            }

            copied = now.ETag;
        }

        _isInDoubt = false;
        return copied.Value;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_exists)
            return;
        try
        {
            // While the blob may still be copied from the draft, the draft is all there is.
            if (
                _isInDoubt
                && await blob.GetPropertiesAsync(cancellationToken: CancellationToken.None) is { Value: var now }
                && (IsCopying(now) || HasFailed(now))
            )
            {
                return;
            }

            await _draft.DeleteIfExistsAsync(cancellationToken: CancellationToken.None);
            // What an account keeps of it holds other devices' data, beside no current blob that could tell when it may go.
            if (_version is not null)
                await container.DeleteCopyAsync(Version(_draft.Name, _version), CancellationToken.None);
        }
        catch (Exception failed) when (failed is RequestFailedException or IOException or AggregateException or OperationCanceledException)
        {
            // The next erasure removes it, as it does after a crash.
            Refusal = failed is RequestFailedException { Status: 403 } refused ? refused : null;
        }
    }

    private static ETag? CopiedAtOnce(Response answer) =>
        answer.Headers.TryGetValue("x-ms-copy-status", out string? status) && status == "success" ? answer.Headers.ETag : null;

    private static bool IsCopying(BlobProperties blob) => blob.BlobCopyStatus == CopyStatus.Pending;

    private async Task CreateAsync(CancellationToken cancellationToken)
    {
        if (_exists)
            return;
        _exists = true;
        var options = new AppendBlobCreateOptions { HttpHeaders = attributes.Headers(md5: null), Metadata = _before.Metadata };
        BlobContentInfo created = await _draft.CreateAsync(options, cancellationToken);
        _version = created.VersionId;
    }

    private async Task SetHeadersAsync(byte[] md5, CancellationToken cancellationToken)
    {
        try
        {
            await _draft.SetHttpHeadersAsync(attributes.Headers(md5), cancellationToken: cancellationToken);
        }
        catch (RequestFailedException lost) when (lost.Status is 404 or 412)
        {
            throw WasChanged(lost);
        }
    }

    /// <summary>Another erasure took the draft for one that was left, or a call that seemed to fail had come through.</summary>
    private IOException WasChanged(RequestFailedException lost) => new($"The draft '{_draft.Name}' was changed by another writer.", lost);

    private static ListedBlob Version(string name, string version) =>
        new(name, default, 0, default) { VersionId = version, IsOldCopy = true };

    private static AppendBlobClient Encrypted(AppendBlobClient client, BlobProperties before) =>
        before.EncryptionScope is { Length: > 0 } scope ? client.WithEncryptionScope(scope) : client;

    [GeneratedRegex(@".\.iothubdsr-[0-9a-f]{32}\z", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex DraftName();
}
