using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Operations;

/// <summary>What reading would take, by listings alone.</summary>
public sealed class EstimateTests
{
    [Fact]
    public async Task Estimate_ListsAndReadsNothing_AndTellsWhatReadingTakes()
    {
        await using RequestSandbox sandbox = await ScopedWorld.StartAsync();
        BlobContainer container = ScopedWorld.ContainerOf(sandbox, WorldNames.PlainAccount, ScopedWorld.Container);
        foreach (string tier in (string[])["Hot", "Cool", "Archive"])
        {
            container.Put(
                $"contoso-hub/00/2026/01/05/08/{tier}",
                RoutedFile.Write(ScopedWorld.Messages("dev1", "1"), RoutedEncoding.Json),
                new BlobSeed { LastModified = TimeProvider.System.GetUtcNow().AddDays(-40), Tier = tier }
            );
        }

        sandbox.Server.RequestLog.Clear();
        ReadingEstimate estimate = await sandbox.EstimateAsync(static options => options with { Workers = 4, ForErasure = true }, "dev1");

        Assert.DoesNotContain(sandbox.Server.RequestLog.After(0), static request =>
            request is { Service: "blob", Method: "GET" }
            && !request.Target.Contains("comp=list", StringComparison.Ordinal)
            && !request.Target.Contains("restype=", StringComparison.Ordinal)
        );
        Assert.Equal((await sandbox.LocationsAsync()).Count, estimate.Locations.Count);
        LocationEstimate place = Assert.Single(estimate.Locations, static one =>
            one.Place.EndsWith(ScopedWorld.Container, StringComparison.Ordinal)
        );
        Assert.Equal((true, 3), (place.IsEstimated, place.Blobs));
        Assert.Equal(["Archive", "Cool", "Hot"], place.Tiers.Select(static tier => tier.Tier));
        Assert.Equal([true, true, false], place.Tiers.Select(static tier => tier.RetrievalGigabytes > 0));
        Assert.Contains("1 blob must be rehydrated", place.Detail, StringComparison.Ordinal);

        // After 40 days of 180, 30 and none.
        Assert.Equal([true, false, false], place.Tiers.Select(static tier => tier.EarlyDeletionGigabyteDays > 0));
        Assert.InRange(place.Tiers[0].EarlyDeletionGigabyteDays / place.Tiers[0].RetrievalGigabytes, 139, 141);
        Assert.Equal(TimeSpan.FromSeconds(estimate.Bytes / 400e6), estimate.Duration);
        Assert.All(estimate.Locations.Where(static one => !one.IsEstimated), static one => Assert.NotNull(one.Detail));
        Assert.Contains(estimate.Locations, static one => one is { Kind: LocationKinds.EventHub, IsEstimated: false });

        // What the index knows need not be read.
        await sandbox.UpdateIndexAsync();
        ReadingEstimate nobody = await sandbox.EstimateAsync(static options => options, "dev-nobody");
        ReadingEstimate all = await sandbox.EstimateAsync(static options => options with { NoIndex = true }, "dev-nobody");
        Assert.Equal(all.Blobs, nobody.Blobs + nobody.IndexedBlobs);
        Assert.True(nobody.IndexedBlobs > nobody.Blobs);
        Assert.Equal(0, all.IndexedBlobs);
        Assert.Equal(0, all.EarlyDeletionGigabyteDays);
    }
}
