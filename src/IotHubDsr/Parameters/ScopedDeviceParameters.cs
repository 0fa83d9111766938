namespace IotHubDsr.Parameters;

/// <summary>Some or all records of devices, and who works on them: the session or a job.</summary>
internal sealed class ScopedDeviceParameters
{
    [Composed(Sets = [ParameterSets.ByDeviceId, ParameterSets.ByQuery])]
    public ScopeParameters Scope { get; } = new();

    [Composed]
    public JobParameters Job { get; } = new();

    [Composed]
    public DeviceParameters Devices { get; } = new();
}
