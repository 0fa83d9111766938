namespace IotHubDsr.Sandbox.Storage;

/// <summary>The Blob service's REST interface over a <see cref="BlobStore"/>, for requests that were authorized already.</summary>
internal sealed class BlobService(BlobStore store, TimeProvider time)
{
    public Task HandleAsync(HttpContext context, string accountName)
    {
        _ = store;
        _ = time;
        throw new NotSupportedException();
    }
}
