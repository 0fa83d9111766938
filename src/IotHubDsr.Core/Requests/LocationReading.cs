using IotHubDsr.Azure;
using IotHubDsr.Engine;
using IotHubDsr.Stores;

namespace IotHubDsr.Requests;

/// <summary>Asks stores, and turns a location that could not be read into a finding for each device: one failing store never sinks the rest.</summary>
internal sealed class LocationReading(HubLocations locations, StoreOptions options, OperationEvents events)
{
    public StoreOptions Options => options;

    public StoreCall CallFor(DataLocation location) => new(location, options, events.EmitAsync);

    /// <param name="location">The location.</param>
    /// <param name="record">Puts on record what is about to be destroyed.</param>
    /// <param name="earlier">See <see cref="StoreCall.Earlier"/>.</param>
    public StoreCall CallFor(DataLocation location, Func<Announcement, CancellationToken, ValueTask> record, IReadOnlyDictionary<string, string> earlier) =>
        new(location, options, events.EmitAsync, record) { Earlier = earlier };

    public async Task<IReadOnlyList<DeviceDataFinding>> FindAsync(
        DataLocation location, IReadOnlyList<string> deviceIds, CancellationToken cancellationToken)
    {
        try
        {
            IDataStore store = locations.StoreOf(location)
                ?? throw FaultCatalogue.LocationMissing.Exception(location.ToString(), "no store serves it");
            return await store.FindAsync(CallFor(location), deviceIds, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Fault fault = FaultOf(exception, location);
            await events.EmitAsync(new FaultEvent(fault), cancellationToken).ConfigureAwait(false);
            return deviceIds.Select(deviceId => Unreachable(deviceId, location, fault)).ToList();
        }
        finally
        {
            await events.EmitAsync(new ProgressEvent(location.Id, location.ToString(), "Read", Completed: true), CancellationToken.None)
                .ConfigureAwait(false);
        }
    }

    public static Fault FaultOf(Exception exception, DataLocation location) =>
        AzureFaults.Translate(exception, location.ToString(), "read", "Reader").Fault;

    private static DeviceDataFinding Unreachable(string deviceId, DataLocation location, Fault fault) => new()
    {
        DeviceId = deviceId,
        Location = location,
        Verdict = Verdict.Unreachable,
        Detail = fault.Message,
    };
}
