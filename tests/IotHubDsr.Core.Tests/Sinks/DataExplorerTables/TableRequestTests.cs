using System.Text.Json.Nodes;
using IotHubDsr.Core.Tests.Operations;
using IotHubDsr.Sandbox;
using IotHubDsr.Sandbox.DataExplorer;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.Kusto.Values;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sinks.DataExplorerTables;

/// <summary>A table in a whole request: pending through both phases of a purge, and erased after that.</summary>
public sealed class TableRequestTests
{
    private const string Device = "dev1";

    [Fact]
    public async Task Purge_IsPendingUntilTheStorageIsClean_AndErasedThen()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        SandboxClock clock = sandbox.Server.World.Clock;
        int seeded = sandbox.Server.World.Truth.Explorer[0].Devices[Device];
        DateTimeOffset ordered = clock.GetUtcNow();
        string[] others = Others(sandbox);

        ErasureReceipt receipt = ReceiptOf(await sandbox.EraseAsync(await sandbox.PlanAsync(Device)));
        clock.Advance(TimeSpan.FromDays(1));
        ErasureReceipt hidden = ReceiptOf(await sandbox.ResumeAsync(receipt.RequestId));
        string[] left = Others(sandbox);
        clock.Advance(TimeSpan.FromDays(30));
        ErasureReceipt cleaned = ReceiptOf(await sandbox.ResumeAsync(receipt.RequestId));

        Assert.Equal(
            [Verdict.ErasurePending, Verdict.ErasurePending, Verdict.Erased],
            new[] { receipt, hidden, cleaned }.Select(one => one.Verdict)
        );
        Assert.InRange(receipt.Until!.Value, ordered.AddDays(30).AddSeconds(-2), ordered.AddDays(30).AddMinutes(10));
        Assert.Equal((seeded, 0L), (cleaned.RecordsErased, cleaned.RecordsRemaining));
        Assert.Equal(others, left);
        Assert.Equal(1, sandbox.Server.RequestLog.After(0).Count(request => request is { Service: "explorer", Mutating: true }));
    }

    /// <summary>
    /// The process dies when the service has accepted the purge, before the answer is on record: the rows are hidden then, and nothing but
    /// the request's own ID tells of the purge.
    /// </summary>
    /// <param name="isShown">Whether the service shows its purges.</param>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Kill_BetweenTheOrderAndItsRecord_IsPendingUntilTheStorageIsClean(bool isShown)
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        SandboxClock clock = sandbox.Server.World.Clock;
        ExplorerCluster cluster = sandbox.Server.World.Explorer.Clusters[0];
        int seeded = sandbox.Server.World.Truth.Explorer[0].Devices[Device];
        string killed = Directory.CreateTempSubdirectory("killed-").FullName;
        DateTimeOffset ordered = clock.GetUtcNow();
        sandbox.Server.RequestLog.Observer = request =>
        {
            if (request is { Service: "explorer", Mutating: true, Status: 200 })
                Copy(sandbox.RequestStore, killed);
        };
        string requestId = (await sandbox.EraseAsync(await sandbox.PlanAsync(Device)))[0].RequestId;
        if (!isShown)
        {
            sandbox.Server.Faults.Add(
                new FaultRule
                {
                    Host = cluster.IngestHost,
                    Status = 400,
                    Times = 1000,
                }
            );
        }

        clock.Advance(TimeSpan.FromDays(1));
        ErasureReceipt hidden = ReceiptOf(await sandbox.ResumeAsync(requestId, killed));
        clock.Advance(TimeSpan.FromDays(30));
        if (!isShown)
            AddOfAnother(cluster, clock);
        ErasureReceipt cleaned = ReceiptOf(await sandbox.ResumeAsync(requestId, killed));

        Assert.Equal(Verdict.ErasurePending, hidden.Verdict);
        Assert.InRange(hidden.Until!.Value, ordered.AddDays(30).AddSeconds(-2), ordered.AddDays(30).AddMinutes(10));
        Assert.Contains(isShown ? "operation " : "its answer is not known", hidden.Detail, StringComparison.Ordinal);
        Assert.Equal(
            isShown ? (Verdict.Erased, seeded, 0L) : (Verdict.OwnerAction, seeded, 1L),
            (cleaned.Verdict, cleaned.RecordsErased, cleaned.RecordsRemaining)
        );
        Assert.Equal(1, sandbox.Server.RequestLog.After(0).Count(request => request is { Service: "explorer", Mutating: true }));
        Assert.DoesNotContain(sandbox.Reported, fault => fault.Message.Contains("time of the purge", StringComparison.Ordinal));
    }

    [Fact]
    public async Task PlanOnly_SendsNoPurge()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();

        await sandbox.PlanAsync(Device);

        Assert.DoesNotContain(sandbox.Server.RequestLog.After(0), request =>
            request.Service == "explorer" && request.Host.StartsWith("ingest-", StringComparison.Ordinal)
        );
    }

    /// <summary>The ID has passed to another device: a reading that settles the purge knows whose its row is.</summary>
    private static void AddOfAnother(ExplorerCluster cluster, SandboxClock clock)
    {
        lock (cluster.Gate)
        {
            cluster
                .Databases[0]
                .Find(ExplorerSeed.Telemetry)!
                .Add(
                    new JsonObject
                    {
                        ["DeviceId"] = Device,
                        ["GenerationId"] = "another",
                        ["EnqueuedTime"] = clock.GetUtcNow().UtcDateTime.ToString("o"),
                    }
                );
        }
    }

    /// <summary>What is on record; the lease is the living process's.</summary>
    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "lease"))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            using var source = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var copy = new FileStream(target, FileMode.Create);
            source.CopyTo(copy);
        }
    }

    private static ErasureReceipt ReceiptOf(IEnumerable<ErasureReceipt> receipts) =>
        Assert.Single(receipts, receipt =>
            receipt.Kind == LocationKinds.DataExplorerTable
            && receipt.Place.EndsWith($"/{ExplorerSeed.Telemetry}", StringComparison.Ordinal)
        );

    private static string[] Others(RequestSandbox sandbox)
    {
        ExplorerTable table = sandbox.Server.World.Explorer.Clusters[0].Databases[0].Find(ExplorerSeed.Telemetry)!;
        return
        [
            .. table
                .Rows(sandbox.Server.World.Clock.GetUtcNow())
                .Select(row => KustoText.Of(row.Values["DeviceId"]))
                .Where(id => id != Device)
                .Order(StringComparer.Ordinal),
        ];
    }
}
