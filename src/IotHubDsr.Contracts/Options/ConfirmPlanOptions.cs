namespace IotHubDsr;

/// <summary>Options to check whether an earlier plan still holds.</summary>
public sealed record ConfirmPlanOptions
{
    /// <summary>The connection.</summary>
    public required DsrContext Context { get; init; }

    /// <summary>The plan; null when it is in a file.</summary>
    public ErasurePlan? Plan { get; init; }

    /// <summary>Full path of the file that the plan was saved to; null when it is at hand.</summary>
    public string? Path { get; init; }

    /// <summary>By how many records a step may differ from what the plan expects, 0 or more.</summary>
    public long Tolerance { get; init; }

    /// <summary>What the plan's approval must be; null when it needs none.</summary>
    public ApprovalRequirement? Approval { get; init; }

    /// <summary>How many blobs or devices to process at once; 1 to 64.</summary>
    public int ThrottleLimit { get; init; } = 8;
}
