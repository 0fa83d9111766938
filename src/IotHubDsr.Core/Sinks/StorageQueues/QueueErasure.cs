using System.Collections.Frozen;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure.Queues;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.StorageQueues;

/// <summary>
/// Deletes the subjects' messages from a queue, which takes receiving all of them: what is another's is given back, whatever happens.
/// </summary>
/// <param name="queue">The queue.</param>
/// <param name="selection">What is asked for.</param>
/// <param name="all">What the devices have of it at all, see <see cref="QueueWalk"/>.</param>
/// <param name="call">Is told of it.</param>
/// <param name="findings">What was found.</param>
/// <param name="time">The time.</param>
internal sealed class QueueErasure(
    QueueAccess queue,
    RecordSelection selection,
    RecordSelection all,
    SinkCall call,
    IReadOnlyList<DeviceDataFinding> findings,
    TimeProvider time
)
{
    private readonly Dictionary<string, Account> _accounts = findings.ToDictionary(
        finding => finding.DeviceId,
        static finding => new Account(finding),
        StringComparer.Ordinal
    );

    /// <summary>What a later look can rely on; null when not every message was received.</summary>
    public QueueWalked? Walked { get; private set; }

    public async Task<IReadOnlyList<ErasureOutcome>> RunAsync(CancellationToken cancellationToken)
    {
        var walk = new QueueWalk(queue, new MessageReading(selection), new MessageReading(all), call, time);
        try
        {
            await walk.ReceiveAsync(cancellationToken);
            foreach (ReadMessage read in walk.CanGo.Concat(walk.Bound))
                NoteMet(read);
            foreach (ReadMessage bound in walk.Bound)
                NoteStays(bound);
            foreach (string deviceId in walk.Beyond)
                _accounts[deviceId].Stays = true;
            await DeleteAsync(walk, cancellationToken);
        }
        finally
        {
            await walk.ReleaseAsync(cancellationToken);
        }

        if (walk.Obstacle is { } obstacle)
        {
            Fault fault = FaultCatalogue.QueueIncomplete.For(call.Location.ToString(), obstacle);
            foreach (Account account in _accounts.Values)
                account.Fault ??= fault;
        }
        else
        {
            var gone = _accounts.Values.Where(static one => !one.Stays).Select(static one => one.DeviceId).ToFrozenSet();
            Walked = new QueueWalked(call.Gate, walk.At, walk.Left, walk.Unread, gone)
            {
                Asked = _accounts.Keys.ToFrozenSet(StringComparer.Ordinal),
                Kept = walk.Kept,
            };
        }

        foreach (Fault fault in _accounts.Values.Select(static account => account.Fault).OfType<Fault>().Distinct())
            await call.ReportAsync(fault, cancellationToken);
        return [.. findings.Select(finding => _accounts[finding.DeviceId].ToOutcome(isWhole: walk.Obstacle is null))];
    }

    private async Task DeleteAsync(QueueWalk walk, CancellationToken cancellationToken)
    {
        List<(ReadMessage Read, List<AnnouncedItem> Items)> going = [];
        foreach (ReadMessage read in walk.CanGo)
        {
            List<AnnouncedItem> items = [.. ItemsOf(read)];
            if (await MayGoAsync(read, items, cancellationToken))
                going.Add((read, items));
            else
                NoteStays(read);
        }

        // A crash leaves open what became of one announcement: it is about few messages.
        foreach ((ReadMessage Read, List<AnnouncedItem> Items)[] some in going.Chunk(QueueAccess.MostAtOnce))
        {
            var what = new Announcement(
                $"deletes {Counted.Of(some.Length, "message")} by the receipt that was given for each",
                [.. some.SelectMany(static one => one.Items)]
            );
            await call.AnnounceAsync(what, cancellationToken);
            foreach ((ReadMessage read, List<AnnouncedItem> items) in some)
                await DeleteAsync(walk, read, items, cancellationToken);
        }
    }

    private async Task DeleteAsync(QueueWalk walk, ReadMessage read, List<AnnouncedItem> items, CancellationToken cancellationToken)
    {
        try
        {
            bool isDeleted = await queue.DeleteAsync(walk.Current(read.Message), time, cancellationToken);
            walk.Drop(read.Message);
            if (!isDeleted)
            {
                throw FaultCatalogue.QueueIncomplete.Exception(
                    call.Location.ToString(),
                    $"message {read.Message.Id} was received by somebody else before it could be deleted"
                );
            }

            foreach (AnnouncedItem item in items)
                _accounts[item.DeviceId].Erase(item);
        }
        catch (DsrException failed)
        {
            foreach (AnnouncedItem item in items)
                _accounts[item.DeviceId].Keep(failed.Fault);
        }
    }

    /// <summary>What goes with a message, for each subject.</summary>
    private IEnumerable<AnnouncedItem> ItemsOf(ReadMessage read) =>
        from matches in read.Subjects
        let records = selection.CountOf(matches)
        where records > 0
        select new AnnouncedItem(read.Message.Id, matches.DeviceId, records);

    /// <summary>Whether a message is within the plan, of the device of the plan, and not held.</summary>
    private async Task<bool> MayGoAsync(ReadMessage read, List<AnnouncedItem> items, CancellationToken cancellationToken)
    {
        string id = read.Message.Id;
        if (call.Held.Contains(id))
            return false;
        foreach (AnnouncedItem item in items)
        {
            Account account = _accounts[item.DeviceId];
            if (!account.Shows(id) && await account.DoubtAsync(call, cancellationToken) is { } doubt)
            {
                account.Keep(doubt);
                return false;
            }

            if (call.Allowance?.TryTake(id, item.DeviceId, item.Records, out long beyond) == false)
            {
                account.Exceed(call.Location, beyond);
                return false;
            }
        }

        return true;
    }

    private void NoteMet(ReadMessage read)
    {
        foreach (SubjectMatches matches in read.Subjects)
            _accounts[matches.DeviceId].Met.Add(read.Message.Id);
    }

    private void NoteStays(ReadMessage read)
    {
        foreach (SubjectMatches matches in read.Subjects)
            _accounts[matches.DeviceId].Stays = true;
    }

    private sealed class Account(DeviceDataFinding finding)
    {
        private readonly HashSet<string> _shown = [.. finding.Items.Select(static item => item.Path)];
        private Task<Fault?>? _doubt;
        private long _records;
        private int _messages;
        private long _beyond;

        public string DeviceId => finding.DeviceId;

        public Fault? Fault { get; set; }

        /// <summary>Messages that hold something of the device, whatever becomes of them.</summary>
        public HashSet<string> Met { get; } = new(StringComparer.Ordinal);

        /// <summary>Whether something of the device was given back.</summary>
        public bool Stays { get; set; }

        public bool Shows(string id) => _shown.Contains(id);

        /// <summary>Asked once: messages that nobody has seen may be of a device that took the ID since.</summary>
        public Task<Fault?> DoubtAsync(SinkCall call, CancellationToken cancellationToken) =>
            _doubt ??= call.DoubtOfAsync(finding.DeviceId, cancellationToken);

        public void Erase(AnnouncedItem item)
        {
            _records += item.Records;
            _messages += item.Changes;
        }

        public void Keep(Fault fault)
        {
            Stays = true;
            Fault ??= fault;
        }

        public void Exceed(DataLocation location, long records)
        {
            Stays = true;
            _beyond += records;
            if (Fault is null || Fault.Id == FaultCatalogue.PlanExceeded.Id)
                Fault = FaultCatalogue.PlanExceeded.For(location.ToString(), Counted.Of(_beyond, "record"));
        }

        public ErasureOutcome ToOutcome(bool isWhole) =>
            new(finding.DeviceId, _records, _messages) { Fault = Fault, Met = isWhole ? Met : null };
    }
}
