using IotHubDsr.Sandbox.Logs;
using IotHubDsr.Sandbox.Logs.Tables;

namespace IotHubDsr.Sandbox.World;

/// <summary>Counts the rows of a table as they are made.</summary>
internal sealed class TableTally
{
    private readonly SortedDictionary<string, DeviceRows> _devices = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _otherHub = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _registrations = new(StringComparer.Ordinal);

    public void Named(string deviceId) => Change(deviceId, rows => rows with { Named = rows.Named + 1 });

    public void Mentioned(string deviceId) => Change(deviceId, rows => rows with { Mentioned = rows.Mentioned + 1 });

    public void Traced(string deviceId) => Change(deviceId, rows => rows with { Traced = rows.Traced + 1 });

    public void NamedInAdditionalFields(string deviceId) =>
        Change(deviceId, rows => rows with { Named = rows.Named + 1, InAdditionalFields = rows.InAdditionalFields + 1 });

    public void OfOtherHub(string deviceId) => _otherHub[deviceId] = _otherHub.GetValueOrDefault(deviceId) + 1;

    public void OfRegistration(string registrationId) =>
        _registrations[registrationId] = _registrations.GetValueOrDefault(registrationId) + 1;

    public TableTruth Truth(LogWorkspace workspace, LogTable table) =>
        new(workspace.Name, table.Name, table.Plan.ToString(), table.Rows.Count(), _devices, _otherHub, _registrations);

    private void Change(string deviceId, Func<DeviceRows, DeviceRows> change) =>
        _devices[deviceId] = change(_devices.GetValueOrDefault(deviceId, new DeviceRows(0, 0, 0, 0)));
}
