using IotHubDsr.Core.Evidence.Requests;

namespace IotHubDsr.Core.Operations;

/// <summary>
/// The sentences of the last run's receipts. They can name devices, so the journal does not have them; as long as a verdict stays, what
/// explained it does.
/// </summary>
internal sealed class EarlierReceipts
{
    private readonly Dictionary<(string DeviceId, string LocationId), (Verdict Verdict, string Detail)> _details = [];

    private EarlierReceipts() { }

    public static async Task<EarlierReceipts> ReadAsync(OpenRequest open, CancellationToken cancellationToken)
    {
        var earlier = new EarlierReceipts();
        foreach (ErasureReceipt receipt in await OutcomeFile.ReadLastAsync(open.Folder, open.State, cancellationToken) ?? [])
        {
            if (receipt.Detail is { } detail)
                earlier._details[(receipt.DeviceId, receipt.Location.Id)] = (receipt.Verdict, detail);
        }

        return earlier;
    }

    /// <summary>What explained the verdict before; null when there was nothing, or another verdict.</summary>
    public string? DetailOf(string deviceId, string locationId, Verdict verdict) =>
        _details.TryGetValue((deviceId, locationId), out (Verdict Verdict, string Detail) known) && known.Verdict == verdict
            ? known.Detail
            : null;
}
