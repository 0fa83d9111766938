using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Sinks.BlobIndexes;

namespace IotHubDsr.Core.Sinks.BlobArchives;

/// <summary>What reading a container for some devices takes, by one listing of it.</summary>
internal sealed class ContainerSurvey(BlobContainerAccess container, ArchiveLayout layout, SinkCall call, IndexSession? index)
{
    private const int BlobsOfPage = 5_000;

    private readonly Dictionary<string, TierSurvey> _tiers = new(StringComparer.OrdinalIgnoreCase);

    public async Task<PlaceSurvey> RunAsync(CancellationToken cancellationToken)
    {
        var facts = new ContainerFacts();
        await facts.ReadAsync(container, call.Location, layout.MayBeMissing, cancellationToken);
        if (facts.Former.IsMissing)
            return new PlaceSurvey();
        BlobQuantity all = default;
        BlobQuantity spared = default;
        long listed = 0;
        await foreach (ListedBlob blob in new NarrowedListing(container, layout, call.Options.Erasure.Scope).ListAsync(cancellationToken))
        {
            listed++;
            if (!facts.IsReadable(blob))
                continue;
            all = all.With(blob.Length);
            if (index?.Excludes(blob) == true)
                spared = spared.With(blob.Length);
            else
                Add(blob);
        }

        return new PlaceSurvey
        {
            All = all,
            Spared = spared,
            Tiers = [.. _tiers.Values.OrderBy(static tier => tier.Tier, StringComparer.Ordinal)],
            Listings = 1 + (listed / BlobsOfPage),
            IndexSize = index?.Size ?? 0,
            Since = index?.Since,
        };
    }

    private void Add(ListedBlob blob)
    {
        string name = blob.Tier ?? StorageTiers.Hot;
        TierSurvey tier = _tiers.TryGetValue(name, out TierSurvey? some) ? some : new TierSurvey(name, default, 0, 0);
        _tiers[name] = tier with
        {
            Quantity = tier.Quantity.With(blob.Length),
            Requests = tier.Requests + RangedDownload.RequestsFor(blob.Length),
            EarlyByteDays = tier.EarlyByteDays + (blob.Length * StorageTiers.DaysLeft(name, blob.TierSince, container.Now)),
        };
    }
}
