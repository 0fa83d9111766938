using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Sinks.BlobIndexes;
using IotHubDsr.Core.Work;

namespace IotHubDsr.Core.Operations;

/// <summary>Tells what reading the locations for some devices would take, by listings alone: no blob is read.</summary>
internal sealed class Estimating(HubConnection connection, EstimateOptions options, OperationEvents events)
{
    private const double Gigabyte = 1e9;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var deviceIds = new List<string>();
        await foreach (string deviceId in await new Subjects(connection, options, events).OpenAsync(options.Scope, cancellationToken))
            deviceIds.Add(deviceId);
        if (deviceIds.Count == 0)
            return;
        HubLocations locations = await connection.ReadLocationsAsync(cancellationToken);
        await events.ReportAsync(locations.Faults, cancellationToken);
        var reading = new LocationReading(
            locations,
            new SinkOptions(options.ThrottleLimit)
            {
                Erasure = new ErasureOptions { Scope = options.Scope },
                Index = options.NoIndex ? IndexUse.None : IndexUse.Use,
            },
            events
        );
        var estimates = new LocationEstimate[locations.All.Count];
        await PlacesInTurn.ForEachAsync(
            Enumerable.Range(0, estimates.Length),
            index => locations.All[index],
            async (index, token) => estimates[index] = await EstimateAsync(locations.All[index], reading, deviceIds, token),
            cancellationToken
        );
        await events.OutputAsync(
            new ReadingEstimate
            {
                HubHostName = connection.Context.HubHostName,
                Devices = deviceIds.Count,
                Workers = options.Workers,
                MegabytesPerSecond = options.MegabytesPerSecond,
                Locations = estimates,
            },
            cancellationToken
        );
    }

    /// <summary>A location that cannot be listed is one of which nothing is known, and a fault.</summary>
    private async Task<LocationEstimate> EstimateAsync(
        DataLocation location,
        LocationReading reading,
        List<string> deviceIds,
        CancellationToken cancellationToken
    )
    {
        if (reading.SurveyorOf(location) is not { } surveyor)
            return new LocationEstimate { Location = location, Detail = "No listing tells how much there is to read." };
        try
        {
            PlaceSurvey survey = await surveyor.SurveyAsync(reading.CallFor(location), deviceIds, cancellationToken);
            TierEstimate[] tiers = [.. survey.Tiers.Select(ToEstimate)];
            TierEstimate? archived = Array.Find(tiers, static tier => tier.Tier == StorageTiers.Archive);
            return new LocationEstimate
            {
                Location = location,
                IsEstimated = true,
                Blobs = tiers.Sum(static tier => tier.Blobs),
                Bytes = tiers.Sum(static tier => tier.Bytes),
                IndexedBlobs = survey.Spared.Blobs,
                IndexedBytes = survey.Spared.Bytes,
                ListRequests = survey.Listings,
                Tiers = tiers,
                Detail = archived is null ? null : $"{Counted.Of(archived.Blobs, "blob")} must be rehydrated before reading.",
            };
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Fault fault = LocationReading.FaultOf(exception, location);
            await events.EmitAsync(new FaultEvent(fault), cancellationToken);
            return new LocationEstimate { Location = location, Detail = fault.Message };
        }
    }

    private TierEstimate ToEstimate(TierSurvey tier) =>
        new()
        {
            Tier = tier.Tier,
            Blobs = tier.Quantity.Blobs,
            Bytes = tier.Quantity.Bytes,
            Operations = tier.Requests,
            RetrievalGigabytes = StorageTiers.ChargesRetrieval(tier.Tier) ? tier.Quantity.Bytes / Gigabyte : 0,
            EarlyDeletionGigabyteDays = options.ForErasure ? tier.EarlyByteDays / Gigabyte : 0,
        };
}
