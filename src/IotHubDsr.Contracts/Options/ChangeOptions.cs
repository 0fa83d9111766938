namespace IotHubDsr;

/// <summary>What to note in a request's journal. The hierarchy is closed.</summary>
public abstract record ChangeOptions : RequestStoreOptions
{
    /// <summary>ID of the request.</summary>
    public required string RequestId { get; init; }
}

/// <summary>Options to extend the time limit by two months.</summary>
public sealed record ExtendOptions : ChangeOptions
{
    /// <summary>Why, in words: complexity or number of the requests (GDPR, Article 12(3)).</summary>
    public required string Reason { get; init; }
}

/// <summary>Options to hold a location, one device in it, or one item, or to release it.</summary>
public sealed record HoldOptions : ChangeOptions
{
    /// <summary>ID of the location.</summary>
    public required string LocationId { get; init; }

    /// <summary>ID of the device; null for all devices of the request.</summary>
    public string? DeviceId { get; init; }

    /// <summary>Path of the document or blob; null for all of the location.</summary>
    public string? Item { get; init; }

    /// <summary>Why, in words; null to release.</summary>
    public string? Ground { get; init; }

    /// <summary>When the hold has to be looked at again; null to release.</summary>
    public DateTimeOffset? ReviewAt { get; init; }
}

/// <summary>Options to note that the owner of a location has done what was theirs to do.</summary>
public sealed record OwnerActionOptions : ChangeOptions
{
    /// <summary>ID of the location.</summary>
    public required string LocationId { get; init; }

    /// <summary>Who did what and when, in words; of a recipient that was asked, their answer.</summary>
    public required string Note { get; init; }

    /// <summary>When it was done, or answered; null for now.</summary>
    public DateTimeOffset? ActedAt { get; init; }
}

/// <summary>Options to note how a request was answered for which nothing is to be erased.</summary>
public sealed record AnswerOptions : ChangeOptions
{
    /// <summary>How and when the person was answered, in words.</summary>
    public required string Note { get; init; }
}

/// <summary>
/// Options to destroy the key, the subjects, the plan and the free texts of a request; the journal and the certificates stay.
/// </summary>
public sealed record AnonymiseOptions : ChangeOptions
{
    /// <summary>Why, in words that do not name the person; null for a request that is closed.</summary>
    public string? Reason { get; init; }
}

/// <summary>Options to end a run of a request, wherever it runs.</summary>
public sealed record StopOptions : ChangeOptions;
