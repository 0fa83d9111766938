using System.Globalization;
using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Azure.Cosmos;

namespace IotHubDsr.Core.Azure.Cosmos;

/// <summary>
/// Reads and deletes documents of one container through the gateway. Every failure is a <see cref="DsrException"/>. Requests carry the
/// account's own token; where it has no role on the data plane, they are signed with a key if there is one to be had.
/// </summary>
/// <remarks>
/// No async method here waits for a type of the client's, and no field or closure has a value of one: listing the types of this assembly,
/// as is done to find the kinds of place, would load the client.
/// </remarks>
internal sealed class DocumentClient : IDisposable
{
    private readonly AzureAccess _access;
    private readonly CosmosPlace _place;
    private readonly CosmosPace _pace;
    private readonly Uri _endpoint;
    private readonly Func<CancellationToken, Task<string?>> _key;
    private readonly SemaphoreSlim _opening = new(1, 1);
    private readonly List<CosmosClient> _clients = [];
    private volatile Container _container;
    private bool _isKeyTried;

    /// <param name="access">The connection.</param>
    /// <param name="place">The container.</param>
    /// <param name="key">Gets a key of the account; null when there is none to be had. Asked once, after a refusal.</param>
    public DocumentClient(AzureAccess access, CosmosPlace place, Func<CancellationToken, Task<string?>> key)
    {
        _access = access;
        _place = place;
        _key = key;
        _endpoint = access.Cloud.CosmosEndpoint(place.Account);
        _pace = new CosmosPace(access.Clock, access.Cloud.FirstRetryDelay, place.Target);
        _container = Open(key: null);
    }

    /// <summary>The definition of the container.</summary>
    public async Task<JsonElement> DescribeAsync(CancellationToken cancellationToken)
    {
        byte[] described = await SendAsync(
            CosmosCall.Describe,
            token => CosmosReplies.Content(_container.ReadContainerStreamAsync(cancellationToken: token)),
            cancellationToken
        );
        using var parsed = JsonDocument.Parse(described);
        return parsed.RootElement.Clone();
    }

    /// <summary>The ranges of partition keys that the service keeps apart.</summary>
    public Task<IReadOnlyList<string>> RangesAsync(CancellationToken cancellationToken) =>
        SendAsync(
            CosmosCall.Describe,
            token =>
                CosmosReplies.Then(_container.GetFeedRangesAsync(token), static ranges =>
                    (IReadOnlyList<string>)[.. ranges.Select(static range => range.ToJsonString())]
                ),
            cancellationToken
        );

    /// <summary>The pages of a query, each as the service wrote it. A query that is broken off goes on behind the last page.</summary>
    public async IAsyncEnumerable<byte[]> QueryAsync(DocumentQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        FeedIterator? pages = null;
        var progress = new PageProgress();
        string? continuation = null;
        bool hasMore = true;
        try
        {
            while (hasMore)
            {
                (byte[] content, string? next, hasMore) = await SendAsync(
                    CosmosCall.Query,
                    token => CosmosReplies.Page(pages ??= Open(query, continuation), token),
                    cancellationToken,
                    () =>
                    {
                        pages?.Dispose();
                        pages = null;
                    }
                );

                // By what stands in it: pages of documents of one form are of one length.
                if (hasMore && !progress.IsMade(next, content.Length, DigestOf(content)))
                    throw FaultCatalogue.ServiceFailed.Exception(_place.Target, "the query never ends.");
                continuation = next;
                yield return content;
            }
        }
        finally
        {
            pages?.Dispose();
        }
    }

    /// <summary>A document as it stands now; null when there is none at the address.</summary>
    public async Task<byte[]?> ReadAsync(DocumentAddress address, CancellationToken cancellationToken)
    {
        try
        {
            return await SendAsync(
                CosmosCall.Read,
                token =>
                    CosmosReplies.Content(
                        _container.ReadItemStreamAsync(address.Id, CosmosReplies.KeyOf(address.Key), cancellationToken: token)
                    ),
                cancellationToken,
                gone: static failure => failure.IsDocumentMissing
            );
        }
        catch (CosmosCallException)
        {
            return null;
        }
    }

    /// <summary>Deletes a document if it still has an ETag.</summary>
    public async Task<Deletion> DeleteAsync(DocumentAddress address, string etag, CancellationToken cancellationToken)
    {
        try
        {
            await SendAsync(
                CosmosCall.Delete,
                token =>
                    CosmosReplies.Content(
                        _container.DeleteItemStreamAsync(
                            address.Id,
                            CosmosReplies.KeyOf(address.Key),
                            new ItemRequestOptions { IfMatchEtag = etag },
                            token
                        )
                    ),
                cancellationToken,
                gone: static failure => failure.IsDocumentMissing || failure.Status == 412
            );
            return Deletion.Done;
        }
        catch (CosmosCallException expected)
        {
            return expected.Failure.Status == 412 ? Deletion.Changed : Deletion.Missing;
        }
    }

    public void Dispose()
    {
        foreach (CosmosClient client in _clients)
            client.Dispose();
        _opening.Dispose();
    }

    /// <summary>Sends until it succeeds, or no further attempt is worth making.</summary>
    /// <param name="call">What is asked.</param>
    /// <param name="send">Makes an attempt.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="failed">Called after an attempt that failed.</param>
    /// <param name="gone">Failures that the caller expects: they are thrown as they are.</param>
    private async Task<T> SendAsync<T>(
        CosmosCall call,
        Func<CancellationToken, Task<T>> send,
        CancellationToken cancellationToken,
        Action? failed = null,
        Func<CosmosFailure, bool>? gone = null
    )
    {
        var attempts = new CosmosAttempts(_pace);
        while (true)
        {
            await _pace.WaitAsync(cancellationToken);
            Container asked = _container;
            try
            {
                return await send(cancellationToken);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                failed?.Invoke();
                var failure = CosmosFailure.Of(exception);
                if (failure is not null && gone?.Invoke(failure) == true)
                    throw new CosmosCallException(failure, exception);
                if (failure is { IsRefusal: true } && await TryKeyAsync(asked, cancellationToken))
                    continue;
                if (failure is null || !failure.IsPassing || !await attempts.WaitAsync(failure, cancellationToken))
                {
                    Exception cause = failure is null ? exception : new CosmosCallException(failure, exception);
                    throw CosmosFaults.Translate(cause, _place, call, _endpoint.Host);
                }
            }
        }
    }

    /// <summary>Goes on with a key; false when there is none, or when it was refused.</summary>
    private async Task<bool> TryKeyAsync(Container refused, CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken);
        try
        {
            // Another call may have got the key meanwhile.
            if (!ReferenceEquals(refused, _container))
                return true;
            if (_isKeyTried)
                return false;
            _isKeyTried = true;
            if (await _key(cancellationToken) is not { } key)
                return false;
            _container = Open(key);
            return true;
        }
        finally
        {
            _opening.Release();
        }
    }

    private Container Open(string? key)
    {
        var options = new CosmosClientOptions
        {
            ApplicationName = "IotHubDsr",
            ConnectionMode = ConnectionMode.Gateway,
            LimitToEndpoint = true,
            HttpClientFactory = () => new HttpClient(new CosmosHandler(_access, _endpoint)),

            // Waiting is ours: whoever waits lets the others wait, and the operation is told.
            MaxRetryAttemptsOnRateLimitedRequests = 0,
            EnableContentResponseOnWrite = false,
        };
        CosmosClient client = key is not null
            ? new CosmosClient(_endpoint.AbsoluteUri, key, options)
            : new CosmosClient(
                _endpoint.AbsoluteUri,
                _access.Credential
                    ?? throw FaultCatalogue.CredentialUnavailable.Exception(
                        _place.Target,
                        "the connection was made with a connection string alone."
                    ),
                options
            );
        _clients.Add(client);
        return client.GetContainer(_place.Database, _place.Container);
    }

    private static string DigestOf(byte[] page) => XxHash128.HashToUInt128(page).ToString("x32", CultureInfo.InvariantCulture);

    private FeedIterator Open(DocumentQuery query, string? continuation)
    {
        var definition = new QueryDefinition(query.Text);
        foreach ((string name, string value) in query.Parameters)
            definition = definition.WithParameter(name, value);
        var options = new QueryRequestOptions
        {
            MaxConcurrency = 1,
            EnableOptimisticDirectExecution = false,

            // Without it, a container whose owner leaves a path out of its index refuses the query.
            EnableScanInQuery = true,
        };
        if (query.Key is { } key)
            options.PartitionKey = CosmosReplies.KeyOf(key);
        return query.Range is { } range
            ? _container.GetItemQueryStreamIterator(FeedRange.FromJsonString(range), definition, continuation, options)
            : _container.GetItemQueryStreamIterator(definition, continuation, options);
    }
}
