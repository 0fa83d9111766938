using System.Collections.Concurrent;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Azure.Blobs;

/// <summary>The containers of a connection; each is opened once.</summary>
internal sealed class BlobContainers(Func<Uri, TransferBudget, BlobContainerAccess> open)
{
    private readonly ConcurrentDictionary<Uri, BlobContainerAccess> _containers = new();

    public BlobContainers(AzureAccess access, TimeProvider time)
        : this((uri, budget) => new BlobContainerAccess(access, uri, time, budget)) { }

    public BlobContainerAccess Of(DataLocation location)
    {
        if (
            !location.Settings.TryGetValue(LocationSettings.ContainerUri, out string? text)
            || !Uri.TryCreate(text, UriKind.Absolute, out Uri? uri)
        )
        {
            throw FaultCatalogue.LocationMissing.Exception(
                location.ToString(),
                "the hub's configuration does not say which container it is"
            );
        }

        return _containers.GetOrAdd(uri, key => open(key, TransferBudget.OfProcess));
    }
}
