namespace IotHubDsr.Core.Records;

/// <summary>Who wrote a sender's name into a record. Where two places name different senders, the higher one is right.</summary>
internal enum SenderSource
{
    None,

    /// <summary>An application property that the hub's annotation may stand among: a sender can set one of the same name.</summary>
    Property,

    /// <summary>A field of the service's own, in an event or a log row: the path in an event's subject is one.</summary>
    Field,

    /// <summary>The hub's system properties.</summary>
    System,
}
