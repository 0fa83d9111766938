namespace IotHubDsr.Sandbox.World;

/// <summary>Counts what logs and dead letters hold of the devices of this hub, and of those of another.</summary>
internal sealed class TraceTally
{
    private readonly SortedDictionary<string, DeviceTraces> _traces = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _otherHub = new(StringComparer.Ordinal);

    public TraceTruth Truth(string container, int blobs) => new(WorldNames.UploadAccount, container, blobs, _traces, _otherHub);

    public void CountNamed(string deviceId, bool isGrowing = false)
    {
        DeviceTraces traces = _traces.GetValueOrDefault(deviceId, new DeviceTraces(0, 0, 0));
        _traces[deviceId] = traces with { Named = traces.Named + 1, Growing = traces.Growing + (isGrowing ? 1 : 0) };
    }

    public void CountMentioned(string deviceId)
    {
        DeviceTraces traces = _traces.GetValueOrDefault(deviceId, new DeviceTraces(0, 0, 0));
        _traces[deviceId] = traces with { Mentioned = traces.Mentioned + 1 };
    }

    public void CountOfOtherHub(string deviceId) => _otherHub[deviceId] = _otherHub.GetValueOrDefault(deviceId) + 1;
}
