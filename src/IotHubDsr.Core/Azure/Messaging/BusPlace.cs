namespace IotHubDsr.Core.Azure.Messaging;

/// <summary>A namespace of Service Bus, as it is reached with the account's own token.</summary>
/// <param name="Host">Host name of the namespace.</param>
/// <param name="Target">The place in words, for messages.</param>
internal sealed record BusPlace(string Host, string Target)
{
    /// <summary>Where a role has to be assigned that allows reading.</summary>
    public string Scope { get; init; } = "the Service Bus namespace";
}

/// <summary>The queues that an entity consists of.</summary>
internal enum BusSubQueue
{
    /// <summary>The entity's own.</summary>
    None,

    /// <summary>What could not be processed.</summary>
    DeadLetter,

    /// <summary>What could not be forwarded.</summary>
    TransferDeadLetter,
}

/// <summary>One queue of an entity.</summary>
/// <param name="Entity">Path of the entity: <c>queue</c>, <c>topic/Subscriptions/subscription</c>.</param>
/// <param name="SubQueue">Which of its queues.</param>
internal sealed record BusNode(string Entity, BusSubQueue SubQueue = BusSubQueue.None)
{
    /// <summary>The path as the service has it.</summary>
    public override string ToString() =>
        SubQueue switch
        {
            BusSubQueue.DeadLetter => $"{Entity}/$deadletterqueue",
            BusSubQueue.TransferDeadLetter => $"{Entity}/$Transfer/$deadletterqueue",
            _ => Entity,
        };
}
