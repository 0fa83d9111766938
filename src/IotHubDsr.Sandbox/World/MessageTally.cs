namespace IotHubDsr.Sandbox.World;

/// <summary>Counts what an event hub or queue holds of each device, as it is put there.</summary>
internal sealed class MessageTally
{
    private static readonly DeviceMessages None = new(0, 0, 0, 0);

    private readonly SortedDictionary<string, DeviceMessages> _devices = new(StringComparer.Ordinal);
    private int _messages;

    public MessagingTruth Truth(string space, string entity, string content) => new(space, entity, content, _messages, _devices);

    public void Count(RoutedMessage message, bool isDeferred = false, bool isScheduled = false)
    {
        _messages++;
        Add(message.DeviceId, new DeviceMessages(1, 0, isDeferred ? 1 : 0, isScheduled ? 1 : 0));
        foreach (string device in message.AttributedDevices)
            Add(device, new DeviceMessages(0, 1, 0, 0));
    }

    /// <summary>A message with records of several devices.</summary>
    public void Count(IReadOnlyCollection<string> devices)
    {
        _messages++;
        foreach (string device in devices)
            Add(device, new DeviceMessages(1, 0, 0, 0));
    }

    private void Add(string device, DeviceMessages more)
    {
        DeviceMessages known = _devices.GetValueOrDefault(device, None);
        _devices[device] = new DeviceMessages(
            known.Direct + more.Direct,
            known.Attributed + more.Attributed,
            known.Deferred + more.Deferred,
            known.Scheduled + more.Scheduled
        );
    }
}
