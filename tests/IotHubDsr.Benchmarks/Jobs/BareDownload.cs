using System.Buffers;
using System.Diagnostics;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using IotHubDsr.Benchmarks.Sandboxes;

namespace IotHubDsr.Benchmarks.Jobs;

/// <summary>What there is to gain at most: the storage SDK downloads a container and throws the bytes away.</summary>
internal sealed class BareDownload : IDisposable
{
    // The fastest of 1 to 16 on two cores, where 3 to 16 differ by a tenth. Ranges of a blob in parallel (DownloadToAsync) are slower.
    private const int AtOnce = 8;

    private const int BufferBytes = 256 * 1024;

    private readonly HttpClient _http;
    private readonly BlobContainerClient _container;

    public BareDownload(BlobSandbox sandbox, Uri container)
    {
        _http = new HttpClient(sandbox.Cloud.CreateHandler()) { Timeout = Timeout.InfiniteTimeSpan };
        _container = new BlobContainerClient(
            container,
            sandbox.Access.Credential,
            new BlobClientOptions { Transport = new HttpClientTransport(_http) }
        );
    }

    public async Task<double> RunAsync()
    {
        long started = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(_container.GetBlobsAsync(), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, (blob, token) =>
            DiscardAsync(_container.GetBlobClient(blob.Name), token)
        );
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        await Console.Error.WriteLineAsync($"   bare download: {seconds:F1} s");
        return seconds;
    }

    public void Dispose() => _http.Dispose();

    private static async ValueTask DiscardAsync(BlobClient blob, CancellationToken token)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        using BlobDownloadStreamingResult download = await blob.DownloadStreamingAsync(cancellationToken: token);
        while (await download.Content.ReadAsync(buffer, token) > 0) { }

        ArrayPool<byte>.Shared.Return(buffer);
    }
}
