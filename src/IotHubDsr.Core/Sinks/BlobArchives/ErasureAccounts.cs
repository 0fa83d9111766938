using System.Collections.Frozen;
using System.Globalization;
using IotHubDsr.Core.Findings;

namespace IotHubDsr.Core.Sinks.BlobArchives;

/// <summary>Keeps account of what an erasure did to each subject; blobs report to it at once.</summary>
internal sealed class ErasureAccounts
{
    private readonly List<Account> _accounts;
    private readonly Dictionary<string, Account> _byDevice;
    private readonly ItemIndex _items;
    private readonly object _gate = new();

    /// <param name="findings">What was found.</param>
    /// <param name="items">Its items.</param>
    public ErasureAccounts(IReadOnlyList<DeviceDataFinding> findings, ItemIndex items)
    {
        _items = items;
        _accounts = findings.Select(finding => new Account(finding.DeviceId)).ToList();
        _byDevice = _accounts.ToDictionary(account => account.DeviceId, StringComparer.Ordinal);
    }

    public void Removed(IEnumerable<ErasableShare> removed)
    {
        lock (_gate)
        {
            foreach (ErasableShare share in removed)
            {
                Account account = _byDevice[share.DeviceId];
                account.Records += share.Records;
                account.Items += share.Records > 0 ? 1 : 0;
            }
        }
    }

    /// <summary>An item was left alone: it may still be written to.</summary>
    public void Young(string path, DateTimeOffset until)
    {
        lock (_gate)
        {
            foreach (Account account in Concerned(path))
            {
                account.Left.Add(path);
                account.Until = account.Until > until ? account.Until : until;
            }
        }
    }

    /// <summary>An item was left alone: it is a copy, which changes when its source does.</summary>
    public void Copied(string path, string source, DateTimeOffset until)
    {
        lock (_gate)
        {
            foreach (Account account in Concerned(path))
            {
                account.Left.Add(path);
                account.Until = account.Until > until ? account.Until : until;
                account.Source = source;
            }
        }
    }

    public void Failed(string path, Fault fault)
    {
        lock (_gate)
        {
            foreach (Account account in Concerned(path))
                account.Fail(path, fault);
        }
    }

    public void AllFailed(Fault fault)
    {
        lock (_gate)
        {
            foreach (Account account in _accounts)
                account.Fault ??= fault;
        }
    }

    public IReadOnlyList<ErasureOutcome> ToOutcomes() => _accounts.Select(account => account.ToOutcome()).ToList();

    private IEnumerable<Account> Concerned(string path) => _items.Of(path).Select(one => _accounts[one.Finding]);

    private sealed class Account(string deviceId)
    {
        private bool _isHeld;

        public string DeviceId => deviceId;

        public long Records { get; set; }

        public int Items { get; set; }

        public DateTimeOffset? Until { get; set; }

        /// <summary>The container whose copy this is, if it is one that nobody else can write to.</summary>
        public string? Source { get; set; }

        public HashSet<string> Left { get; } = new(StringComparer.Ordinal);

        public Fault? Fault { get; set; }

        private bool IsBroken => Fault?.Id == FaultCatalogue.RewriteMismatch.Id;

        public void Fail(string path, Fault fault)
        {
            if (fault.Id == FaultCatalogue.BlobHeld.Id)
            {
                _isHeld = true;
                Left.Add(path);
            }

            // A blob that is not what it must be outweighs any that was merely not changed.
            if (Fault is null || (fault.Id == FaultCatalogue.RewriteMismatch.Id && !IsBroken))
                Fault = fault;
        }

        public ErasureOutcome ToOutcome() =>
            new(deviceId, Records, Items)
            {
                Fault = Fault,
                Verdict =
                    IsBroken ? Verdict.Unknown
                    : _isHeld ? Verdict.Held
                    : Until is null ? null
                    : Verdict.ErasurePending,
                Until = IsBroken || _isHeld ? null : Until,
                Left = Left.ToFrozenSet(StringComparer.Ordinal),
                Detail = Fault?.Message
                    ?? (
                        Until is null ? null
                        : Source is { } source
                            ? string.Create(
                                CultureInfo.InvariantCulture,
                                $"Object replication alone writes here: what is erased from {source} goes here as well while its rule stands; "
                                    + $"run Resume-IotDataRequest after {Until:u}. Without the rule the copies stay, and a location file "
                                    + $"names the container."
                            )
                        : string.Create(
                            CultureInfo.InvariantCulture,
                            $"The youngest blobs may still be written to; run the command again after {Until:u}."
                        )
                    ),
            };
    }
}
