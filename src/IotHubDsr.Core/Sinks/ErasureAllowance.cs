namespace IotHubDsr.Core.Sinks;

/// <summary>
/// How many records an erasure may take beyond those that were found: what the same blobs were given while it ran. Blobs report to it at
/// once, and one that is tried again counts once.
/// </summary>
internal sealed class ErasureAllowance
{
    private readonly Dictionary<string, Balance> _balances;

    /// <param name="findings">What was found, and may be erased.</param>
    /// <param name="more">How many records more may go, by device ID; null for any number.</param>
    public ErasureAllowance(IEnumerable<DeviceDataFinding> findings, Func<string, long?> more) =>
        _balances = findings.ToDictionary(
            finding => finding.DeviceId,
            finding => new Balance(finding, more(finding.DeviceId)),
            StringComparer.Ordinal
        );

    /// <summary>True if these records of the device may go with a blob; a device that was not found has no bound here.</summary>
    /// <param name="path">Path of the blob.</param>
    /// <param name="deviceId">The device.</param>
    /// <param name="records">How many of its records the blob would lose.</param>
    /// <param name="beyond">How many of them nobody accepted.</param>
    public bool TryTake(string path, string deviceId, long records, out long beyond)
    {
        beyond = 0;
        return !_balances.TryGetValue(deviceId, out Balance? balance) || balance.TryTake(path, records, out beyond);
    }

    private sealed class Balance(DeviceDataFinding finding, long? more)
    {
        private readonly Dictionary<string, long> _shown = finding.Items.ToDictionary(
            item => item.Path,
            item => item.Records,
            StringComparer.Ordinal
        );
        private readonly Dictionary<string, long> _taken = new(StringComparer.Ordinal);

        public bool TryTake(string path, long records, out long beyond)
        {
            beyond = Math.Max(0, records - _shown.GetValueOrDefault(path));
            if (beyond == 0)
                return true;
            lock (_taken)
            {
                _taken[path] = beyond;
                if (!(_taken.Values.Sum() > more))
                    return true;
                _taken.Remove(path);
                return false;
            }
        }
    }
}
