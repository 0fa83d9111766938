using System.Text.Json;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure.Messaging;
using IotHubDsr.Core.Records;
using IotHubDsr.Core.Sinks.EventStreams;

namespace IotHubDsr.Core.Sinks.BusEntities;

/// <summary>A message that concerns subjects.</summary>
/// <param name="Message">The message.</param>
/// <param name="Shares">What of it is whose, in the order of the subjects.</param>
internal sealed record MatchedMessage(BusMessage Message, IReadOnlyList<MessageShare> Shares)
{
    /// <summary>
    /// Whether all that is in it is asked for. A message goes as a whole: one that holds a record of another device as well stays.
    /// </summary>
    public required bool IsWhole { get; init; }

    /// <summary>As <see cref="IsWhole"/>, if what a subject relayed for others were asked for as well.</summary>
    public required bool IsWholeWithRelayed { get; init; }
}

/// <summary>What a message holds of one subject.</summary>
/// <param name="Subject">The subject.</param>
internal record struct MessageShare(int Subject)
{
    /// <summary>Records that are the subject's.</summary>
    public long Own { get; set; }

    /// <summary>Records that it relayed for others.</summary>
    public long Relayed { get; set; }

    /// <summary>Records that do no more than name it, and were not asked for.</summary>
    public long OnlyMentioned { get; set; }

    /// <summary>Size of <see cref="Own"/>.</summary>
    public long Bytes { get; set; }

    public DateTimeOffset? First { get; set; }

    public DateTimeOffset? Last { get; set; }

    /// <summary>Records that are asked for.</summary>
    public readonly long Asked(RecordSelection selection) => Own + (selection.IncludeRelayed ? Relayed : 0);
}

/// <summary>What the messages of one queue hold of subjects.</summary>
internal sealed class BusReading
{
    private readonly RecordSelection _selection;
    private readonly EventReading _events;
    private readonly EventLines? _lines;
    private readonly Action<Utf8JsonWriter> _writePlace;
    private readonly List<MessageShare> _shares = [];
    private readonly HashSet<int> _taken = [];
    private readonly HashSet<int> _relayed = [];
    private bool _isHeld;
    private BusMessage? _message;

    /// <param name="node">The queue.</param>
    /// <param name="selection">The subjects.</param>
    /// <param name="lines">Takes the matches; null where nothing is exported.</param>
    public BusReading(BusNode node, RecordSelection selection, EventLines? lines)
    {
        (Node, _selection, _lines) = (node, selection, lines);
        _events = new EventReading(selection, HubNotes.Properties, OnMatch);
        _writePlace = WritePlace;
    }

    public BusNode Node { get; }

    public EventReading Events => _events;

    /// <summary>Messages that the service's count is known to have in it. What it makes of deferred ones is not documented.</summary>
    public long Settled { get; private set; }

    /// <summary>Whether its messages have numbers of several partitions.</summary>
    public bool HasPartitions { get; private set; }

    /// <summary>Counts a message if the service did.</summary>
    /// <param name="message">The message.</param>
    /// <param name="until">When the service counted.</param>
    public void Count(BusMessage message, DateTimeOffset until)
    {
        HasPartitions |= message.Partition > 0;
        if (message.State is BusMessageState.Scheduled || (message.State is BusMessageState.Active && message.Enqueued <= until))
            Settled++;
    }

    /// <summary>Reads a message; null when it concerns none of the subjects.</summary>
    public MatchedMessage? Read(BusMessage message)
    {
        _message = message;
        _shares.Clear();
        _taken.Clear();
        _relayed.Clear();
        _isHeld = false;
        (long records, long unread) = (_events.RecordsRead, _events.Unread.Count);
        _events.Read(message.ToEvent());
        if (_shares.Count == 0)
            return null;
        bool isRead = _events.Unread.Count == unread && !_isHeld;
        long read = _events.RecordsRead - records;
        return new MatchedMessage(message, [.. _shares.OrderBy(static share => share.Subject)])
        {
            IsWhole = isRead && _taken.Count == read,
            IsWholeWithRelayed = isRead && _taken.Union(_relayed).Count() == read,
        };
    }

    private void OnMatch(in ReceivedEvent one, in MatchedRecord record)
    {
        int subject = record.Subject;
        if (_selection.Keeps(subject))
        {
            _isHeld |= _selection.Includes(record.Kind);
            return;
        }

        int at = _shares.FindIndex(share => share.Subject == subject);
        MessageShare share = at < 0 ? new MessageShare(subject) : _shares[at];
        if (record.Kind is MatchKind.Relayed)
        {
            share.Relayed++;
        }
        else if (!_selection.Includes(record.Kind))
        {
            share.OnlyMentioned++;
        }
        else
        {
            share.Own++;
            share.Bytes += record.Raw.Length;
            if (record.EnqueuedTime is { } time)
            {
                share.First = share.First < time ? share.First : time;
                share.Last = share.Last > time ? share.Last : time;
            }
        }

        if (at < 0)
            _shares.Add(share);
        else
            _shares[at] = share;
        if (_selection.Includes(record.Kind))
            _taken.Add(record.Place.Index);
        if (record.Kind is MatchKind.Relayed)
            _relayed.Add(record.Place.Index);
        _lines?.Add(one, record, _writePlace);
    }

    private void WritePlace(Utf8JsonWriter writer)
    {
        writer.WriteString("entity"u8, Node.Entity);
        writer.WriteString("subQueue"u8, Node.SubQueue.ToString());
        writer.WriteString("state"u8, _message!.State.ToString());
        if (_message.SessionId is { } session)
            writer.WriteString("sessionId"u8, session);
    }
}
