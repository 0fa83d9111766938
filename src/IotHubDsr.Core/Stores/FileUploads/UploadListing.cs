using IotHubDsr.Azure.Blobs;

namespace IotHubDsr.Stores.FileUploads;

/// <summary>What a container lists of some devices, at one time.</summary>
internal sealed class UploadListing
{
    /// <summary>For more devices than this, one listing of the whole container costs less than one for each of them.</summary>
    public const int MostPrefixes = 16;

    private readonly Dictionary<string, DeviceUploads> _devices = new(StringComparer.Ordinal);

    private UploadListing(IReadOnlyList<string> deviceIds, Func<string, UploadWindow> windowOf, ContainerHold hold, DateTimeOffset now)
    {
        foreach (string deviceId in deviceIds)
            _devices.TryAdd(deviceId, new DeviceUploads(deviceId, windowOf(deviceId), hold, now));
    }

    public DeviceUploads Of(string deviceId) => _devices[deviceId];

    public static async Task<UploadListing> ReadAsync(
        BlobContainerAccess container, StoreCall call, IReadOnlyList<string> deviceIds, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ContainerHold hold = await container.HoldAsync(call.Location, cancellationToken).ConfigureAwait(false);
        var listing = new UploadListing(deviceIds, deviceId => UploadWindow.Of(call, deviceId), hold, now);
        if (listing._devices.Count > MostPrefixes)
            await listing.ReadAllAsync(container, call, cancellationToken).ConfigureAwait(false);
        else
            await listing.ReadEachAsync(container, call, cancellationToken).ConfigureAwait(false);
        return listing;
    }

    private Task ReadEachAsync(BlobContainerAccess container, StoreCall call, CancellationToken cancellationToken) => Parallel.ForEachAsync(
        _devices.Values,
        new ParallelOptions { MaxDegreeOfParallelism = call.Options.ThrottleLimit, CancellationToken = cancellationToken },
        async (device, token) =>
        {
            await foreach (ListedBlob blob in container.ListAsync(device.Prefix, token).ConfigureAwait(false))
                device.Add(blob);
        });

    private async Task ReadAllAsync(BlobContainerAccess container, StoreCall call, CancellationToken cancellationToken)
    {
        const int perReport = 5000;
        long seen = 0;
        await foreach (ListedBlob blob in container.ListAsync(string.Empty, cancellationToken).ConfigureAwait(false))
        {
            // A device ID has no slash in it: what stands before the first one is the whole ID.
            int slash = blob.Name.IndexOf('/', StringComparison.Ordinal);
            if (slash > 0 && _devices.TryGetValue(blob.Name[..slash], out DeviceUploads? device))
                device.Add(blob);
            if (++seen % perReport == 0)
                await call.ProgressAsync($"{seen} files listed", percent: null, cancellationToken).ConfigureAwait(false);
        }
    }
}
