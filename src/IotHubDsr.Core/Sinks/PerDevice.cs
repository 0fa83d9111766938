using IotHubDsr.Core.Azure.Hub;

namespace IotHubDsr.Core.Sinks;

/// <summary>Processes several devices in parallel; the failure of one does not affect the others.</summary>
internal static class PerDevice
{
    /// <summary>What is said where another device has taken the ID: nothing of the one that is asked for is left.</summary>
    public const string OtherIncarnation = "The device that now has this ID is not of the requested generation and was not touched.";

    /// <summary>Why a device is not the one that was found.</summary>
    public const string MadeAgain = "the device was deleted and created again since the plan was made";

    /// <summary>Gives one result for each input, in the order of the inputs.</summary>
    /// <param name="inputs">What to work on.</param>
    /// <param name="limit">How many to process at once.</param>
    /// <param name="work">The work.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<IReadOnlyList<TResult>> RunAsync<TInput, TResult>(
        IReadOnlyList<TInput> inputs,
        int limit,
        Func<TInput, CancellationToken, Task<TResult>> work,
        CancellationToken cancellationToken
    )
    {
        var results = new TResult[inputs.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = limit, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(Enumerable.Range(0, inputs.Count), options, async (index, token) =>
            results[index] = await work(inputs[index], token)
        );
        return results;
    }

    /// <summary>
    /// Reads something of one device. A failure that would meet the other devices as well is thrown; any other is reported and given back.
    /// </summary>
    public static async Task<(T? Value, Fault? Fault)> TryReadAsync<T>(
        SinkCall call,
        Func<Task<T?>> read,
        CancellationToken cancellationToken
    )
        where T : class
    {
        try
        {
            return (await read(), null);
        }
        catch (DsrException exception) when (!HubFaults.ConcernsHub(exception.Fault))
        {
            await call.ReportAsync(exception.Fault, cancellationToken);
            return (null, exception.Fault);
        }
    }

    /// <summary>The finding for a device that could not be read.</summary>
    public static DeviceDataFinding Unreachable(SinkCall call, string deviceId, Fault fault) =>
        new()
        {
            DeviceId = deviceId,
            Location = call.Location,
            Verdict = Verdict.Unreachable,
            Detail = fault.Message,
        };

    /// <summary>Whether the device that has the ID now is the incarnation that is asked for.</summary>
    public static bool IsAskedFor(SinkCall call, DeviceIdentity identity) =>
        call.Options.Scope.GenerationId is not { } generation || identity.GenerationId == generation;

    /// <summary>The finding for a device ID that another incarnation than the one asked for has now.</summary>
    public static DeviceDataFinding NotAskedFor(SinkCall call, string deviceId) =>
        new()
        {
            DeviceId = deviceId,
            Location = call.Location,
            Verdict = Verdict.Absent,
            Detail = OtherIncarnation,
        };

    /// <summary>A line of accounts without records; the number of unreadable records is unknown.</summary>
    public static ExportCompleteness Line(SinkCall call, string deviceId, Verdict verdict) => Line(call.Location, deviceId, verdict);

    /// <inheritdoc cref="Line(SinkCall, string, Verdict)" />
    public static ExportCompleteness Line(DataLocation location, string deviceId, Verdict verdict) =>
        new()
        {
            DeviceId = deviceId,
            LocationId = location.Id,
            Kind = location.Kind,
            Place = location.Place,
            Verdict = verdict,
            Found = verdict == Verdict.Unreachable ? null : 0,
            Unreachable = verdict == Verdict.Unreachable ? null : 0,
        };
}
