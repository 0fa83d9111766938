using System.Collections.Concurrent;
using IotHubDsr.Sandbox.Messaging.EventHubs;
using IotHubDsr.Sandbox.Messaging.ServiceBus;

namespace IotHubDsr.Sandbox.Messaging;

/// <summary>
/// The namespaces of the world. Their entities exist while their host name does, also where Resource Manager does not show them.
/// </summary>
internal sealed class MessagingWorld(SandboxClock clock)
{
    private readonly ConcurrentDictionary<string, MessagingNamespace> _namespaces = new(StringComparer.OrdinalIgnoreCase);

    public SandboxClock Clock => clock;

    public DateTimeOffset CreatedAt { get; } = clock.GetUtcNow();

    public IEnumerable<MessagingNamespace> Namespaces => _namespaces.Values.OrderBy(one => one.Name, StringComparer.Ordinal);

    public T Add<T>(T added)
        where T : MessagingNamespace
    {
        _namespaces[added.HostName] = added;
        return added;
    }

    public MessagingNamespace? Find(string host) => _namespaces.GetValueOrDefault(host);

    public EventHubsNamespace EventHubs(string name) => Named<EventHubsNamespace>(name);

    public ServiceBusNamespace ServiceBus(string name) => Named<ServiceBusNamespace>(name);

    private T Named<T>(string name)
        where T : MessagingNamespace =>
        _namespaces.GetValueOrDefault(name + MessagingNamespace.Suffix) as T
        ?? throw new ArgumentException($"There is no {typeof(T).Name} '{name}'.");
}
