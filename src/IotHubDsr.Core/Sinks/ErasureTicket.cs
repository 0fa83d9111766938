namespace IotHubDsr.Core.Sinks;

/// <summary>An order to erase that a service has accepted, and carries out later.</summary>
/// <param name="Operation">
/// The service's ID of the order, by which it is asked for. It stands in certificates: it must say nothing of a person.
/// </param>
/// <param name="AcceptedAt">When it was accepted, by the service's time.</param>
/// <param name="DueBy">By when the service promises to have carried it out; null when it promises no time.</param>
/// <param name="DeviceIds">The devices whose records it erases.</param>
internal sealed record ErasureTicket(string Operation, DateTimeOffset AcceptedAt, DateTimeOffset? DueBy, IReadOnlyList<string> DeviceIds);

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
}
