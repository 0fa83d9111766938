using IotHubDsr.Core.Azure.Queues;

namespace IotHubDsr.Core.Sinks.StorageQueues;

/// <summary>What a walk over a whole queue left: the look that follows cannot see as far.</summary>
/// <param name="Operation">The operation that walked: what it shares, by which its own look is known.</param>
/// <param name="At">When every message had been received.</param>
/// <param name="Left">How many were given back.</param>
/// <param name="Unread">How many of these are in no form that tells a device.</param>
/// <param name="Gone">Devices of which nothing was given back.</param>
internal sealed record QueueWalked(object Operation, DateTimeOffset At, long Left, int Unread, IReadOnlySet<string> Gone)
{
    /// <summary>Receivers go on working: after that time too many messages may have come and gone.</summary>
    private static readonly TimeSpan Validity = TimeSpan.FromMinutes(15);

    /// <summary>The devices that were asked for.</summary>
    public required IReadOnlySet<string> Asked { get; init; }

    /// <summary>What was given back of them; null where that is too much to hold.</summary>
    public required IReadOnlyCollection<QueuedMessage>? Kept { get; init; }

    /// <summary>Whether all that there is of a device is known.</summary>
    public bool Covers(string deviceId) => Gone.Contains(deviceId) || (Kept is not null && Asked.Contains(deviceId));

    /// <summary>Whether what is there now is what was given back, as far as numbers and time tell.</summary>
    public bool Explains(QueueLook look, DateTimeOffset now) => look.Count <= Left && now - At <= Validity;

    /// <summary>What was given back and lies behind what a look shows.</summary>
    public IEnumerable<QueuedMessage> Behind(QueueLook look)
    {
        if (look.IsWhole || Kept is null)
            return [];
        HashSet<string> shown = [.. look.Messages.Select(static message => message.Id)];
        return Kept.Where(message => !shown.Contains(message.Id));
    }

    /// <summary>Whether a call belongs to the operation that walked.</summary>
    public bool IsOf(SinkCall call) => ReferenceEquals(Operation, call.Gate);
}
