namespace IotHubDsr.Sandbox.World;

/// <summary>Counts the records of each device as they are made.</summary>
internal sealed class RecordTally
{
    private readonly SortedDictionary<string, DeviceRecords> _records = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, DeviceRecords> Records => _records;

    public void CountCurrent(IEnumerable<RoutedMessage> messages)
    {
        foreach (RoutedMessage message in messages)
        {
            Change(message.DeviceId, records => records with { Direct = records.Direct + 1 });
            foreach (string device in message.AttributedDevices)
                Change(device, records => records with { Attributed = records.Attributed + 1 });
        }
    }

    public void CountRetained(IEnumerable<RoutedMessage> messages)
    {
        foreach (string? device in messages.SelectMany(message => message.AttributedDevices.Prepend(message.DeviceId)))
            Change(device, records => records with { Retained = records.Retained + 1 });
    }

    private void Change(string deviceId, Func<DeviceRecords, DeviceRecords> change) =>
        _records[deviceId] = change(_records.GetValueOrDefault(deviceId, new DeviceRecords(0, 0, 0)));
}
