namespace IotHubDsr;

/// <summary>A decision to postpone an erasure.</summary>
public sealed record DataHold
{
    /// <summary>ID of the location.</summary>
    public required string LocationId { get; init; }

    /// <summary>ID of the device; null when all devices of the request are meant.</summary>
    public string? DeviceId { get; init; }

    /// <summary>Path of the document or blob; null when all of the location is meant.</summary>
    public string? Item { get; init; }

    /// <summary>Why, in words; null when the request's key was destroyed.</summary>
    public string? Ground
    {
        get;
        init => field = VisibleText.OfLineOrNull(value);
    }

    /// <summary>When the hold must be reviewed. It does not end by itself.</summary>
    public required DateTimeOffset ReviewAt { get; init; }

    /// <summary>Location and review date.</summary>
    public override string ToString() =>
        VisibleText.OfLine($"{LocationId}{(Item is null ? string.Empty : "/" + Item)} until reviewed on {ReviewAt:yyyy-MM-dd}");
}
