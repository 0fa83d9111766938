namespace IotHubDsr.Core.Sinks.CosmosContainers;

/// <summary>Keeps account of what was deleted of each device, and of what was left; documents report to it at once.</summary>
internal sealed class DeletionAccounts
{
    private readonly Dictionary<string, Account> _accounts = new(StringComparer.Ordinal);
    private readonly List<Account> _ordered = [];
    private readonly object _gate = new();

    public DeletionAccounts(IEnumerable<DeviceDataFinding> findings)
    {
        foreach (DeviceDataFinding finding in findings)
        {
            var account = new Account(finding.DeviceId);
            _ordered.Add(account);
            _accounts[finding.DeviceId] = account;
        }
    }

    /// <summary>A document is gone, and with it one record of each of these devices.</summary>
    public void Deleted(IEnumerable<string> deviceIds)
    {
        lock (_gate)
        {
            foreach (string deviceId in deviceIds)
                _accounts[deviceId].Deleted++;
        }
    }

    /// <summary>A document is still there, against what was intended.</summary>
    public void Left(IEnumerable<string> deviceIds, Fault fault)
    {
        lock (_gate)
        {
            foreach (string deviceId in deviceIds)
            {
                Account account = _accounts[deviceId];
                account.Left++;
                account.Fault ??= fault;
            }
        }
    }

    public IReadOnlyList<ErasureOutcome> ToOutcomes(DataLocation location) => [.. _ordered.Select(account => account.ToOutcome(location))];

    private sealed class Account(string deviceId)
    {
        public int Deleted { get; set; }

        public int Left { get; set; }

        public Fault? Fault { get; set; }

        public ErasureOutcome ToOutcome(DataLocation location) =>
            new(deviceId, Deleted, Deleted)
            {
                Fault = Fault is null
                    ? null
                    : FaultCatalogue.DocumentsLeft.For(location.ToString(), Counted.Of(Left, "document"), Fault.Message),
            };
    }
}
