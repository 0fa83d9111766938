using System.Collections.Concurrent;
using IotHubDsr.Core.Distribution;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Sinks.BlobIndexes;

namespace IotHubDsr.Core.Operations;

/// <summary>
/// Finds what every location holds of the devices. What is asked per device is asked as the devices arrive; what is shared is read once
/// for all of them at the end.
/// </summary>
internal sealed class Footprint(HubConnection connection, SubjectOptions options, ErasureOptions erasure, OperationEvents events)
{
    private readonly ConcurrentDictionary<string, DeviceTally> _tallies = new(StringComparer.Ordinal);

    /// <summary>See <see cref="PlanOptions.NoIndex"/>.</summary>
    public bool NoIndex { get; init; }

    /// <summary>What carries the units of shared locations to workers; null where all is read in this process.</summary>
    public IUnitEngines? Engines { get; init; }

    /// <summary>Returns each finding as it is known, and finally the locations that were read.</summary>
    public async Task<HubLocations> RunAsync(
        Func<DeviceDataFinding, CancellationToken, ValueTask> onFinding,
        CancellationToken cancellationToken
    )
    {
        IAsyncEnumerable<string> devices = await new Subjects(connection, options, events).OpenAsync(erasure.Scope, cancellationToken);
        Func<DeviceDataFinding, CancellationToken, ValueTask> give = onFinding;
        onFinding = (finding, token) =>
            give(finding with { HubHostName = connection.Context.HubHostName, HubResourceId = connection.Context.ResourceId }, token);
        HubLocations locations = await connection.ReadLocationsAsync(cancellationToken);
        await events.ReportAsync(locations.Faults, cancellationToken);

        // What is relayed, and what is old, is found regardless of whether it is to be erased.
        var reading = new LocationReading(
            locations,
            new SinkOptions(options.ThrottleLimit)
            {
                Index = NoIndex ? IndexUse.None : IndexUse.Use,
                Erasure = new ErasureOptions
                {
                    Scope = erasure.Scope,
                    SettleMessages = erasure.SettleMessages,
                    Reprovisioning = erasure.Reprovisioning,
                    RewriteConfigurations = erasure.RewriteConfigurations,
                },
            },
            events
        );
        await ReadPerDeviceAsync(devices, locations, reading, onFinding, cancellationToken);
        if (_tallies.IsEmpty)
            return locations;

        List<string> deviceIds = [.. _tallies.Keys.Order(StringComparer.Ordinal)];
        await ReadSharedAsync(deviceIds, locations, reading, onFinding, cancellationToken);

        foreach (string deviceId in deviceIds.Where(deviceId => _tallies[deviceId].IsNowhere))
            await events.EmitAsync(new FaultEvent(FaultCatalogue.DeviceNotFound.For(deviceId)), cancellationToken);
        await OtherGenerations.WarnAsync(
            events,
            _tallies.Select(device => (device.Key, device.Value.OtherGenerationRecords)),
            cancellationToken
        );
        return locations;
    }

    private async Task ReadSharedAsync(
        List<string> deviceIds,
        HubLocations locations,
        LocationReading reading,
        Func<DeviceDataFinding, CancellationToken, ValueTask> onFinding,
        CancellationToken cancellationToken
    )
    {
        if (Engines is null)
        {
            await FindAsync(cancellationToken);
            return;
        }

        byte[] what = DistributedReading.Describe(connection, deviceIds, erasure, NoIndex);
        await using DistributedReading elsewhere = await DistributedReading.OpenAsync(connection, Engines, what, cancellationToken);
        reading.Scheduler = elsewhere.Scheduler;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, elsewhere.Lost);
        await FindAsync(ending.Token);
        await elsewhere.DestroyAsync(cancellationToken);

        Task FindAsync(CancellationToken token) =>
            reading.FindInOrderAsync(locations.Shared, deviceIds, (finding, ct) => GiveAsync(finding, onFinding, ct), token);
    }

    private async Task ReadPerDeviceAsync(
        IAsyncEnumerable<string> devices,
        HubLocations locations,
        LocationReading reading,
        Func<DeviceDataFinding, CancellationToken, ValueTask> onFinding,
        CancellationToken cancellationToken
    )
    {
        List<DataLocation> perDevice = [.. locations.PerDevice];
        List<DataLocation> unserved = [.. locations.Unserved];
        int done = 0;
        await Parallel.ForEachAsync(
            devices,
            new ParallelOptions { MaxDegreeOfParallelism = options.ThrottleLimit, CancellationToken = cancellationToken },
            async (deviceId, token) =>
            {
                _tallies.TryAdd(deviceId, new DeviceTally());
                var shared = new SharedReads();
                foreach (DataLocation location in perDevice)
                {
                    foreach (DeviceDataFinding finding in await reading.FindAsync(location, [deviceId], bounds: null, shared, token))
                        await GiveAsync(finding, onFinding, token);
                }

                foreach (DataLocation location in unserved)
                    await onFinding(Unserved(deviceId, location), token);
                string status = $"{Counted.Of(Interlocked.Increment(ref done), "device")} looked up";
                await events.EmitAsync(new ProgressEvent(null, string.Empty, status), token);
            }
        );
    }

    private ValueTask GiveAsync(
        DeviceDataFinding finding,
        Func<DeviceDataFinding, CancellationToken, ValueTask> onFinding,
        CancellationToken cancellationToken
    )
    {
        if (
            finding.RecordCount + finding.RelayedCount > 0
            || finding.Verdict is Verdict.Unreachable or Verdict.Unknown or Verdict.OwnerAction
        )
        {
            _tallies[finding.DeviceId].IsNowhere = false;
        }

        _tallies[finding.DeviceId].OtherGenerationRecords += finding.OtherGenerationRecords;
        return onFinding(finding, cancellationToken);
    }

    /// <summary>What is known of any device in a location that no sink reads.</summary>
    public static DeviceDataFinding Unserved(string deviceId, DataLocation location) =>
        new()
        {
            DeviceId = deviceId,
            Location = location,
            Verdict = location.Verdict ?? Verdict.Unknown,
            Detail = location.Advice,
        };

    /// <summary>
    /// What all locations together say of a device: whether every one was read and none holds a record, and whose the records may be.
    /// </summary>
    private sealed class DeviceTally
    {
        public bool IsNowhere { get; set; } = true;

        public long OtherGenerationRecords { get; set; }
    }
}
