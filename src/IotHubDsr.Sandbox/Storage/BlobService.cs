using IotHubDsr.Sandbox.Storage.Blobs;
using IotHubDsr.Sandbox.Storage.Operations;
using IotHubDsr.Sandbox.Storage.Rest;
using Microsoft.AspNetCore.Http.Features;

namespace IotHubDsr.Sandbox.Storage;

/// <summary>The Blob service's REST interface over a <see cref="BlobStore"/>, for requests that were authorized already.</summary>
internal sealed class BlobService(BlobStore store, TimeProvider time)
{
    private readonly StorageExchange _exchange = new(time, "Windows-Azure-Blob/1.0");

    /// <summary>
    /// Decides whether the client may read a copy source, whose authorization is not that of the request. Until the host sets it, any token
    /// or signature suffices.
    /// </summary>
    public Func<CopySource, bool> AuthorizeCopySource { get; set; } = source => source.Authorization is not null || source.HasSignature;

    public async Task HandleAsync(HttpContext context, string accountName)
    {
        StorageResponse response;
        try
        {
            response = await RunAsync(context, accountName);
        }
        catch (StorageException error)
        {
            await RefuseAsync(context, error);
            return;
        }

        await AnswerAsync(context, response);
    }

    /// <summary>Answers a request that was not let through to the operations.</summary>
    public Task RefuseAsync(HttpContext context, StorageException error) => _exchange.RefuseAsync(context, error);

    public Task AnswerAsync(HttpContext context, StorageResponse response) => _exchange.AnswerAsync(context, response);

    private async Task<StorageResponse> RunAsync(HttpContext context, string accountName)
    {
        string rawTarget = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var target = RequestTarget.Parse(rawTarget);
        StorageExchange.RequireVersion(context.Request, target);
        if (!store.TryGetAccount(accountName, out BlobAccount? account))
            throw new StorageException(StorageErrors.AccountNotFound);

        BlobContent body = await RequestBody.ReadAsync(context);
        var request = new BlobRequest(context.Request.Method.ToUpperInvariant(), target, context.Request.Headers, body);
        string endpoint = $"{context.Request.Scheme}://{context.Request.Host}/";
        StorageResponse response = new BlobRouter(store, AuthorizeCopySource).Run(request, account, endpoint);
        bool framed = HttpMethods.IsPut(context.Request.Method) && request.Header(StructuredMessage.Header) is not null;
        return framed ? response.With(StructuredMessage.Header, request.Header(StructuredMessage.Header)) : response;
    }
}
