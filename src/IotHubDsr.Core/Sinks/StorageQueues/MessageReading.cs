using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure.Queues;
using IotHubDsr.Core.Records;
using IotHubDsr.Core.Sinks.EventStreams;

namespace IotHubDsr.Core.Sinks.StorageQueues;

/// <summary>Reads messages for what they hold of subjects.</summary>
/// <param name="selection">The subjects.</param>
/// <param name="lines">Takes the matches of an export; null where they are only counted.</param>
internal sealed class MessageReading(RecordSelection selection, MessageLines? lines = null)
{
    public ReadMessage Read(QueuedMessage message)
    {
        var matches = new MatchesOfMessage(message, selection, lines);
        var pass = new ScanPass(new ScanRequest(selection.Subjects, matches, WithBody: selection.WithBody));
        bool isRead = MessageText.JsonOf(message.Text) is { } json && new BodyRecords(pass).TryRead(json.Span, place: 0);
        ArchiveScan scan = pass.ToScan("Message", message.Text.Length);
        return new ReadMessage(message, [.. scan.Subjects.Where(found => !selection.Keeps(found.Subject))])
        {
            IsUnread = !isRead || scan.Unread.Count > 0,
            HasOthers = matches.Selected < scan.RecordsRead,
            LaterDevices = scan.LaterDevices,
        };
    }

    /// <summary>Counts the records of a message that are some subject's, each once.</summary>
    private sealed class MatchesOfMessage(QueuedMessage message, RecordSelection selection, MessageLines? lines) : IMatchedRecordSink
    {
        private readonly HashSet<int> _selected = [];
        private readonly HashSet<int> _kept = [];

        public long Selected => _selected.Count(record => !_kept.Contains(record));

        public void OnRecord(in MatchedRecord record)
        {
            if (selection.Keeps(record.Subject))
            {
                if (selection.Includes(record.Kind))
                    _kept.Add(record.Place.Index);
                return;
            }

            if (selection.Includes(record.Kind))
                _selected.Add(record.Place.Index);
            lines?.Add(message, record);
        }
    }
}

/// <summary>What a message holds.</summary>
/// <param name="Message">The message.</param>
/// <param name="Subjects">What it holds of subjects.</param>
internal sealed record ReadMessage(QueuedMessage Message, IReadOnlyList<SubjectMatches> Subjects)
{
    /// <summary>Whether it is in no form that tells a device, or a part of it is.</summary>
    public bool IsUnread { get; init; }

    /// <summary>Whether it holds records that are not selected: it can only go as a whole.</summary>
    public bool HasOthers { get; init; }

    /// <summary>Subjects whose ID another device had later.</summary>
    public IReadOnlyCollection<int> LaterDevices { get; init; } = [];

    /// <summary>Whether all that is in it is selected.</summary>
    public bool CanGo => !IsUnread && !HasOthers && Subjects.Count > 0;
}
