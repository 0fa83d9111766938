using System.Text;

namespace IotHubDsr.Core.Records;

/// <summary>
/// A device asked for, and which of its records. A record is excluded only by what it says itself: one without a generation ID or time is
/// the subject's if its device ID is.
/// </summary>
/// <param name="DeviceId">The device ID, case-sensitive.</param>
internal sealed record Subject(string DeviceId)
{
    private readonly byte[] _generation = [];
    private readonly byte[] _registered = [];

    /// <summary>Only records that were sent under this generation ID: another device may have had the same device ID before.</summary>
    public string? GenerationId
    {
        get;
        init
        {
            field = value;
            _generation = Encoding.UTF8.GetBytes(value ?? "");
        }
    }

    /// <summary>Generation ID of this hub's device, by which its records are told from another hub's; null when unknown.</summary>
    public string? RegisteredGenerationId
    {
        get;
        init
        {
            field = value;
            _registered = Encoding.UTF8.GetBytes(value ?? "");
        }
    }

    /// <summary>Only records enqueued at this time or after it.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Only records enqueued before this time.</summary>
    public DateTimeOffset? Before { get; init; }

    /// <summary>A limit to its records regardless of the request; null for no limit.</summary>
    public RecordBound? Bound { get; init; }

    /// <summary>Whether a record that names the device is one of those asked for.</summary>
    public bool Includes(MatchKind kind, in RecordFacts facts)
    {
        // The generation in a record is its sender's, and says nothing of a device that the record is merely attributed to.
        bool ofSender = kind is MatchKind.Own or MatchKind.Relayed;
        return (GenerationId is null || !ofSender || facts.Generation.IsEmpty || facts.Generation.SequenceEqual(_generation))
            && !(facts.Enqueued < From)
            && !(facts.Enqueued >= Before)
            && Bound?.Excludes(ofSender, facts) != true;
    }

    /// <summary>Whether a record whose sender has this device ID says that it was sent by this hub's device.</summary>
    public bool IsRegistered(in RecordFacts facts) => !facts.Generation.IsEmpty && facts.Generation.SequenceEqual(_registered);
}

/// <summary>What a record says of itself, as far as it may decide whether it was asked for.</summary>
/// <param name="enqueued">When the hub took it in, or when it happened; null if it does not say.</param>
/// <param name="generation">Generation ID of the sender; empty if it does not say.</param>
internal readonly ref struct RecordFacts(DateTimeOffset? enqueued, ReadOnlySpan<byte> generation)
{
    public DateTimeOffset? Enqueued { get; } = enqueued;

    public ReadOnlySpan<byte> Generation { get; } = generation;
}
