using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure.Messaging;

namespace IotHubDsr.Core.Sinks.BusEntities;

/// <summary>Adds up what queues hold of one subject.</summary>
internal sealed class BusTotals
{
    private readonly SortedSet<string> _obstacles = new(StringComparer.Ordinal);
    private long _active;
    private long _deferred;
    private long _scheduled;
    private long _dead;

    /// <summary>Counts, times and generations.</summary>
    public RecordTotals Stream { get; } = new();

    /// <summary>Messages that an erasure with these options takes out.</summary>
    public long Erasable { get; private set; }

    /// <summary>Records that are asked for, and that it leaves where they are.</summary>
    public long Left { get; private set; }

    /// <summary>Messages that hold records of other devices as well.</summary>
    public long Shared { get; private set; }

    /// <summary>When the last of the messages is gone; null when they do not all leave by themselves.</summary>
    public DateTimeOffset? Until => _obstacles.Count == 0 && _deferred + _scheduled + _dead == 0 ? Expires : null;

    private DateTimeOffset? Expires { get; set; }

    /// <summary>Active messages.</summary>
    public long Active => _active;

    /// <summary>Why active messages do not leave, or when is not known.</summary>
    public IEnumerable<string> Obstacles => _obstacles;

    /// <summary>What the messages wait for, without a full stop; null where all are active.</summary>
    public string? States
    {
        get
        {
            List<string> states =
            [
                .. new (long Count, string Name)[]
                {
                    (_active, "active"),
                    (_deferred, "deferred"),
                    (_scheduled, "scheduled"),
                    (_dead, "dead-lettered"),
                }
                    .Where(static state => state.Count > 0)
                    .Select(static state => $"{state.Count} {state.Name}"),
            ];
            return _deferred + _scheduled + _dead == 0 ? null : $"of its messages, {string.Join(", ", states)}";
        }
    }

    /// <param name="node">The queue.</param>
    /// <param name="matched">A message.</param>
    /// <param name="share">What it holds of the subject.</param>
    /// <param name="selection">What is asked for.</param>
    /// <param name="isErasable">Whether an erasure takes it out.</param>
    public void Add(BusNode node, MatchedMessage matched, MessageShare share, RecordSelection selection, bool isErasable)
    {
        if (node.SubQueue is not BusSubQueue.None)
            _dead++;
        else if (matched.Message.State is BusMessageState.Scheduled)
            _scheduled++;
        else if (matched.Message.State is BusMessageState.Deferred)
            _deferred++;
        else
            _active++;
        if (isErasable)
            Erasable++;
        else
            Left += share.Asked(selection);
        Shared += matched.IsWholeWithRelayed || share.Own == 0 ? 0 : 1;
    }

    /// <summary>An active message leaves at a time, or does not.</summary>
    public void AddExpiry(DateTimeOffset expires, string? obstacle)
    {
        if (obstacle is not null)
            _obstacles.Add(obstacle);
        else if (!(expires <= Expires))
            Expires = expires;
    }
}
