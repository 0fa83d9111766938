using System.Net;
using System.Text.Json;
using IotHubDsr.Engine;

namespace IotHubDsr.Benchmarks.Crash;

/// <summary>What a worker is to do.</summary>
/// <param name="Sandbox">The sandbox to work on.</param>
/// <param name="Store">Folder of the requests.</param>
/// <param name="RequestId">The request to go on with; null to begin one.</param>
/// <param name="Devices">The devices to erase.</param>
/// <param name="IncludeOldVersions">Whether old copies are erased, too.</param>
/// <param name="Now">The time in the sandbox, which is the worker's, too.</param>
internal sealed record CrashJob(
    CrashSandbox Sandbox, string Store, string? RequestId, IReadOnlyList<string> Devices, bool IncludeOldVersions, DateTimeOffset Now);

/// <summary>A sandbox as it is handed to another process.</summary>
internal sealed record CrashSandbox(
    int Port, string HubName, string HubHostName, string ResourceId, string TenantId, string ClientId, string ClientSecret, string CaCertificate);

/// <summary>A verdict as a worker tells it.</summary>
internal sealed record CrashVerdict(string DeviceId, string Location, string Verdict, long Erased, long Remaining);

/// <summary>The process that is killed: it erases, or goes on with an erasure, as the cmdlets do, and tells the verdicts.</summary>
internal static class CrashWorker
{
    public const string Name = "crash-worker";

    public static async Task<int> RunAsync(TextReader input, TextWriter output)
    {
        CrashJob job = JsonSerializer.Deserialize<CrashJob>(await input.ReadLineAsync() ?? "null")
            ?? throw new InvalidOperationException("A job is read from standard input.");
        var engine = new DsrEngine(new StartedClock(job.Now));
        var connect = new ConnectRequest { Sandbox = ToSandbox(job.Sandbox), ThrottleShare = 1, RequestStore = job.Store };
        DsrContext context = (await ResultsAsync<DsrContext>(engine.ConnectAsync(connect, CancellationToken.None))).Single();
        List<ErasureReceipt> receipts = job.RequestId is null
            ? await EraseAsync(engine, context, job)
            : await ResultsAsync<ErasureReceipt>(engine.ResumeAsync(new ContinueRequest { Context = context, RequestId = job.RequestId }, CancellationToken.None));
        List<CrashVerdict> verdicts = [.. receipts.Select(receipt => new CrashVerdict(
            receipt.DeviceId, receipt.Location.Id, receipt.Verdict.ToString(), receipt.RecordsErased, receipt.RecordsRemaining))];
        await output.WriteLineAsync(JsonSerializer.Serialize(verdicts));
        return 0;
    }

    private static async Task<List<ErasureReceipt>> EraseAsync(DsrEngine engine, DsrContext context, CrashJob job)
    {
        var request = new PlanRequest { Context = context, DeviceIds = Stream(job.Devices), IncludeOldVersions = job.IncludeOldVersions };
        ErasurePlan plan = (await ResultsAsync<ErasurePlan>(engine.PlanAsync(request, CancellationToken.None))).Single();
        var erasure = new ErasureRequest { Context = context, Plan = plan, Approved = [.. plan.Steps.Where(step => step.Action == ErasureAction.Erase)] };
        return await ResultsAsync<ErasureReceipt>(engine.EraseAsync(erasure, CancellationToken.None));
    }

    private static async Task<List<T>> ResultsAsync<T>(IAsyncEnumerable<DsrEvent> operation)
        where T : class
    {
        var results = new List<T>();
        await foreach (DsrEvent next in operation)
        {
            if (next is OutputEvent<T> output)
                results.Add(output.Value);
            else if (next is FaultEvent { Fault: var fault })
                await Console.Error.WriteLineAsync(fault.ToString());
        }

        return results;
    }

    private static async IAsyncEnumerable<string> Stream(IEnumerable<string> deviceIds)
    {
        await Task.CompletedTask;
        foreach (string deviceId in deviceIds)
            yield return deviceId;
    }

    private static IotHubSandbox ToSandbox(CrashSandbox sandbox) => new()
    {
        ProcessId = Environment.ProcessId,
        Port = sandbox.Port,
        Seed = 0,
        HubName = sandbox.HubName,
        HubHostName = sandbox.HubHostName,
        ResourceId = sandbox.ResourceId,
        TenantId = sandbox.TenantId,
        ClientId = sandbox.ClientId,
        ClientSecret = new NetworkCredential(string.Empty, sandbox.ClientSecret).SecurePassword,
        ConnectionString = new NetworkCredential(string.Empty, string.Empty).SecurePassword,
        CaCertificate = sandbox.CaCertificate,
        ControlKey = string.Empty,
    };
}
