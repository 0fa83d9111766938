namespace IotHubDsr.Core.Azure.Messaging;

/// <summary>An event hub, and as whom it is read.</summary>
/// <param name="Host">Host name of the namespace.</param>
/// <param name="Name">Name of the event hub in it.</param>
/// <param name="Target">The place in words, for messages.</param>
internal sealed record EventHubPlace(string Host, string Name, string Target)
{
    public const string DefaultGroup = "$Default";

    /// <summary>The consumer group that is read in.</summary>
    public string Group { get; init; } = DefaultGroup;

    /// <summary>The key of a policy; null where the account's own token is used.</summary>
    public MessagingKey? Key { get; init; }

    /// <summary>Whether events leave from among others, so that the last one that was stored need not be there.</summary>
    public bool IsCompacted { get; init; }

    /// <summary>Where a role has to be assigned that allows reading.</summary>
    public string Scope { get; init; } = "the event hub";
}

/// <summary>The key of a shared access policy. Not a record: its text would show the key.</summary>
internal sealed class MessagingKey(string policy, string key)
{
    public string Policy => policy;

    public string Key => key;

    public override string ToString() => policy;
}
