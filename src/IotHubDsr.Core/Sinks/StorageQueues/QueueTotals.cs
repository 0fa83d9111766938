using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.StorageQueues;

/// <summary>Adds up what the messages of a queue hold of one subject.</summary>
internal sealed class QueueTotals
{
    private readonly List<SeenItem> _items = [];
    private DateTimeOffset? _lastEnd;
    private bool _stays;

    public RecordTotals Held { get; } = new();

    public IReadOnlyList<SeenItem> Items => _items;

    /// <summary>Records in messages that can go, those included that the subject relayed, if these are asked for.</summary>
    public long Erasable { get; private set; }

    /// <summary>Those of them that the subject did not relay.</summary>
    public long OwnErasable { get; private set; }

    /// <summary>Messages that hold records of the subject, and others that are not to go.</summary>
    public int Shared { get; private set; }

    /// <summary>When the last of the messages has left by itself; null if one never does.</summary>
    public DateTimeOffset? Until => _stays ? null : _lastEnd;

    /// <param name="read">A message that holds something of the subject.</param>
    /// <param name="matches">What it holds.</param>
    /// <param name="selection">Which of it is the subject's.</param>
    public void Add(ReadMessage read, SubjectMatches matches, RecordSelection selection)
    {
        Held.Add(matches, selection.WithBody, read.Message.Inserted);
        _stays |= read.Message.Expires is null;
        _lastEnd = read.Message.Expires > _lastEnd ? read.Message.Expires : _lastEnd ?? read.Message.Expires;
        long own = matches.Count(relayed: false, selection.WithBody);
        if (own + matches.Relayed.Records == 0)
            return;
        long selected = selection.CountOf(matches);
        Erasable += read.CanGo ? selected : 0;
        OwnErasable += read.CanGo ? own : 0;
        Shared += selected > 0 && read.HasOthers ? 1 : 0;
        MatchTally[] tallies = [matches.Own, matches.Attributed, selection.WithBody ? matches.Mentioned : default];
        _items.Add(
            new SeenItem(read.Message.Id, ETag: null, own, tallies.Sum(tally => tally.Bytes))
            {
                FirstTime = tallies.Min(tally => tally.First) ?? read.Message.Inserted,
                LastTime = tallies.Max(tally => tally.Last) ?? read.Message.Inserted,
            }
        );
    }
}
