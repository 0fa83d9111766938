using System.Collections.Concurrent;

namespace IotHubDsr.Azure.Blobs;

/// <summary>The containers of a connection; each is opened once.</summary>
internal sealed class BlobContainers(AzureAccess access, TimeProvider time)
{
    private readonly ConcurrentDictionary<Uri, BlobContainerAccess> _containers = new();
    private readonly TransferBudget _budget = new();

    public BlobContainerAccess Of(DataLocation location)
    {
        if (!location.Settings.TryGetValue(LocationSettings.ContainerUri, out string? text)
            || !Uri.TryCreate(text, UriKind.Absolute, out Uri? uri))
            throw FaultCatalogue.LocationMissing.Exception(location.ToString(), "the hub's configuration does not say which container it is");
        return _containers.GetOrAdd(uri, key => new BlobContainerAccess(access, key, time, _budget));
    }
}
