namespace IotHubDsr.Core.Sinks;

/// <summary>An order to erase that a service has accepted, and carries out later.</summary>
/// <param name="Operation">
/// The service's ID of the order, by which it is asked for. It stands in certificates: it must say nothing of a person.
/// </param>
/// <param name="AcceptedAt">When it was accepted, by the service's time.</param>
/// <param name="DueBy">By when the service promises to have carried it out; null when it promises no time.</param>
/// <param name="DeviceIds">The devices whose records it erases.</param>
internal sealed record ErasureTicket(string Operation, DateTimeOffset AcceptedAt, DateTimeOffset? DueBy, IReadOnlyList<string> DeviceIds)
{
    /// <summary>What of the devices' records it erases; null for all that there were.</summary>
    public TicketCover? Cover { get; init; }

    /// <summary>What of the devices' records it leaves, and hides from later readings.</summary>
    public IReadOnlyList<LeftBehind> Left { get; init; } = [];

    /// <summary>
    /// Whether the service is not known to have accepted it: it is recorded before it is given, under an ID of ours, so that what the service
    /// hides meanwhile is not taken for erased. What is still found is ordered again.
    /// </summary>
    public bool IsUnconfirmed { get; init; }

    /// <summary>The ID of the unconfirmed ticket in whose place it comes; null for none.</summary>
    public string? Confirms { get; init; }

    /// <summary>
    /// Whether what it erases was hidden as well: that nothing is found then says nothing, and it is done when the service says so and the
    /// time of its promise is over.
    /// </summary>
    public bool IsHidden { get; init; }

    /// <summary>Whether it erases a record that its sink knows by a text.</summary>
    public bool Covers(string text) => Cover?.Has(text) ?? true;
}

internal enum TicketState
{
    /// <summary>The service has not carried it out yet.</summary>
    Pending,

    /// <summary>The service says that it has. Whether anything is left, reading tells.</summary>
    Done,

    /// <summary>The service will not carry it out.</summary>
    Failed,
}

/// <summary>What the service says of an order.</summary>
/// <param name="Operation">The order.</param>
/// <param name="State">How far it is.</param>
internal sealed record TicketAnswer(string Operation, TicketState State)
{
    /// <summary>Why it failed; null if it did not.</summary>
    public Fault? Fault { get; init; }

    /// <summary>The order as the service knows it, where the one that was asked for was unconfirmed; null otherwise.</summary>
    public ErasureTicket? Confirmed { get; init; }
}
