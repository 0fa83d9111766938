using System.Globalization;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure.Queues;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.StorageQueues;

/// <summary>What a queue holds of subjects, by a look at its front, and by the walk over all of it that may have gone before.</summary>
/// <param name="selection">The subjects.</param>
/// <param name="look">The look.</param>
/// <param name="walk">The walk; null if there was none, or if it says nothing of what is there now.</param>
internal sealed class QueueFindings(RecordSelection selection, QueueLook look, QueueWalked? walk)
{
    private readonly Dictionary<int, QueueTotals> _totals = [];
    private readonly HashSet<int> _laterDevices = [];
    private int _unread;

    /// <summary>Messages that are in no form that tells a device.</summary>
    public int Unread => Math.Max(_unread, walk?.Unread ?? 0);

    /// <summary>How the queue was read, for a certificate.</summary>
    public string? Reading =>
        RecordRemarks.Sentence([
            walk is null
                ? null
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"at {walk.At:u} every message of the queue had been received and read, and {walk.Left} of them were given back"
                ),
            $"{Counts}: {(look.IsWhole ? "these were all" : walk is null ? "the others cannot be looked at" : "as many as were given back")}",
        ]);

    public void Add(ReadMessage read)
    {
        _unread += read.IsUnread ? 1 : 0;
        _laterDevices.UnionWith(read.LaterDevices);
        foreach (SubjectMatches matches in read.Subjects)
        {
            if (!_totals.TryGetValue(matches.Subject, out QueueTotals? totals))
                _totals.Add(matches.Subject, totals = new QueueTotals());
            totals.Add(read, matches, selection);
        }
    }

    public DeviceDataFinding ToFinding(SinkCall call, int subject)
    {
        string deviceId = selection.Subjects[subject];
        QueueTotals totals = _totals.TryGetValue(subject, out QueueTotals? some) ? some : new QueueTotals();
        bool settles = call.Options.Erasure.SettleMessages;
        bool isWhole = look.IsWhole || walk?.Covers(deviceId) == true;
        long others = call.CountOthers(totals.Held.Generations, deviceId);
        bool holdsAny = totals.Held.LastStored is not null;
        Verdict verdict =
            Unread > 0 ? Verdict.Unreachable
            : settles && totals.Erasable > 0 ? Verdict.Present
            : !holdsAny && isWhole ? Verdict.Absent
            : totals.Held.Records + totals.Held.Relayed > 0 && isWhole && totals.Until is not null ? Verdict.Expiring
            : Verdict.OwnerAction;
        return new DeviceDataFinding
        {
            DeviceId = deviceId,
            Location = call.Location,
            Verdict = verdict,
            RecordCount = totals.Held.Records,
            RelayedCount = totals.Held.Relayed,
            LeftCount = settles ? totals.Held.Records - totals.OwnErasable : totals.Held.Records + totals.Held.Relayed,
            OtherGenerationRecords = others,
            HasLaterDevice = _laterDevices.Contains(subject),
            ByteCount = totals.Held.Bytes,
            FirstTime = totals.Held.First,
            LastTime = totals.Held.Last,
            Until = verdict is Verdict.Expiring ? totals.Until : null,
            Detail = RecordRemarks.Sentence([
                UnreadRemark,
                isWhole ? null : PartRemark(settles),
                .. totals.Held.DetailsOf(others, call.Location),
                SharedRemark(totals.Shared),
                holdsAny && verdict is not Verdict.Present ? StayRemark(totals, settles) : null,
            ]),
            Items = totals.Items,
            MayHoldMore = !isWhole,
        };
    }

    private string Counts =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"the queue counted {Counted.Of(look.Count, "message")}, and a look at its front, which shows up to {QueueAccess.MostAtOnce}, "
                + $"showed {look.Messages.Count}"
        );

    private string? UnreadRemark =>
        Unread == 0
            ? null
            : $"{Counted.Of(Unread, "message")} {(Unread == 1 ? "is" : "are")} in no form that tells a device: until "
                + $"{(Unread == 1 ? "it has" : "they have")} left, no device is reported absent here";

    private string PartRemark(bool settles) =>
        look.Hidden > 0
            ? $"{Counted.Of(look.Hidden, "message")} of {look.Count} {(look.Hidden == 1 ? "was" : "were")} received by somebody who has "
                + "not deleted them yet, and cannot be seen until they are given back: what is counted is a lower bound"
            : $"{Counts}: what is counted is a lower bound"
                + (
                    settles
                        ? "; the erasure receives all of them"
                        : ", until the receiver has emptied the queue or an erasure with -SettleMessages has received all of them"
                );

    private static string? SharedRemark(int messages) =>
        messages == 0
            ? null
            : $"{Counted.Of(messages, "message holds", "messages hold")} events of others as well and cannot be deleted for one of them";

    private static string StayRemark(QueueTotals totals, bool settles) =>
        (
            totals.Until is null
                ? "a message never expires: its receiver has to delete it"
                : "messages leave when their receiver deletes them, or when they expire"
        )
        + (
            settles
                ? string.Empty
                : "; an erasure with -SettleMessages deletes them at once: it receives every message of the queue and gives back "
                    + "the others, each of which then counts as received once more"
        )
        + "; receivers can hold copies: ask their owners";
}
