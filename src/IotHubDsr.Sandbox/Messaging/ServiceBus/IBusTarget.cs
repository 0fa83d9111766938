namespace IotHubDsr.Sandbox.Messaging.ServiceBus;

/// <summary>What messages are sent or forwarded to: a queue or a topic.</summary>
internal interface IBusTarget
{
    string Path { get; }

    /// <summary>Takes a message; one that is to be enqueued later gets a sequence number by which it can be cancelled.</summary>
    long Take(BusMessage message);

    /// <summary>Removes messages that wait for their time: all of them, or none when one is not there.</summary>
    bool Cancel(IReadOnlyList<long> sequences);
}
