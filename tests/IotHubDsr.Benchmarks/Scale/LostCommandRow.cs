using System.Globalization;
using System.Security.Cryptography;
using IotHubDsr.Benchmarks.Archives;
using IotHubDsr.Benchmarks.Erasures;
using IotHubDsr.Benchmarks.Jobs;
using IotHubDsr.Sandbox;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.World;
using IotHubDsr.Tests.Azurite;

namespace IotHubDsr.Benchmarks.Scale;

/// <summary>
/// Erases 200 devices from 2,000 blobs by four workers. In the middle the process that waits for them is killed, with all that it has on its
/// machine; another one goes on from the container. It must end as one process that nobody disturbs.
/// </summary>
internal static class LostCommandRow
{
    private const int Blobs = 2_000;
    private const int Files = 20;
    private const int Devices = 200;
    private const int Workers = 4;
    private const double FileMebibytes = 0.2;

    private static readonly TimeSpan s_leaseOfRequest = TimeSpan.FromSeconds(62);
    private static readonly BenchmarkRow s_row = new("lost_command_mismatches", 0, "differences", 0, AtMost: true);

    public static async Task RunAsync(AzuriteServer azurite, Action<BenchmarkRow> report)
    {
        await using Archive here = await Archive.StartAsync();
        List<WorkerVerdict> expected = await here.RunAsync(engine: null, killAtCommit: null)
            ?? throw new InvalidOperationException("The undisturbed run ended early.");
        await using Archive elsewhere = await Archive.StartAsync();
        EngineAccount account = await azurite.OpenAccountAsync();
        var order = new ScaleOrder(elsewhere.Sandbox, elsewhere.Store, account) { PatienceSeconds = 3_600 };
        await using var fleet = new WorkerFleet(order);
        await fleet.StartAsync(Workers);
        Require.That(await elsewhere.RunAsync(account, killAtCommit: Blobs / 2) is null, "The command ended before it was lost.");
        await Task.Delay(s_leaseOfRequest);
        List<WorkerVerdict> verdicts = (await elsewhere.RunAsync(account, killAtCommit: null))!;

        List<string> differences =
        [
            .. Texts(expected).Except(Texts(verdicts)),
            .. here.Digests().Except(elsewhere.Digests()),
            .. elsewhere.CertificateNamesSegments() ? (string[])[] : ["the certificate names no segments"],
        ];
        foreach (string difference in differences.Take(5))
            await Console.Error.WriteLineAsync($"   {difference}");
        Require.That(expected.Sum(static one => one.Erased) >= Blobs, "Hardly anything was erased.");
        report(s_row with { Value = differences.Count });
    }

    private static IEnumerable<string> Texts(IEnumerable<WorkerVerdict> verdicts) => verdicts.Select(static one => one.ToString());

    private sealed class Archive(SandboxServer server, StartedClock clock) : ErasureWorld(server, clock, inContainer: true)
    {
        private static string[] Subjects => [.. Enumerable.Range(0, Devices).Select(Telemetry.IdOf)];

        public static async Task<Archive> StartAsync()
        {
            var clock = new StartedClock(TimeProvider.System.GetUtcNow());
            SandboxServer server = await StartAsync(
                new SandboxOptions
                {
                    HasData = false,
                    StorageOnly = true,
                    Time = clock,
                }
            );
            var archive = new Archive(server, clock);
            BlobContainer container = archive.ContainerOf(RoutedArchive.Account, RoutedArchive.OfRoute);
            byte[][] files =
            [
                .. Enumerable.Range(0, Files).Select(static seed => RoutedArchive.FleetFile(RoutedArchive.Mebibytes(FileMebibytes), seed)),
            ];
            var seed = new BlobSeed { LastModified = clock.GetUtcNow() - TimeSpan.FromDays(30) };
            DateTimeOffset first = seed.LastModified.Value;
            for (int number = 0; number < Blobs; number++)
            {
                string name = string.Create(
                    CultureInfo.InvariantCulture,
                    $"contoso-hub/{number % 4:d2}/{first.AddMinutes(number / 4):yyyy/MM/dd/HH/mm}"
                );
                container.Put(name, files[number % Files], seed);
            }

            return archive;
        }

        /// <summary>Begins an erasure, or goes on with it; null when it was killed.</summary>
        public Task<List<WorkerVerdict>?> RunAsync(EngineAccount? engine, int? killAtCommit)
        {
            int commits = 0;
            var job = new WorkerJob(Sandbox, Store, RequestId, Subjects, IncludeOldVersions: false, Clock.GetUtcNow()) { Engine = engine };
            return WorkerProcess.RunAsync(Server, job, request => IsCommit(request) && Interlocked.Increment(ref commits) == killAtCommit);
        }

        public IEnumerable<string> Digests() =>
            ContainerOf(RoutedArchive.Account, RoutedArchive.OfRoute)
                .List()
                .Select(static (blob, number) => $"{number}: {Convert.ToHexString(SHA256.HashData(blob.Content.Span))}");

        public bool CertificateNamesSegments() =>
            Certificate is { } certificate
            && System
                .Text.Encoding.UTF8.GetString(
                    Convert.FromBase64String(
                        System.Text.Json.JsonDocument.Parse(certificate).RootElement.GetProperty("payload").GetString()!
                    )
                )
                .Contains("the segments of the journal that they wrote have heads", StringComparison.Ordinal);

        private static bool IsCommit(LoggedRequest request) =>
            request is { Status: 0, Method: "PUT" }
            && !request.Host.StartsWith(WorldNames.EvidenceAccount, StringComparison.Ordinal)
            && request.Target.Contains("comp=blocklist", StringComparison.Ordinal);
    }
}
