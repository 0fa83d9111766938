using System.Collections.Concurrent;
using IotHubDsr.Sandbox.Messaging.Amqp;

namespace IotHubDsr.Sandbox.Messaging;

[Flags]
internal enum MessagingRight
{
    None = 0,
    Listen = 1,
    Send = 2,
    Manage = 4,
}

/// <summary>An authorization rule of a namespace or, with an <see cref="Entity"/>, of one of its entities.</summary>
internal sealed record MessagingRule(string Name, MessagingRight Rights, string PrimaryKey, string SecondaryKey)
{
    public const string Root = "RootManageSharedAccessKey";

    public string Entity { get; init; } = "";
}

/// <summary>A namespace: a host name, rules, and entities that links attach to.</summary>
internal abstract class MessagingNamespace(string name, string resourceId)
{
    public const string Suffix = ".servicebus.windows.net";

    private readonly ConcurrentDictionary<(string Entity, string Name), MessagingRule> _rules = new();

    public string Name => name;

    public string HostName { get; } = name + Suffix;

    /// <summary>Its ID in Resource Manager; empty when it is not the customer's own.</summary>
    public string ResourceId => resourceId;

    public string Sku { get; init; } = "Standard";

    /// <summary>The built-in endpoint of a hub takes signatures alone.</summary>
    public bool TakesTokens { get; init; } = true;

    /// <summary>How the request log calls the service.</summary>
    public abstract string Service { get; }

    public abstract string Provider { get; }

    /// <summary>The audiences of tokens that it takes.</summary>
    public abstract IReadOnlyList<string> Audiences { get; }

    public IEnumerable<MessagingRule> Rules => _rules.Values.OrderBy(rule => rule.Name, StringComparer.Ordinal);

    public void Add(MessagingRule rule) => _rules[(rule.Entity.ToLowerInvariant(), rule.Name.ToLowerInvariant())] = rule;

    /// <summary>The rules whose rights can reach the path.</summary>
    public IEnumerable<MessagingRule> RulesFor(string path) => _rules.Values.Where(rule => NodeAddress.IsWithin(path, rule.Entity));

    /// <summary>The resource that roles are assigned at.</summary>
    public abstract string ResourceOf(string entity);

    public abstract Task AttachAsync(BrokerLink link);
}
