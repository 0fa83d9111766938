using System.Text.Json;
using IotHubDsr.Core.Evidence.Plans;
using IotHubDsr.Tests.Azurite;

namespace IotHubDsr.Benchmarks.Erasures;

/// <summary>What a worker is to do.</summary>
/// <param name="Sandbox">The sandbox to work on.</param>
/// <param name="Store">Folder or container of the requests.</param>
/// <param name="RequestId">The request to go on with; null to begin one.</param>
/// <param name="Devices">The devices to erase.</param>
/// <param name="IncludeOldVersions">Whether old copies are erased, too.</param>
/// <param name="Now">The time in the sandbox, which is the worker's, too.</param>
internal sealed record WorkerJob(
    WorkerSandbox Sandbox,
    string Store,
    string? RequestId,
    IReadOnlyList<string> Devices,
    bool IncludeOldVersions,
    DateTimeOffset Now
)
{
    /// <summary>The plan to begin with; null to make one.</summary>
    public string? PlanPath { get; init; }

    /// <summary>Whether messages that wait for their receiver are taken out, too.</summary>
    public bool SettleMessages { get; init; }

    /// <summary>How many blobs, or devices, are worked on at once.</summary>
    public int ThrottleLimit { get; init; } = EngineSession.UsualLimit;

    /// <summary>The engine that carries parts to workers; null where all is done in this process.</summary>
    public EngineAccount? Engine { get; init; }

    /// <summary>How fast the sandbox's clock runs.</summary>
    public double ClockRate { get; init; } = 1;
}

/// <summary>A verdict as a worker tells it.</summary>
internal sealed record WorkerVerdict(
    string DeviceId,
    string Location,
    string Kind,
    string Place,
    Verdict Verdict,
    long? Erased,
    long? Remaining
)
{
    public static WorkerVerdict Of(ErasureReceipt receipt) =>
        new(
            receipt.DeviceId,
            receipt.Location.Id,
            receipt.Kind,
            receipt.Place,
            receipt.Verdict,
            receipt.RecordsErased,
            receipt.RecordsRemaining
        );
}

/// <summary>The process that is killed: it erases, or goes on with an erasure, as the cmdlets do, and tells the verdicts.</summary>
internal static class ErasureWorker
{
    public const string Name = "erasure-worker";

    public static async Task<int> RunAsync(TextReader input, TextWriter output)
    {
        WorkerJob job = JsonSerializer.Deserialize<WorkerJob>(await input.ReadLineAsync() ?? "null")
            ?? throw new InvalidOperationException("A job is read from standard input.");
        EngineSession session = await EngineSession.ConnectAsync(
            job.Sandbox,
            job.Store,
            new StartedClock(job.Now, job.ClockRate),
            job.ThrottleLimit,
            engines: job.Engine is { } account ? new EngineOnAzurite(account.ToStorage()) : null
        );
        List<ErasureReceipt> receipts = job.RequestId is null
            ? await session.EraseAsync(await PlanAsync(session, job))
            : await session.ResumeAsync(job.RequestId);
        foreach (Fault fault in session.Faults)
            await Console.Error.WriteLineAsync(fault.ToString());
        await output.WriteLineAsync(JsonSerializer.Serialize(receipts.Select(WorkerVerdict.Of)));
        return 0;
    }

    private static async Task<ErasurePlan> PlanAsync(EngineSession session, WorkerJob job) =>
        job.PlanPath is { } path
            ? await PlanFile.ReadAsync(path, CancellationToken.None)
            : await session.PlanAsync(
                new PlanChoices(job.Devices) { IncludeOldVersions = job.IncludeOldVersions, SettleMessages = job.SettleMessages }
            );
}
