namespace IotHubDsr;

/// <summary>An erasure that a service has accepted, and carries out later.</summary>
/// <param name="Id">The service's ID of the operation, to ask its support about.</param>
/// <param name="AcceptedAt">When the service accepted it.</param>
/// <param name="DueBy">By when the service promises to have carried it out; null when it promises no time.</param>
/// <param name="IsDone">Whether the service says that it has carried it out.</param>
public sealed record ServiceOperation(string Id, DateTimeOffset AcceptedAt, DateTimeOffset? DueBy, bool IsDone)
{
    /// <summary>The operation and its state.</summary>
    public override string ToString() =>
        VisibleText.OfLine(IsDone ? $"{Id}: done" : $"{Id}: pending{(DueBy is { } due ? $" until {due:u}" : "")}");
}
