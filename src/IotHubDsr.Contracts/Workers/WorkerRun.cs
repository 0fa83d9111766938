namespace IotHubDsr;

/// <summary>What a worker has done.</summary>
public sealed record WorkerRun
{
    /// <summary>Its name: without a meaning, and the same in the segments of what it did.</summary>
    public required string Worker { get; init; }

    /// <summary>URI of the blob container with the requests.</summary>
    public required string RequestStore { get; init; }

    /// <summary>How many parts it did to their end.</summary>
    public required int Parts { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public required DateTimeOffset EndedAt { get; init; }

    /// <summary>Whether it ended because nothing was left to do; if not, its time was over.</summary>
    public required bool IsNothingLeft { get; init; }

    /// <summary>Worker and parts.</summary>
    public override string ToString() => VisibleText.OfLine($"Worker {Worker}: {Counted.Of(Parts, "part")}");
}
