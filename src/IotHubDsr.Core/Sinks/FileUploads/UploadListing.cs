using Azure;
using Azure.Storage.Blobs.Models;
using IotHubDsr.Core.Azure.Blobs;

namespace IotHubDsr.Core.Sinks.FileUploads;

/// <summary>What a container lists of some devices, at one time.</summary>
internal sealed class UploadListing
{
    /// <summary>For more devices than this, one listing of the whole container costs less than one for each of them.</summary>
    public const int MostPrefixes = 16;

    private static readonly ContainerHold NoHold = new(HasPolicy: false, HasLegalHold: false, Days: null);

    private readonly Dictionary<string, DeviceUploads> _devices = new(StringComparer.Ordinal);
    private readonly SeenBlobs _seen = new();
    private readonly BlobExclusions _exclusions;

    private UploadListing(
        IReadOnlyList<string> deviceIds,
        Func<string, UploadWindow> windowOf,
        Func<string, RestoreWindow> restoreOf,
        ContainerHold hold,
        FormerContainers former,
        BlobExclusions exclusions,
        DateTimeOffset now
    )
    {
        _exclusions = exclusions;
        foreach (string deviceId in deviceIds)
            _devices.TryAdd(deviceId, new DeviceUploads(deviceId, windowOf(deviceId), hold, former, restoreOf(deviceId), now));
    }

    public DeviceUploads Of(string deviceId) => _devices[deviceId];

    /// <summary>
    /// Lists until nothing has moved since the listing before; once is enough of what an erasure left, which is read again anyway.
    /// </summary>
    public static async Task<UploadListing> ReadAsync(
        BlobContainerAccess container,
        SinkCall call,
        IReadOnlyList<string> deviceIds,
        DateTimeOffset now,
        bool once,
        CancellationToken cancellationToken
    )
    {
        ContainerHold hold = NoHold;
        RequestFailedException? missing = null;
        try
        {
            hold = await container.HoldAsync(call.Location, cancellationToken);
        }
        catch (RequestFailedException failed) when (BlobFailures.IsContainerMissing(failed))
        {
            missing = failed;
        }

        FormerContainers former = await FormerContainers.ReadAsync(container, missing is not null, cancellationToken);
        if (missing is not null && former.Until is null)
            throw missing;
        var listing = new UploadListing(
            deviceIds,
            deviceId => UploadWindow.Of(call, deviceId),
            deviceId => RestoreWindow.Of(call, deviceId, now),
            hold,
            former,
            new BlobExclusions(call.Location),
            now
        );
        if (missing is null)
            await listing.ReadAsync(container, call, once, cancellationToken);
        return listing;
    }

    private async Task ReadAsync(BlobContainerAccess container, SinkCall call, bool once, CancellationToken cancellationToken)
    {
        do
        {
            _seen.Begin();
            if (_devices.Count > MostPrefixes)
                await ReadAllAsync(container, call, cancellationToken);
            else
                await ReadEachAsync(container, call, cancellationToken);
        } while (!once && !_seen.IsSettled && _seen.Listings < SeenBlobs.MostListings);
        if (!once && !_seen.IsSettled)
            throw FaultCatalogue.ContainerChanging.Exception(call.Location.ToString(), _seen.Listings);
    }

    private Task ReadEachAsync(BlobContainerAccess container, SinkCall call, CancellationToken cancellationToken) =>
        call.Gate.ForEachAsync(
            _devices.Values,
            async (device, token) =>
            {
                await foreach (ListedBlob blob in container.ListAsync(device.Prefix, token))
                    Take(device, blob);
                if (device.IsEmpty && await OwnDirectoryAsync(container, device.DeviceId, token) is { } own)
                    Take(device, own);
            },
            cancellationToken
        );

    private async Task ReadAllAsync(BlobContainerAccess container, SinkCall call, CancellationToken cancellationToken)
    {
        const int perReport = 5000;
        long seen = 0;
        await foreach (ListedBlob blob in container.ListAsync(string.Empty, cancellationToken))
        {
            // A device ID has no slash in it: what stands before the first one is the whole ID.
            int slash = blob.Name.IndexOf('/', StringComparison.Ordinal);
            if (slash != 0 && _devices.TryGetValue(slash < 0 ? blob.Name : blob.Name[..slash], out DeviceUploads? device))
                Take(device, blob);
            if (++seen % perReport == 0)
                await call.ProgressAsync($"{Counted.Of(seen, "file")} listed", percent: null, cancellationToken);
        }
    }

    /// <summary>
    /// Where directories exist by themselves, that of a device outlives its files, and its name is the device's ID. What is listed below it
    /// does not show it.
    /// </summary>
    private static async Task<ListedBlob?> OwnDirectoryAsync(
        BlobContainerAccess container,
        string deviceId,
        CancellationToken cancellationToken
    )
    {
        try
        {
            BlobProperties own = await container.Open(deviceId).GetPropertiesAsync(cancellationToken: cancellationToken);
            return ListedBlob.DirectoryOf(deviceId, own);
        }
        catch (RequestFailedException none) when (none.Status == 404)
        {
            return null;
        }
    }

    /// <summary>It is normal that a file is uploaded again in the meantime.</summary>
    private void Take(DeviceUploads device, ListedBlob blob)
    {
        if (!_seen.Meet(blob, isWritten: true))
            return;
        if (_exclusions.Cover(blob.Name))
            device.Excluded++;
        else
            device.Add(blob, isAgain: _seen.Listings > 1);
    }
}
