namespace IotHubDsr.Core.Evidence.Journals;

/// <summary>What a journal says of the owner of a location, or of the recipient of what was there.</summary>
internal sealed record RecipientState
{
    public static RecipientState Unknown { get; } = new();

    /// <summary>Digest of the file that asks them to erase; null when there is none.</summary>
    public string? Digest { get; init; }

    /// <summary>When the file was written.</summary>
    public DateTimeOffset? AskedAt { get; init; }

    /// <summary>What was noted of their action or answer, under its keyed hash; null when nothing was. The last note counts.</summary>
    public string? Note { get; init; }

    /// <summary>When they acted or answered.</summary>
    public DateTimeOffset? ActedAt { get; init; }
}
