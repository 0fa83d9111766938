using System.Text;

namespace IotHubDsr.Core.Records;

/// <summary>Under which generation IDs the records of one device ID were sent: the ID may have been another device's before.</summary>
internal sealed class SentGenerations : IEquatable<SentGenerations>
{
    /// <summary>No device is made again so often; what a sender makes up takes no more room than that.</summary>
    private const int Most = 64;

    private readonly List<Sent> _sent = [];

    /// <summary>What was counted, generation by generation.</summary>
    public IReadOnlyList<SentGeneration> All => [.. _sent.Select(sent => new SentGeneration(sent.Generation, sent.Records, sent.Last))];

    /// <summary>Accounts for a record of the device's own; one without a generation ID is not counted.</summary>
    /// <param name="facts">What the record says.</param>
    /// <param name="records">How many records say the same.</param>
    public void Add(in RecordFacts facts, long records = 1)
    {
        if (facts.Generation.IsEmpty)
            return;

        foreach (Sent sent in _sent)
        {
            if (facts.Generation.SequenceEqual(sent.Generation))
            {
                sent.Add(records, facts.Enqueued);
                return;
            }
        }

        if (_sent.Count < Most)
            _sent.Add(new Sent(facts.Generation.ToArray(), records, facts.Enqueued));
    }

    public void Add(SentGenerations others)
    {
        foreach (Sent other in others._sent)
            Add(new SentGeneration(other.Generation, other.Records, other.Last));
    }

    /// <summary>Accounts for what was counted elsewhere.</summary>
    public void Add(SentGeneration other)
    {
        if (_sent.Find(sent => sent.Generation.AsSpan().SequenceEqual(other.Generation)) is { } known)
            known.Add(other.Records, other.Last);
        else if (_sent.Count < Most)
            _sent.Add(new Sent(other.Generation, other.Records, other.Last));
    }

    /// <summary>Records that were sent under another generation ID than that of the device.</summary>
    /// <param name="registered">
    /// Generation ID of the device; null if none is registered, or unknown: then the newest record decides.
    /// </param>
    public long CountOthers(string? registered)
    {
        byte[]? device = registered is null
            ? _sent.MaxBy(sent => sent.Last ?? DateTimeOffset.MinValue)?.Generation
            : Encoding.UTF8.GetBytes(registered);
        return _sent.Where(sent => !sent.Generation.AsSpan().SequenceEqual(device)).Sum(sent => sent.Records);
    }

    public bool Equals(SentGenerations? other) => other is not null && Told().SequenceEqual(other.Told());

    public override bool Equals(object? obj) => Equals(obj as SentGenerations);

    public override int GetHashCode() => _sent.Count;

    /// <summary>What was counted, whatever the order of the records.</summary>
    private IEnumerable<(string Generation, long Records, DateTimeOffset? Last)> Told() =>
        _sent.Select(sent => (Convert.ToHexString(sent.Generation), sent.Records, sent.Last)).Order();

    private sealed class Sent(byte[] generation, long records, DateTimeOffset? last)
    {
        public byte[] Generation => generation;

        public long Records { get; private set; } = records;

        public DateTimeOffset? Last { get; private set; } = last;

        public void Add(long more, DateTimeOffset? enqueued)
        {
            Records += more;
            Last = enqueued > Last ? enqueued : Last ?? enqueued;
        }
    }
}

/// <summary>Records of one device ID that were sent under one generation ID.</summary>
/// <param name="Generation">The generation ID, as it stands in the records.</param>
/// <param name="Records">How many.</param>
/// <param name="Last">When the hub enqueued the last of them; null when none tells.</param>
internal readonly record struct SentGeneration(byte[] Generation, long Records, DateTimeOffset? Last);
