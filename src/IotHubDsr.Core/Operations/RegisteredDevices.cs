using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Requests;
using IotHubDsr.Core.Evidence.Stores;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Operations;

/// <summary>
/// Which devices a request was registered for. Before a plan, a further plan or an export, an ID can pass to another person, whose data is
/// then neither erased nor handed over in the name of the request.
/// </summary>
internal static class RegisteredDevices
{
    /// <summary>At the hub's pace, more would take longer than anyone waits for a registration.</summary>
    private const int MostAsked = 1_000;

    private const int AtOnce = 8;

    /// <summary>Generation IDs, empty where the hub has no such device; null if unknown.</summary>
    public static async Task<IReadOnlyList<string>?> ReadAsync(
        HubClient hub,
        IReadOnlyList<string> deviceIds,
        CancellationToken cancellationToken
    )
    {
        if (deviceIds.Count > MostAsked)
            return null;
        try
        {
            return await new WorkGate(AtOnce).SelectAsync(
                deviceIds,
                async (deviceId, token) => (await hub.GetIdentityAsync(deviceId, token))?.GenerationId ?? string.Empty,
                cancellationToken
            );
        }
        catch (DsrException unreadable)
        {
            OperationNotices.Send(
                NoticeLevel.Verbose,
                $"Could not record which devices currently have the IDs. {unreadable.Fault.Message}"
            );
            return null;
        }
    }

    /// <exception cref="DsrException">Another device has the ID than when the request was registered.</exception>
    public static void Require(Registered registered, RequestKey key, string deviceId, string? generationId)
    {
        if (registered.Generations is not { } generations || string.IsNullOrEmpty(generationId))
            return;
        string subject = key.Subject(deviceId),
            generation = key.Generation(deviceId, generationId);
        if (!registered.Subjects.Zip(generations).Contains((subject, generation)))
            throw FaultCatalogue.DeviceReassigned.Exception(deviceId, registered.RequestId);
    }

    /// <summary>Checks before an export.</summary>
    /// <exception cref="DsrException">As for <see cref="Require"/>.</exception>
    public static async Task RequireSameAsync(
        IEvidenceStore store,
        StoredRequest stored,
        HubClient hub,
        IReadOnlyList<string> deviceIds,
        CancellationToken cancellationToken
    )
    {
        Registered registered = stored.State.Registration!;
        if (registered.Generations is null)
            return;
        byte[]? file = await StoreGuard.RunAsync(store, () => stored.Folder.ReadAsync(EvidenceFiles.Key, cancellationToken));
        if (file is null || await ReadAsync(hub, deviceIds, cancellationToken) is not { } now)
            return;
        var key = RequestKey.Parse(file);
        foreach ((string deviceId, string generationId) in deviceIds.Zip(now))
            Require(registered, key, deviceId, generationId);
    }
}
