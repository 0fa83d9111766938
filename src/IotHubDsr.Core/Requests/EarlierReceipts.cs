using System.Text.Json;
using IotHubDsr.Evidence;

namespace IotHubDsr.Requests;

/// <summary>
/// The sentences of the last run's receipts. They can name devices, so the journal does not have them; as long as a verdict stays, what explained
/// it does.
/// </summary>
internal sealed class EarlierReceipts
{
    private readonly Dictionary<(string DeviceId, string LocationId), (Verdict Verdict, string Detail)> _details = [];

    private EarlierReceipts()
    {
    }

    public static async Task<EarlierReceipts> ReadAsync(OpenRequest open, CancellationToken cancellationToken)
    {
        var earlier = new EarlierReceipts();
        string name = EvidenceFiles.Outcome(open.State.Certificates.Count);
        byte[]? outcome = open.State.Certificates.Count == 0 ? null : await open.Folder.ReadAsync(name, cancellationToken).ConfigureAwait(false);
        foreach (Receipt receipt in outcome is null ? [] : JsonSerializer.Deserialize<List<Receipt>>(outcome) ?? [])
        {
            if (receipt.Detail is { } detail)
                earlier._details[(receipt.DeviceId, receipt.Location.Id)] = (receipt.Verdict, detail);
        }

        return earlier;
    }

    /// <summary>What explained the verdict before; null when there was nothing, or another verdict.</summary>
    public string? DetailOf(string deviceId, string locationId, Verdict verdict) =>
        _details.TryGetValue((deviceId, locationId), out (Verdict Verdict, string Detail) known) && known.Verdict == verdict ? known.Detail : null;

    /// <summary>What is needed of an <see cref="ErasureReceipt"/>, which repeats its location.</summary>
    private sealed record Receipt(string DeviceId, Place Location, Verdict Verdict, string? Detail);

    private sealed record Place(string Id);
}
