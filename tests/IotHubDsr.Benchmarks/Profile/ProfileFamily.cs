using System.Buffers;
using System.Diagnostics;
using System.Text;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using IotHubDsr.Benchmarks.Archives;
using IotHubDsr.Benchmarks.Sandboxes;
using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Sinks.RoutedBlobs;

namespace IotHubDsr.Benchmarks.Profile;

internal sealed class ProfileFamily : IBenchmarkFamily
{
    public string Name => "profile";
    public string Description => "cpu";

    public async Task RunAsync(IReadOnlyList<string> arguments, Action<BenchmarkRow> report)
    {
        int copies = arguments.Count > 0 ? int.Parse(arguments[0]) : 16;
        int changes = arguments.Count > 1 ? int.Parse(arguments[1]) : 142;
        byte[] file = ArchiveFiles.Avro(64 * 1024 * 1024, "null");
        for (int i = 0; i < changes; i++)
        {
            Span<byte> part = file.AsSpan((int)((i + 0.5) * file.Length / changes));
            int at = part.IndexOf("connectionDeviceId"u8) + "connectionDeviceId".Length + 1;
            Encoding.UTF8.GetBytes("th-999999", part[at..]);
        }

        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        using Process server = Process.GetProcessById(sandbox.Connection.ProcessId);
        await sandbox.PutAsync("contosorouted", "bench", "contoso-hub/x", file, copies);
        var location = new DataLocation
        {
            Id = "routed-blob.benchmark",
            Kind = LocationKinds.RoutedBlobContainer,
            Place = "contosorouted/bench",
            Provenance = ["a benchmark"],
            Statements = [new OperatorStatement(OperatorStatementKind.DedicatedContainer, "a test")],
            Settings = new Dictionary<string, string>
            {
                [LocationSettings.ContainerUri] = "https://contosorouted.blob.core.windows.net/bench",
                [LocationSettings.HubName] = "contoso-hub",
            },
        };
        var containers = new BlobContainers(sandbox.Access, TimeProvider.System);
        var sink = new RoutedBlobSink(containers, TimeProvider.System);
        var client = new BlobContainerClient(
            new Uri("https://contosorouted.blob.core.windows.net/bench"), sandbox.Access.Credential,
            sandbox.Access.Configure(new BlobClientOptions()));
        SinkCall Call() => new(location, new SinkOptions(8), (e, _) => { if (e is FaultEvent f) Console.Error.WriteLine(f.Fault); return ValueTask.CompletedTask; });

        async Task Measure(string what, Func<Task> work)
        {
            server.Refresh();
            using Process self = Process.GetCurrentProcess();
            TimeSpan own = self.TotalProcessorTime, other = server.TotalProcessorTime;
            long start = Stopwatch.GetTimestamp();
            await work();
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            self.Refresh();
            server.Refresh();
            double c = (self.TotalProcessorTime - own).TotalSeconds, s = (server.TotalProcessorTime - other).TotalSeconds;
            Console.Error.WriteLine($"{what,-22} wall {seconds,6:F1}  client {c,6:F2}  server {s,6:F2}  cpu {c + s,6:F2}  peak {self.PeakWorkingSet64 >> 20} MiB");
        }

        async Task Download()
        {
            await Parallel.ForEachAsync(client.GetBlobsAsync(), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (blob, token) =>
            {
                byte[] buffer = ArrayPool<byte>.Shared.Rent(256 * 1024);
                using BlobDownloadStreamingResult download = await client.GetBlobClient(blob.Name).DownloadStreamingAsync(cancellationToken: token);
                while (await download.Content.ReadAsync(buffer, token) > 0) { }
                ArrayPool<byte>.Shared.Return(buffer);
            });
        }

        async Task Upload()
        {
            await Parallel.ForEachAsync(Enumerable.Range(0, copies), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (n, token) =>
            {
                BlockBlobClient blob = client.GetBlockBlobClient($"up{n}");
                for (int at = 0, i = 0; at < file.Length; at += 4 << 20, i++)
                {
                    using var content = new MemoryStream(file, at, Math.Min(4 << 20, file.Length - at));
                    await blob.StageBlockAsync(Convert.ToBase64String(BitConverter.GetBytes(i)), content, cancellationToken: token);
                }
            });
        }

        IReadOnlyList<DeviceDataFinding> found = [];
        await Measure("warm download", Download);
        await Measure("download", Download);
        await Measure("find", async () => found = await sink.FindAsync(Call(), ["th-999999"], CancellationToken.None));
        await Measure("download", Download);
        await Measure("upload", Upload);
        await Measure("erase", async () =>
        {
            IReadOnlyList<ErasureOutcome> outcomes = await sink.EraseAsync(Call(), found, CancellationToken.None);
            Console.Error.WriteLine($"{outcomes[0].RecordsErased} erased, {outcomes[0].Fault}");
        });
        await Measure("download", Download);
        await Measure("find again", async () => found = await sink.FindAsync(Call(), ["th-999999"], CancellationToken.None));
    }
}
