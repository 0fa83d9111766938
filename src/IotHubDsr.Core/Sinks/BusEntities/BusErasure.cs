using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure.Messaging;

namespace IotHubDsr.Core.Sinks.BusEntities;

/// <summary>
/// Takes the messages that were found out of the queues of a place. A unit is a queue or subscription with its dead letters.
/// </summary>
internal sealed class BusErasure(BusPlaces places, RecordSelection selection, SinkCall call, IReadOnlyList<DeviceDataFinding> findings)
    : IUnitWork<IReadOnlyList<ErasureOutcome>>
{
    /// <summary>
    /// Messages of two places can be forwarded to one queue: who walks it second finds nothing left there, and touches nobody's message a
    /// second time.
    /// </summary>
    private static readonly ConcurrentDictionary<string, SemaphoreSlim> Turns = new(StringComparer.OrdinalIgnoreCase);

    private readonly BusAccounts _accounts = new(call, selection);
    private readonly Dictionary<string, HashSet<(int Subject, long SequenceNumber)>> _found = new(StringComparer.Ordinal);
    private readonly HashSet<string> _left = new(StringComparer.Ordinal);
    private BusClient? _client;
    private int _entities;
    private int _done;

    public bool IsSplit { get; private set; }

    public async IAsyncEnumerable<WorkUnit> SplitAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ReadItems();
        if (_found.Count > 0)
        {
            BusReach reach = await places.DescribeAsync(call, cancellationToken);
            _left.UnionWith(_found.Keys.Except(reach.Entities.SelectMany(static entity => entity.Nodes).Select(static node => $"{node}")));
            _client = places.Connect(call.Location);
            foreach (BusEntity entity in reach.Entities.Where(entity => entity.Nodes.Any(node => _found.ContainsKey($"{node}"))))
                yield return new WorkUnit<BusEntity>(_entities++, [entity]);
        }

        IsSplit = true;
    }

    public async ValueTask DoAsync(WorkUnit unit, CancellationToken cancellationToken)
    {
        BusEntity entity = ((WorkUnit<BusEntity>)unit).Items[0];
        SemaphoreSlim turn = Turns.GetOrAdd($"{_client!.Place.Host}/{entity.Path}", static _ => new SemaphoreSlim(1, 1));
        await turn.WaitAsync(cancellationToken);
        try
        {
            foreach (BusNode node in entity.Nodes)
            {
                if (_found.TryGetValue($"{node}", out HashSet<(int, long)>? items))
                    await new QueueErasure(places, _client, entity, node, selection, call, _accounts).RunAsync(items, cancellationToken);
            }
        }
        finally
        {
            turn.Release();
        }

        int done = Interlocked.Increment(ref _done);
        await call.ProgressAsync($"{done} of {Counted.Of(_entities, "queue")} erased from", done * 100 / _entities, cancellationToken);
    }

    public async Task<IReadOnlyList<ErasureOutcome>> CompleteAsync(CancellationToken cancellationToken)
    {
        await CloseAsync();
        Dictionary<string, int> subjects = Subjects();
        return [.. findings.Select(finding => OutcomeOf(finding, subjects[finding.DeviceId]))];
    }

    /// <summary>A run that was broken off leaves a connection, which nobody has to wait for.</summary>
    public void Dispose() => _ = CloseAsync();

    /// <summary>What was found in a queue that messages no longer get to is still there, and the next reading does not look there.</summary>
    private ErasureOutcome OutcomeOf(DeviceDataFinding finding, int subject)
    {
        ErasureOutcome outcome = _accounts.OutcomeOf(finding, subject);
        string? left = _left.FirstOrDefault(node => _found[node].Any(item => item.Subject == subject));
        return left is null
            ? outcome
            : outcome with
            {
                Verdict = Verdict.Unknown,
                Detail =
                    $"Messages of the device were found in '{left}', which this place no longer forwards to: somebody has to look there.",
            };
    }

    private async Task CloseAsync()
    {
        if (Interlocked.Exchange(ref _client, null) is { } client)
            await client.DisposeAsync();
    }

    private Dictionary<string, int> Subjects() =>
        Enumerable.Range(0, selection.Subjects.Count).ToDictionary(subject => selection.Subjects[subject], StringComparer.Ordinal);

    /// <summary>
    /// What was found, by queue. A plan can have been stored and edited: what does not name a message of one of the place's queues is not
    /// followed.
    /// </summary>
    private void ReadItems()
    {
        Dictionary<string, int> subjects = Subjects();
        foreach (DeviceDataFinding finding in findings)
        {
            foreach (SeenItem item in finding.Items.Where(item => call.Options.Erasure.Takes(item) && !call.Held.Contains(item.Path)))
            {
                int slash = item.Path.LastIndexOf('/');
                if (slash <= 0 || !long.TryParse(item.Path.AsSpan(slash + 1), CultureInfo.InvariantCulture, out long sequenceNumber))
                    continue;
                string node = item.Path[..slash];
                if (!_found.TryGetValue(node, out HashSet<(int, long)>? items))
                    _found[node] = items = [];
                items.Add((subjects[finding.DeviceId], sequenceNumber));
            }
        }
    }
}
