using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;
using IotHubDsr.Benchmarks.Sandboxes;

namespace IotHubDsr.Benchmarks.Jobs;

/// <summary>
/// Uploads blobs and deletes them again, so that a sandbox has the memory that it keeps uploads in: to get it from the system costs more than
/// to receive the bytes, and no storage service does it on the machine that is measured.
/// </summary>
internal static class BareUpload
{
    private const int BlockBytes = 4 * 1024 * 1024;
    private const int AtOnce = 4;

    /// <param name="sandbox">The sandbox.</param>
    /// <param name="account">One of its storage accounts.</param>
    /// <param name="blobs">How many blobs.</param>
    /// <param name="bytes">Size of each.</param>
    public static async Task RunAsync(BlobSandbox sandbox, string account, int blobs, long bytes)
    {
        using var http = new HttpClient(sandbox.Cloud.CreateHandler());
        var container = new BlobContainerClient(
            new Uri($"https://{account}.blob.core.windows.net/warm-up"),
            sandbox.Access.Credential,
            new BlobClientOptions { Transport = new HttpClientTransport(http) }
        );
        await container.CreateAsync();
        byte[] block = new byte[BlockBytes];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, blobs),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (number, token) =>
            {
                BlockBlobClient blob = container.GetBlockBlobClient($"{number}");
                string[] ids = [.. Enumerable.Range(0, (int)(bytes / BlockBytes)).Select(index => Convert.ToBase64String([(byte)index]))];
                foreach (string id in ids)
                    await blob.StageBlockAsync(id, new MemoryStream(block, writable: false), cancellationToken: token);
                await blob.CommitBlockListAsync(ids, cancellationToken: token);
            }
        );
        await container.DeleteAsync();
    }
}
