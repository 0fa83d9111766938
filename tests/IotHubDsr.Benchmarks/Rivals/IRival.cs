namespace IotHubDsr.Benchmarks.Rivals;

/// <summary>Where in the life of a request somebody else acts.</summary>
internal enum RivalStage
{
    /// <summary>Before anybody planned.</summary>
    Before,

    /// <summary>While the plan is made.</summary>
    Planning,

    /// <summary>Between the plan and its run.</summary>
    Planned,

    /// <summary>While the erasure runs.</summary>
    Erasing,

    /// <summary>Between the run, or what was left of it, and its resumption.</summary>
    Stopped,

    /// <summary>While the request is resumed.</summary>
    Resuming,

    /// <summary>Before the locations are tested, when all buffers have been written.</summary>
    Settled,
}

/// <summary>Somebody who acts in the same world at the same time.</summary>
internal interface IRival
{
    /// <summary>What he does, for the story of the run.</summary>
    string Name { get; }

    Task ActAsync(RivalRun run);
}

/// <summary>A rival who acts without waiting for anything.</summary>
internal sealed class Rival(string name, Action<RivalRun> act) : IRival
{
    public string Name => name;

    public Task ActAsync(RivalRun run)
    {
        act(run);
        return Task.CompletedTask;
    }
}
