using IotHubDsr.Core.Findings;

namespace IotHubDsr.Core.Sinks;

/// <summary>
/// How many records an erasure may take beyond those that were found: what the same blobs were given while it ran. Blobs report to it at
/// once, and one that is tried again counts once.
/// </summary>
internal sealed class ErasureAllowance
{
    private readonly Dictionary<string, Balance> _balances = new(StringComparer.Ordinal);
    private readonly ItemIndex _shown;

    /// <param name="findings">What was found, and may be erased.</param>
    /// <param name="more">How many records more may go, by device ID; null for any number.</param>
    public ErasureAllowance(IReadOnlyList<DeviceDataFinding> findings, Func<string, long?> more)
    {
        _shown = new ItemIndex(findings);
        for (int index = 0; index < findings.Count; index++)
            _balances.Add(findings[index].DeviceId, new Balance(index, more(findings[index].DeviceId)));
    }

    /// <summary>True if these records of the device may go with a blob; a device that was not found has no bound here.</summary>
    /// <param name="path">Path of the blob.</param>
    /// <param name="deviceId">The device.</param>
    /// <param name="records">How many of its records the blob would lose.</param>
    /// <param name="beyond">How many of them nobody accepted.</param>
    public bool TryTake(string path, string deviceId, long records, out long beyond)
    {
        beyond = 0;
        if (!_balances.TryGetValue(deviceId, out Balance? balance))
            return true;
        beyond = Math.Max(0, records - _shown.RecordsOf(path, balance.Finding));
        return beyond == 0 || balance.TryTake(path, beyond);
    }

    private sealed class Balance(int finding, long? more)
    {
        private readonly Dictionary<string, long> _taken = new(StringComparer.Ordinal);

        public int Finding => finding;

        public bool TryTake(string path, long beyond)
        {
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
