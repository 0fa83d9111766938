namespace IotHubDsr.Core.Records;

/// <summary>How a record concerns a subject.</summary>
internal enum MatchKind
{
    /// <summary>The subject sent it, and it is not attributed to another device.</summary>
    Own,

    /// <summary>Another device, a gateway, sent it, and an application property names the subject.</summary>
    Attributed,

    /// <summary>The subject sent it, and an application property names another device, a bystander whose data went through it.</summary>
    Relayed,

    /// <summary>
    /// No more than a text in the message's body, which is looked into only by request, or in an operator's query is the subject's ID. It
    /// is the subject's only by request.
    /// </summary>
    Mentioned,
}
