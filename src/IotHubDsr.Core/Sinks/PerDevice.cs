using IotHubDsr.Core.Azure.Hub;

namespace IotHubDsr.Core.Sinks;

/// <summary>Processes several devices in parallel; the failure of one does not affect the others.</summary>
internal static class PerDevice
{
    /// <summary>What is said where another device has taken the ID: nothing of the one that is asked for is left.</summary>
    public const string OtherIncarnation = "The device that now has this ID is not of the requested generation and was not touched.";

    /// <summary>Why a device is not the one that was found.</summary>
    public const string MadeAgain = "the device was deleted and created again since the plan was made";

    /// <summary>Work that takes calls of its own for each device, or for each finding of one.</summary>
    public static IUnitWork<IReadOnlyList<TResult>> Each<TInput, TResult>(
        SinkCall call,
        IReadOnlyList<TInput> inputs,
        Func<TInput, CancellationToken, Task<TResult>> work
    ) => UnitWork.OfGroups(inputs, UnitWork.DevicesOfUnit, (some, token) => call.Gate.SelectAsync(some, work, token));

    /// <summary>The identity of a device. Whoever else looks at the device at the same time does not ask for it again.</summary>
    public static Task<DeviceIdentity?> IdentityAsync(SinkCall call, HubClient hub, string deviceId, CancellationToken cancellationToken)
    {
        return call.Shared is { } shared ? shared.ReadAsync(deviceId, ReadAsync) : ReadAsync();

        async Task<DeviceIdentity?> ReadAsync() =>
            call.Shared is { IsAfterErasure: true } && await IsGoneAsync(hub, deviceId, cancellationToken)
                ? null
                : await hub.GetIdentityAsync(deviceId, cancellationToken);
    }

    /// <summary>
    /// Whether a device has no twin, and thus is not there. Reads of a twin are current, as those of an identity are, and a hub allows sixty
    /// times as many of them. Where it cannot be read, the identity decides. The hub logs reads of twins: who has nothing to erase in the hub
    /// any more asks for the identity, or each look would leave a row for the next one to find.
    /// </summary>
    private static async Task<bool> IsGoneAsync(HubClient hub, string deviceId, CancellationToken cancellationToken)
    {
        try
        {
            return hub.SupportsTwins && await hub.GetTwinAsync(deviceId, cancellationToken) is null;
        }
        catch (DsrException)
        {
            return false;
        }
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
        call.Options.Erasure.Scope.GenerationId is not { } generation || identity.GenerationId == generation;

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
