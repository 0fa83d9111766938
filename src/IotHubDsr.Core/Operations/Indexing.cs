using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Sinks.BlobIndexes;

namespace IotHubDsr.Core.Operations;

/// <summary>Makes, shows and removes the index of devices of a connection's request store.</summary>
internal sealed class Indexing(HubConnection connection, IndexOptions options, OperationEvents events)
{
    /// <summary>
    /// Makes the index where there is none, reads every blob that it does not know, and forgets contents that are gone. What it then knows of
    /// each location is given as soon as that one is done.
    /// </summary>
    public async Task UpdateAsync(CancellationToken cancellationToken)
    {
        IndexStore store = connection.Index ?? throw NoStore();
        var question = new ConfirmationEvent($"{store.Place}, for {connection.Context.HubHostName}", "Update the device index");
        if (!await events.AskAsync(question, cancellationToken))
            return;
        await Stored(store, isWriting: true, () => store.MakeKeyAsync(cancellationToken));
        HubLocations locations = await ReadLocationsAsync(cancellationToken);
        LocationReading reading = ReadingOf(locations, IndexUse.Renew);
        foreach (DataLocation location in Indexed(locations))
        {
            await reading.FindAsync(location, [], cancellationToken);
            await ShowAsync(store, location, reading, cancellationToken);
        }
    }

    /// <summary>Lists each location, and gives what the index knows of it; nothing where there is no index.</summary>
    public async Task ListAsync(CancellationToken cancellationToken)
    {
        IndexStore store = connection.Index ?? throw NoStore();
        if (await Stored(store, isWriting: false, () => store.ReadKeyAsync(cancellationToken)) is null)
        {
            await events.EmitAsync(
                new NoticeEvent(NoticeLevel.Verbose, $"There is no device index in {store.Place}; Update-IotDeviceIndex makes one."),
                cancellationToken
            );
            return;
        }

        HubLocations locations = await ReadLocationsAsync(cancellationToken);
        LocationReading reading = ReadingOf(locations, IndexUse.Use);
        foreach (DataLocation location in Indexed(locations))
            await ShowAsync(store, location, reading, cancellationToken);
    }

    /// <summary>Destroys the key, after which entries tell nothing, and then the entries.</summary>
    public async Task RemoveAsync(CancellationToken cancellationToken)
    {
        IndexStore store = connection.Index ?? throw NoStore();
        var question = new ConfirmationEvent(store.Place, "Destroy the key and all entries of the device index");
        if (await events.AskAsync(question, cancellationToken))
            await Stored(store, isWriting: true, () => store.RemoveAsync(cancellationToken));
    }

    private static IEnumerable<DataLocation> Indexed(HubLocations locations) =>
        locations.All.Where(location => locations.SinkOf(location)?.Find is ISurveyor);

    private static async Task<T> Stored<T>(IndexStore store, bool isWriting, Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or DsrException))
        {
            throw Evidence.Stores.StoreFaults.Of(store.Place, exception, isWriting);
        }
    }

    private async Task<HubLocations> ReadLocationsAsync(CancellationToken cancellationToken)
    {
        HubLocations locations = await connection.ReadLocationsAsync(cancellationToken);
        await events.ReportAsync(locations.Faults, cancellationToken);
        return locations;
    }

    private DsrException NoStore() =>
        FaultCatalogue.NotConnected.Exception(
            connection.Context.RequestStore,
            ", and a request store in a blob container requires an Entra credential"
        );

    private LocationReading ReadingOf(HubLocations locations, IndexUse use) =>
        new(locations, new SinkOptions(options.ThrottleLimit) { Index = use }, events);

    private async Task ShowAsync(IndexStore store, DataLocation location, LocationReading reading, CancellationToken cancellationToken)
    {
        try
        {
            SinkCall call = reading.CallFor(location);
            PlaceSurvey survey = await reading.SurveyorOf(location)!.SurveyAsync(call, [], cancellationToken);
            await events.OutputAsync(
                new DeviceIndexCoverage
                {
                    Location = location,
                    RequestStore = store.Place,
                    Blobs = survey.All.Blobs,
                    Bytes = survey.All.Bytes,
                    IndexedBlobs = survey.Spared.Blobs,
                    IndexedBytes = survey.Spared.Bytes,
                    IndexSize = survey.IndexSize,
                    OldestReading = survey.Since,
                },
                cancellationToken
            );
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Fault fault = LocationReading.FaultOf(exception, location);
            await events.EmitAsync(new FaultEvent(fault), cancellationToken);
        }
    }
}
