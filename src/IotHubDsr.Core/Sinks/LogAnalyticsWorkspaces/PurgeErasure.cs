using System.Globalization;
using System.Runtime.CompilerServices;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Logs;

namespace IotHubDsr.Core.Sinks.LogAnalyticsWorkspaces;

/// <summary>
/// Orders purges of what was found: the workspace is read again, value by value it is made sure that nobody else's rows go, and many devices
/// go with one order. The service promises to have erased within 30 days; until then each order is a ticket.
/// </summary>
internal sealed class PurgeErasure : IUnitWork<IReadOnlyList<ErasureOutcome>>
{
    /// <summary>What the service promises.</summary>
    public static readonly TimeSpan Promise = TimeSpan.FromDays(30);

    /// <summary>What a workspace takes in an hour.</summary>
    public const int MostOrders = 50;

    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    private readonly AzureAccess _access;
    private readonly SinkCall _call;
    private readonly IReadOnlyList<DeviceDataFinding> _findings;
    private readonly TimeProvider _time;
    private readonly LogScan _scan;
    private readonly PurgeCandidates _candidates;
    private readonly Dictionary<string, Account> _accounts = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Path, int Subject), long> _announced = [];
    private readonly List<DateTimeOffset> _accepted;
    private RowHiding? _hiding;
    private bool _isPurgeSplit;
    private DateTimeOffset? _waitUntil;

    public PurgeErasure(
        Func<IReadOnlyList<string>, ErasableRow, LogScan> scan,
        AzureAccess access,
        SinkCall call,
        IReadOnlyList<DeviceDataFinding> findings,
        TimeProvider time
    )
    {
        (_access, _call, _findings, _time) = (access, call, findings, time);
        _accepted = [.. call.Tickets.Select(static ticket => ticket.AcceptedAt)];

        // A row that is a held device's as well is known by that device alone, of which nothing was found to be erased.
        string[] deviceIds =
        [
            .. findings
                .Select(static finding => finding.DeviceId)
                .Concat(call.HeldDevices)
                .Concat(call.Held.SelectMany(static held => held))
                .Distinct(StringComparer.Ordinal),
        ];
        _candidates = new PurgeCandidates(deviceIds.Length);
        _scan = scan(deviceIds, (table, key, batch, rows) => _candidates.Add(table, key, batch, rows));
        foreach (DeviceDataFinding finding in findings)
            _accounts[finding.DeviceId] = new Account([.. finding.Items.Select(static item => item.Path)]);
    }

    public bool IsSplit => _isPurgeSplit;

    private bool IsIdle => !_findings.Any(finding => finding.Items.Any(_call.Options.Erasure.Takes));

    public async IAsyncEnumerable<WorkUnit> SplitAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (IsIdle)
        {
            _isPurgeSplit = true;
            yield break;
        }

        if (!_scan.IsSplit)
        {
            await foreach (WorkUnit unit in _scan.SplitAsync(cancellationToken))
                yield return unit;
            yield break;
        }

        _isPurgeSplit = true;
        yield return new Purging(0);
    }

    public ValueTask DoAsync(WorkUnit unit, CancellationToken cancellationToken) =>
        unit is Purging ? new ValueTask(PurgeAsync(cancellationToken)) : _scan.DoAsync(unit, cancellationToken);

    public Task<IReadOnlyList<ErasureOutcome>> CompleteAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ErasureOutcome>>([.. _findings.Select(OutcomeOf)]);

    public void Dispose()
    {
        _candidates.Dispose();
        _scan.Dispose();
    }

    private ErasureOutcome OutcomeOf(DeviceDataFinding finding)
    {
        Account account = _accounts[finding.DeviceId];
        var outcome = new ErasureOutcome(finding.DeviceId, RecordsErased: 0, ItemsChanged: 0) { Fault = account.Fault };
        if (account.Fault is not null || !account.IsWaiting)
            return outcome;
        return outcome with
        {
            Verdict = Verdict.ErasurePending,
            Until = _waitUntil,
            Left = finding.Items.Select(static item => item.Path).ToHashSet(StringComparer.Ordinal),
            Detail = string.Create(
                CultureInfo.InvariantCulture,
                $"The workspace takes no more than {MostOrders} purges an hour: run Resume-IotDataRequest after {_waitUntil:u}."
            ),
        };
    }

    private async Task PurgeAsync(CancellationToken cancellationToken)
    {
        await _scan.CheckAsync(cancellationToken);

        // Of what could not be read again nobody knows whose it is.
        if (_call.Faults > 0)
        {
            Fault unread = FaultCatalogue.LocationUnreadable.For(_call.Location.ToString(), "a part of it could not be read again");
            foreach (Account account in _accounts.Values)
                account.Fault ??= unread;
            return;
        }

        await PurgeRights.RequireAsync(new ArmReader(_access), _scan.Workspace.Place, cancellationToken);
        TakeShares();
        AddOrdered();
        var plan = new PurgePlan(_scan.Workspace);
        _hiding = _call.Options.Erasure.HideNow ? new RowHiding(_call, _scan.Workspace.Purges) : null;
        await foreach (
            PurgeOrder order in plan.OrdersAsync(
                _candidates.All().Where(value => IsDue(value) && !IsOrdered(value)),
                LeaveAlone,
                cancellationToken
            )
        )
        {
            await OrderAsync(order, cancellationToken);
        }

        if (_hiding is not null)
            await HideOrderedAsync(plan, _hiding, cancellationToken);
    }

    /// <summary>What an earlier run ordered and is seen all the same could not be hidden then.</summary>
    private async Task HideOrderedAsync(PurgePlan plan, RowHiding hiding, CancellationToken cancellationToken)
    {
        IEnumerable<PurgeValue> seen = _candidates
            .All()
            .Where(value => IsDue(value) && _call.Tickets.Any(ticket => ticket.IsHidden && ticket.Cover?.Has(value.Covered) == true));
        await foreach (PurgeOrder order in plan.OrdersAsync(seen, static _ => { }, cancellationToken))
            await hiding.HideAsync(order, cancellationToken);
    }

    /// <summary>
    /// Whether an order of an earlier run is for it and not yet carried out. One that need not have been accepted is given again for what is
    /// still seen.
    /// </summary>
    private bool IsOrdered(PurgeValue value) =>
        _call.Tickets.Any(ticket =>
            !ticket.IsUnconfirmed
            && (
                ticket.Cover?.Has(value.Covered)
                ?? value.Records.All(one => ticket.DeviceIds.Contains(DeviceOf(one.Subject), StringComparer.Ordinal))
            )
        );

    /// <summary>The last announcement of an item counts: it has what earlier orders are for as well.</summary>
    private void AddOrdered()
    {
        if (_call.Tickets.Count == 0)
            return;
        foreach (PurgeValue value in _candidates.All().Where(IsOrdered))
        {
            foreach ((string path, int subject, long records) in value.Records)
                AddUp((path, subject), records);
        }
    }

    /// <summary>Sees to it that no more goes of a device than the plan allows.</summary>
    private void TakeShares()
    {
        foreach (((string path, int subject), long records) in _candidates.Shares)
        {
            string deviceId = DeviceOf(subject);
            if (!_accounts.ContainsKey(deviceId))
                continue;
            long beyond = 0;
            // What was not found for the plan is for a further one, however little it is.
            bool isAllowed =
                _accounts[deviceId].Found.Contains(path)
                && _call.Allowance?.TryTake(path, deviceId, records, out beyond) != false
                && !_call.Held[path].Contains(deviceId);
            if (isAllowed)
                continue;
            Account account = _accounts[deviceId];
            account.Kept.Add(path);
            if (beyond > 0)
                account.Fault ??= FaultCatalogue.PlanExceeded.For(_call.Location.ToString(), Counted.Of(beyond, "record"));
        }
    }

    /// <summary>A value goes as a whole: where a row of it is to stay, all do.</summary>
    private bool IsDue(PurgeValue value) =>
        value.Records.All(one => _accounts.TryGetValue(DeviceOf(one.Subject), out Account? account) && !account.Kept.Contains(one.Path));

    private void LeaveAlone(PurgeValue value)
    {
        Fault fault = FaultCatalogue.ServiceFailed.For(
            _call.Location.ToString(),
            $"rows of the table {value.Table} cannot be told from rows of another device or hub by what a purge compares, and were left."
        );
        foreach ((_, int subject, _) in value.Records)
            _accounts[DeviceOf(subject)].Fault ??= fault;
    }

    private async Task OrderAsync(PurgeOrder order, CancellationToken cancellationToken)
    {
        int[] subjects = [.. order.Values.SelectMany(static value => value.Records).Select(static one => one.Subject).Distinct().Order()];
        string[] deviceIds = [.. subjects.Select(DeviceOf)];
        _waitUntil ??= FullUntil();
        if (_waitUntil is not null)
        {
            Wait(deviceIds);
            return;
        }

        await _call.AnnounceAsync(AnnouncementOf(order), cancellationToken);

        // Should the answer be lost, or the process die, the order is known all the same, and what it leaves that nothing else leads to.
        var attempt = new PurgeAttempt();
        DateTimeOffset given = _time.GetUtcNow();
        var ticket = new ErasureTicket(attempt.RequestId, given, given + Promise, deviceIds)
        {
            Cover = TicketCover.Of(order.Values.Select(static value => value.Covered)),
            Left = _scan.BehindOf(subjects),
            IsUnconfirmed = true,
        };
        await _call.TakeAsync(ticket, cancellationToken);
        if (await SendAsync(order, attempt, cancellationToken) is not { } operation)
        {
            Wait(deviceIds);
            return;
        }

        DateTimeOffset now = _time.GetUtcNow();
        ticket = ticket with
        {
            Operation = operation,
            AcceptedAt = now,
            DueBy = now + Promise,
            IsUnconfirmed = false,
            Confirms = attempt.RequestId,
            IsHidden = _hiding is not null,
        };
        await _call.TakeAsync(ticket, CancellationToken.None);
        if (_hiding is not null)
            await _hiding.HideAsync(order, cancellationToken);
    }

    /// <summary>Sends an order whose ticket was taken; null where the service takes none for now, and says when it does.</summary>
    private async Task<string?> SendAsync(PurgeOrder order, PurgeAttempt attempt, CancellationToken cancellationToken)
    {
        PurgeAnswer answer;
        try
        {
            answer = await _scan.Workspace.Purges.OrderAsync(order.Table, order.Filters, cancellationToken, attempt);
        }
        catch (Exception) when (!attempt.MayBeAccepted)
        {
            await _call.WithdrawAsync(attempt.RequestId, CancellationToken.None);
            throw;
        }

        DateTimeOffset now = _time.GetUtcNow();
        if (answer.Operation is null)
        {
            _waitUntil = now + answer.RetryAfter;
            await _call.WithdrawAsync(attempt.RequestId, CancellationToken.None);
            return null;
        }

        _accepted.Add(now);
        return answer.Operation;
    }

    /// <summary>
    /// When the workspace takes a further order, by what this request gave it in the last hour and waits for; null for now. What need not have
    /// been accepted counts as well.
    /// </summary>
    private DateTimeOffset? FullUntil()
    {
        DateTimeOffset since = _time.GetUtcNow() - s_hour;
        _accepted.RemoveAll(accepted => accepted <= since);
        _accepted.Sort();
        return _accepted.Count < MostOrders ? null : _accepted[^MostOrders] + s_hour;
    }

    private void Wait(IEnumerable<string> deviceIds)
    {
        foreach (string deviceId in deviceIds)
            _accounts[deviceId].IsWaiting = true;
    }

    private Announcement AnnouncementOf(PurgeOrder order) =>
        new(
            $"orders {Counted.Of(order.Values.Sum(static value => value.Count), "row")} of the table {order.Table} to be purged, by "
                + $"{Counted.Of(order.Values.Count, "value")} of {order.Column}",
            [
                .. order
                    .Values.SelectMany(static value => value.Records)
                    .GroupBy(static one => (one.Path, one.Subject))
                    .Select(share => new AnnouncedItem(
                        share.Key.Path,
                        DeviceOf(share.Key.Subject),
                        AddUp(share.Key, share.Sum(static one => one.Records))
                    )),
            ]
        );

    /// <summary>Of several announcements of an item the last one counts: it has what went with the others.</summary>
    private long AddUp((string Path, int Subject) share, long records) => _announced[share] = _announced.GetValueOrDefault(share) + records;

    private string DeviceOf(int subject) => _scan.Selection.Subjects[subject];

    private sealed record Purging(int Number) : WorkUnit(Number);

    /// <summary>What becomes of a device.</summary>
    private sealed class Account(HashSet<string> found)
    {
        /// <summary>Items that were found of it.</summary>
        public HashSet<string> Found => found;

        /// <summary>Items of which nothing goes.</summary>
        public HashSet<string> Kept { get; } = new(StringComparer.Ordinal);

        public bool IsWaiting { get; set; }

        public Fault? Fault { get; set; }
    }
}
