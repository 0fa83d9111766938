using IotHubDsr.Sandbox.Storage.Blobs;
using IotHubDsr.Sandbox.Storage.Rest;

namespace IotHubDsr.Sandbox.Storage.Queues;

/// <summary>
/// The Queue service's REST interface over the accounts of a <see cref="BlobStore"/>, for requests that were authorized already.
/// </summary>
internal sealed class QueueService(BlobStore store, TimeProvider time)
{
    private readonly StorageExchange _exchange = new(time, "Windows-Azure-Queue/1.0");

    public async Task HandleAsync(HttpContext context, BlobAccount account, QueueTarget target)
    {
        StorageResponse response;
        try
        {
            StorageExchange.RequireVersion(context.Request, target.Signed);
            BlobContent body = await RequestBody.ReadAsync(context);
            var request = new BlobRequest(context.Request.Method.ToUpperInvariant(), target.Signed, context.Request.Headers, body);
            response = Run(request, account.Queues, target, $"{context.Request.Scheme}://{context.Request.Host}/");
        }
        catch (StorageException error)
        {
            await RefuseAsync(context, error);
            return;
        }

        await _exchange.AnswerAsync(context, response);
    }

    /// <summary>Answers a request that was not let through to the operations.</summary>
    public Task RefuseAsync(HttpContext context, StorageException error) => _exchange.RefuseAsync(context, error);

    private StorageResponse Run(BlobRequest request, QueueCollection queues, QueueTarget target, string endpoint)
    {
        string? comp = request.Parameter("comp")?.ToLowerInvariant();
        switch (request.Method, target, comp)
        {
            case ("GET", { Queue: null }, "list"):
                return QueueOperations.List(request, queues, store.PageSizeCap, endpoint);
            case ("GET", { Queue: null }, "properties") when request.Parameter("restype") == "service":
                return QueueOperations.GetServiceProperties();
            case ("PUT", { Queue: { } name, IsOfMessages: false }, null):
                return QueueOperations.Create(request, queues, name);
            case ("DELETE", { Queue: { } name, IsOfMessages: false }, null):
                return QueueOperations.Delete(queues, name);
        }

        if (target.Queue is null)
            throw Unknown(request, "the service");

        if (!queues.TryGet(target.Queue, out StorageQueue? queue))
            throw new StorageException(QueueErrors.QueueNotFound);

        return (request.Method, target, comp) switch
        {
            ("GET" or "HEAD", { IsOfMessages: false }, "metadata") => QueueOperations.GetProperties(queue),
            ("PUT", { IsOfMessages: false }, "metadata") => QueueOperations.SetMetadata(request, queue),
            ("POST", { IsOfMessages: true, Message: null }, null) => MessageOperations.Put(request, queue),
            ("GET", { IsOfMessages: true, Message: null }, null) => MessageOperations.Get(request, queue),
            ("DELETE", { IsOfMessages: true, Message: null }, null) => MessageOperations.Clear(queue),
            ("PUT", { Message: { } id }, null) => MessageOperations.Update(request, queue, id),
            ("DELETE", { Message: { } id }, null) => MessageOperations.Delete(request, queue, id),
            _ => throw Unknown(request, target.IsOfMessages ? "messages" : "a queue"),
        };
    }

    private static StorageException Unknown(BlobRequest request, string on)
    {
        if (request.Method is not ("GET" or "HEAD" or "PUT" or "DELETE" or "POST"))
            return new(StorageErrors.UnsupportedVerb);

        string comp = request.Parameter("comp") is { } value ? $" with comp={value}" : "";
        return StorageErrors.NotSimulated($"{request.Method} on {on}{comp}");
    }
}
