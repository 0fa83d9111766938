using IotHubDsr.Benchmarks.Erasures;

namespace IotHubDsr.Benchmarks.Rivals;

/// <summary>Other admins, or the same in another window.</summary>
internal static class Requests
{
    /// <summary>A request about other devices in the same blobs or, while they are whom this one is about, about the same ones.</summary>
    public static IRival Other(Random random) => new Waiting("another request erases", async run =>
        {
            bool isSame = random.Next(4) == 0 && !run.IsReassigned;
            List<string> devices = isSame ? [.. run.Subjects] : [.. run.SomeBystanders(random, random.Next(1, 3))];
            run.Tell($"it is about {string.Join(", ", devices)}");
            EngineSession session = await run.ConnectAsync(run.NewStore());
            ErasurePlan plan = await session.PlanAsync(new PlanChoices(devices) { IncludeOldVersions = random.Next(2) == 0 });
            run.Concern(devices);
            await run.JudgeAsync(async () => [.. (await session.EraseAsync(plan)).Select(WorkerVerdict.Of)]);
        });

    /// <summary>Somebody resumes, or tests, the same request.</summary>
    public static IRival Same(Random random) => new Waiting("somebody else goes on with the same request", async run =>
        {
            if (run.World.RequestId is not { } requestId)
                return;
            EngineSession session = await run.ConnectAsync(run.World.Store);
            bool tests = random.Next(2) == 0;
            await run.JudgeAsync(async () =>
                [.. (tests ? await session.VerifyAsync(requestId) : await session.ResumeAsync(requestId)).Select(WorkerVerdict.Of)]
            );
        });

    public static IRival Export() => new Waiting("somebody exports the same devices", async run =>
        {
            EngineSession session = await run.ConnectAsync(run.NewStore());
            await session.ExportAsync(run.Subjects, run.World.NewPath());
        });

    private sealed class Waiting(string name, Func<RivalRun, Task> act) : IRival
    {
        public string Name => name;

        /// <summary>A refusal is a right answer: who comes second has to wait, or to plan again.</summary>
        public async Task ActAsync(RivalRun run)
        {
            try
            {
                await act(run);
            }
            catch (DsrException refused)
            {
                run.Tell("it is refused", refused.Fault);
            }
        }
    }
}
