using IotHubDsr.Core.Azure.Queues;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.StorageQueues;

/// <summary>
/// Receives all messages of a queue. They stay hidden from everybody else until each is deleted or given back, so that none is received
/// twice and all that are left keep their order. What is not given back, because the process dies, is visible again after a time.
/// </summary>
/// <param name="queue">The queue.</param>
/// <param name="reading">Reads what is asked for.</param>
/// <param name="all">Reads what the subjects have of it at all: also what is not the device's that the plan knew, or came too late.</param>
/// <param name="call">Is told of it.</param>
/// <param name="time">The time.</param>
internal sealed class QueueWalk(QueueAccess queue, MessageReading reading, MessageReading all, SinkCall call, TimeProvider time)
{
    /// <summary>More are not held at once: their receivers wait for so long.</summary>
    private const int MostMessages = 50_000;

    /// <summary>
    /// Many receivers, Azure Functions by default, put a message aside without trying it when it is received for the sixth time: the next
    /// time after this one must be none of those.
    /// </summary>
    private const int MostReceipts = 3;

    private static readonly TimeSpan LeastHidden = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan HiddenPerMessage = TimeSpan.FromMilliseconds(100);

    /// <summary>How long giving back may go on when the command was stopped.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, QueuedMessage> _held = new(StringComparer.Ordinal);
    private readonly List<QueuedMessage> _inOrder = [];
    private readonly KeptMessages _kept = new();

    /// <summary>Messages of which all is selected, in their order.</summary>
    public List<ReadMessage> CanGo { get; } = [];

    /// <summary>Those that hold something of subjects, and cannot go.</summary>
    public List<ReadMessage> Bound { get; } = [];

    /// <summary>Devices of which something is given back that is not asked for.</summary>
    public HashSet<string> Beyond { get; } = new(StringComparer.Ordinal);

    /// <inheritdoc cref="KeptMessages.All"/>
    public IReadOnlyCollection<QueuedMessage>? Kept => _kept.All;

    /// <summary>Those that are in no form that tells a device.</summary>
    public int Unread { get; private set; }

    /// <summary>Why not every message was received, without a full stop; null when every one was.</summary>
    public string? Obstacle { get; private set; }

    /// <summary>What may become of another device's message against all caution, without a full stop; null for nothing.</summary>
    private string? Harm { get; set; }

    /// <summary>When the last message had been received.</summary>
    public DateTimeOffset At { get; private set; }

    /// <summary>When what nobody gives back is visible again at the latest.</summary>
    public DateTimeOffset VisibleBy { get; private set; }

    /// <summary>Messages that are to be given back; one that has expired is none.</summary>
    public int Left => _held.Values.Count(message => !(message.Expires <= At));

    public async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        await queue.RequireReleaseAsync(cancellationToken);
        long count = await queue.CountAsync(cancellationToken);
        TimeSpan hidden = LeastHidden + (HiddenPerMessage * Math.Min(count, MostMessages));
        while (Obstacle is null)
        {
            IReadOnlyList<QueuedMessage> front = await queue.PeekAsync(cancellationToken);
            if (front.Count == 0)
                break;
            Obstacle = ObstacleBefore(front, hidden);
            if (Obstacle is not null)
                break;
            VisibleBy = time.GetUtcNow() + hidden;
            foreach (QueuedMessage message in await queue.ReceiveAsync(hidden, cancellationToken))
                Take(message);
            if (Harm is { } harm)
                await call.NoteAsync(NoticeLevel.Warning, $"{call.Location}: {harm}.", cancellationToken);
            await call.ProgressAsync($"{Counted.Of(_held.Count, "message")} received", percent: null, cancellationToken);
        }

        At = time.GetUtcNow();
        long left = await queue.CountAsync(cancellationToken);
        Obstacle ??= left > Left ? $"{Counted.Of(left - Left, "message")} had been received by somebody else" : null;
    }

    /// <summary>A message with the receipt that holds now.</summary>
    public QueuedMessage Current(QueuedMessage message) => _held.GetValueOrDefault(message.Id, message);

    /// <summary>A message was deleted, or somebody else has it: it is not given back.</summary>
    public void Drop(QueuedMessage message)
    {
        _held.Remove(message.Id);
        _kept.Remove(message.Id);
    }

    /// <summary>
    /// Gives back what is held, in the order in which it was received; it does so when the command is stopped as well, and then for a short
    /// time only.
    /// </summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource();
        using CancellationTokenRegistration stop = cancellationToken.Register(() => patience.CancelAfter(Patience));
        Fault? fault = null;
        int failed = 0;
        foreach (QueuedMessage message in _inOrder.Select(one => _held.GetValueOrDefault(one.Id)).OfType<QueuedMessage>())
        {
            try
            {
                await queue.ReleaseAsync(message, patience.Token);
            }
            catch (DsrException refused)
            {
                fault ??= refused.Fault;
                failed++;
            }
        }

        if (fault is null)
            return;
        string text =
            $"{call.Location}: {Counted.Of(failed, "message")} could not be given back and will be visible to receivers again by "
            + $"{VisibleBy:u}: {fault.Message}";
        await call.NoteAsync(NoticeLevel.Warning, text, cancellationToken);
    }

    /// <summary>What speaks against receiving these messages; null for nothing.</summary>
    private string? ObstacleBefore(IReadOnlyList<QueuedMessage> front, TimeSpan hidden)
    {
        if (_held.Count >= MostMessages)
            return $"it holds more than {Counted.Of(MostMessages, "message")}, which are not held at once";
        DateTimeOffset visibleBy = time.GetUtcNow() + hidden;
        return front
            .Where(message => message.Dequeues > MostReceipts || message.Expires <= visibleBy)
            .Where(message => !reading.Read(message).CanGo)
            .Select(message =>
                message.Dequeues > MostReceipts
                    ? $"message {message.Id} of others has been received {message.Dequeues} times already, and its receiver could give up "
                        + "on it"
                    : $"message {message.Id} of others expires at {message.Expires:u}, and would expire while it is hidden"
            )
            .FirstOrDefault();
    }

    /// <summary>Others received messages between the look and the receipt, so that one came that nobody had looked at.</summary>
    private void NoteHarm(QueuedMessage message)
    {
        string? harm =
            message.Dequeues > MostReceipts + 1
                ? $"message {message.Id} of others has been received {message.Dequeues} times, and its receiver could give up on it"
            : message.Expires <= VisibleBy
                ? $"message {message.Id} of others expires at {message.Expires:u}, and could do so while it is hidden"
            : null;
        Harm ??= harm;
        Obstacle ??= harm is null ? null : $"other receivers take messages too: {harm}";
    }

    private void Take(QueuedMessage message)
    {
        // Once it is read, its text takes room for nothing.
        QueuedMessage held = message with { Text = ReadOnlyMemory<byte>.Empty };
        if (!_held.TryAdd(message.Id, held))
        {
            // The receipt before it is void.
            _held[message.Id] = held;
            Obstacle = "receiving them took so long that the first ones were visible again";
            return;
        }

        _inOrder.Add(held);
        ReadMessage read = reading.Read(message) with { Message = held };
        Unread += read.IsUnread ? 1 : 0;
        if (read.CanGo)
        {
            _kept.Add(message);
            CanGo.Add(read);
            return;
        }

        NoteHarm(message);
        if (read.Subjects.Count > 0)
            Bound.Add(read);
        IReadOnlyList<SubjectMatches> beyond = all.Read(message).Subjects;
        Beyond.UnionWith(beyond.Select(static matches => matches.DeviceId));
        if (read.Subjects.Count + beyond.Count > 0)
            _kept.Add(message);
    }
}
