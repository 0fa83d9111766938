using System.Runtime.CompilerServices;
using IotHubDsr.Core.Azure.Hub;

namespace IotHubDsr.Core.Operations;

/// <summary>The devices of a request: each once, however often it is named.</summary>
internal sealed class Subjects(HubConnection connection, SubjectOptions options, OperationEvents events)
{
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    /// <summary>
    /// Gives the devices as <see cref="ReadAsync"/> does. An impossible scope is refused before anything is read for a device; with a
    /// generation ID all devices must be known first.
    /// </summary>
    /// <exception cref="DsrException">The window has nothing in it, or a generation is asked for of more than one device.</exception>
    public async Task<IAsyncEnumerable<string>> OpenAsync(RecordScope scope, CancellationToken cancellationToken)
    {
        if (scope.EndTime <= scope.StartTime)
            throw FaultCatalogue.InvalidTimeWindow.Exception($"from {scope.StartTime:u} to {scope.EndTime:u}");
        if (scope.GenerationId is not { } generation)
            return ReadAsync(cancellationToken);

        var deviceIds = new List<string>();
        await foreach (string deviceId in ReadAsync(cancellationToken))
        {
            deviceIds.Add(deviceId);
            if (deviceIds.Count > 1)
                throw FaultCatalogue.ScopeNeedsOneDevice.Exception(generation);
        }

        return Given(deviceIds);
    }

    /// <summary>IDs that are known already, where a sequence is asked for that has to be waited for.</summary>
    public static async IAsyncEnumerable<string> Given(IEnumerable<string> ids)
    {
        await Task.CompletedTask;
        foreach (string id in ids)
            yield return id;
    }

    /// <summary>Returns the devices as they arrive; an invalid ID is reported, and the others are processed.</summary>
    public async IAsyncEnumerable<string> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (options.Query is not null)
        {
            await foreach (string deviceId in QueryAsync(options.Query, cancellationToken))
                yield return deviceId;
        }

        await foreach (string deviceId in options.DeviceIds.WithCancellation(cancellationToken))
        {
            if (!DeviceId.TryValidate(deviceId, out string reason))
                await events.EmitAsync(new FaultEvent(FaultCatalogue.InvalidDeviceId.For(deviceId, reason)), cancellationToken);
            else if (_seen.Add(deviceId))
                yield return deviceId;
        }
    }

    private async IAsyncEnumerable<string> QueryAsync(string condition, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        const string lag =
            "Query results lag behind the registry by up to 30 minutes: a device that was created or tagged recently can be missing.";
        await events.EmitAsync(new NoticeEvent(NoticeLevel.Warning, lag), cancellationToken);
        bool any = false;
        await foreach (string deviceId in connection.Hub.QueryDeviceIdsAsync(condition, cancellationToken))
        {
            any = true;
            if (_seen.Add(deviceId))
                yield return deviceId;
        }

        if (!any)
            await events.EmitAsync(new FaultEvent(FaultCatalogue.NoDeviceMatched.For(condition)), cancellationToken);
    }
}
