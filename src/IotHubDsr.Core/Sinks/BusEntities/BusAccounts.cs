using System.Collections.Concurrent;
using IotHubDsr.Core.Archives;

namespace IotHubDsr.Core.Sinks.BusEntities;

/// <summary>A message that is taken out, with what goes with it.</summary>
/// <param name="Item">Where it is.</param>
/// <param name="Shares">What of it is whose.</param>
/// <param name="SessionId">Its session; null without one.</param>
internal sealed record TakenMessage(BusItem Item, IReadOnlyList<MessageShare> Shares, string? SessionId);

/// <summary>What an erasure took from whom, and what it could not; queues report to it at once.</summary>
internal sealed class BusAccounts(SinkCall call, RecordSelection selection)
{
    private readonly Dictionary<int, (long Records, int Messages)> _erased = [];
    private readonly ConcurrentDictionary<int, Fault> _faults = new();

    /// <summary>Puts on record what is about to be taken out.</summary>
    /// <param name="how">How, as in "cancels 2 messages in …".</param>
    /// <param name="messages">The messages, all of one queue.</param>
    /// <param name="cancellationToken">Cancels the call with it.</param>
    public ValueTask AnnounceAsync(string how, IReadOnlyList<TakenMessage> messages, CancellationToken cancellationToken) =>
        call.AnnounceAsync(
            new Announcement(
                $"{how} {Counted.Of(messages.Count, "message")} in {messages[0].Item.Node}",
                [
                    .. messages.SelectMany(message =>
                        message
                            .Shares.Where(share => share.Asked(selection) > 0)
                            .Select(share => new AnnouncedItem(
                                message.Item.Path,
                                selection.Subjects[share.Subject],
                                share.Asked(selection)
                            ))
                    ),
                ]
            ),
            cancellationToken
        );

    public void Add(TakenMessage message)
    {
        lock (_erased)
        {
            foreach (MessageShare share in message.Shares.Where(share => share.Asked(selection) > 0))
            {
                (long records, int messages) = _erased.GetValueOrDefault(share.Subject);
                _erased[share.Subject] = (records + share.Asked(selection), messages + 1);
            }
        }
    }

    /// <summary>Some messages stay, against what was asked.</summary>
    public async ValueTask FailAsync(Fault fault, IEnumerable<TakenMessage> messages, CancellationToken cancellationToken)
    {
        foreach (MessageShare share in messages.SelectMany(static message => message.Shares))
            _faults.TryAdd(share.Subject, fault);
        await call.ReportAsync(fault, cancellationToken);
    }

    public ErasureOutcome OutcomeOf(DeviceDataFinding finding, int subject)
    {
        (long records, int messages) = _erased.GetValueOrDefault(subject);
        return new ErasureOutcome(finding.DeviceId, records, messages) { Fault = _faults.GetValueOrDefault(subject) };
    }
}
