using System.Text;

namespace IotHubDsr.Core.Records;

/// <summary>Which records of a device ID belong to the device that a plan knew, as the ID may have passed to another one since.</summary>
/// <param name="Until">The last time at which the hub can have accepted a record of that device.</param>
/// <param name="GenerationId">Generation ID of that device; null when unknown.</param>
/// <param name="PlannedAt">
/// When the plan was made: records of earlier generations are in it, those of later ones are someone else's.
/// </param>
internal sealed record RecordBound(DateTimeOffset Until, string? GenerationId, DateTimeOffset PlannedAt)
{
    private readonly byte[] _generation = Encoding.UTF8.GetBytes(GenerationId ?? "");

    /// <summary>Whether a record is, or may be, another device's.</summary>
    /// <param name="ofSender">Whether the generation in the record is that of the device ID.</param>
    /// <param name="facts">What the record says.</param>
    public bool Excludes(bool ofSender, in RecordFacts facts)
    {
        bool isNamed = ofSender && !facts.Generation.IsEmpty;
        bool isOwn = GenerationId is not null && isNamed && facts.Generation.SequenceEqual(_generation);
        if (facts.Enqueued is not { } accepted)
            return !isOwn && (GenerationId is null || isNamed);
        return accepted > Until || (GenerationId is not null && isNamed && !isOwn && accepted > PlannedAt);
    }

    /// <summary>Whether a record shows that another device had the ID after the plan.</summary>
    public bool IsOfLaterDevice(bool ofSender, in RecordFacts facts) =>
        GenerationId is not null
        && ofSender
        && !facts.Generation.IsEmpty
        && !facts.Generation.SequenceEqual(_generation)
        && facts.Enqueued > PlannedAt;

    /// <summary>Whether a file was written when the ID may have been another device's.</summary>
    public bool Excludes(DateTimeOffset lastModified) => lastModified > Until;
}
