using Azure;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Evidence.Stores;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Distribution.Durable;

/// <summary>
/// Engines in the storage account of the request store: nothing beside it is needed, and workers need not reach each other. What is called
/// after a store is its own, so that several stores of an account have several engines.
/// </summary>
internal sealed class DurableEngines(AzureAccess access, TimeProvider time) : IUnitEngines
{
    /// <summary>While one unit waits for its last blobs, the next one is read.</summary>
    private const int UnitsAtOnce = 2;

    private const int DigitsOfName = 24;

    public async Task<IUnitEngine> OpenAsync(ISegmentStore store, CancellationToken cancellationToken)
    {
        try
        {
            return await DurableEngine.OpenAsync(StorageOf(store), time, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw DurableFaults.Translate(exception, store);
        }
    }

    public IUnitHost OpenHost(ISegmentStore store, string worker) =>
        new TranslatedHost(new DurableHost(StorageOf(store), worker, UnitsAtOnce), store);

    private DurableStorage StorageOf(ISegmentStore store)
    {
        Uri queues = AddressOf(store, StorageHost.Queues);
        Uri tables = AddressOf(store, StorageHost.Tables);
        var blobs = new Uri(store.Address.GetLeftPart(UriPartial.Authority));
        access.Cloud.RequireTrusted(blobs);
        access.Cloud.RequireTrusted(queues, StorageHost.Queues);
        access.Cloud.RequireTrusted(tables, StorageHost.Tables);
        return new DurableStorage(
            options => new BlobServiceClient(blobs, access.Credential, options),
            options => new QueueServiceClient(queues, access.Credential, options),
            options => new TableServiceClient(tables, access.Credential, options),
            $"dsr{Digests.HexOf(System.Text.Encoding.UTF8.GetBytes(store.Place))[..DigitsOfName]}"
        )
        {
            Configure = access.Configure,
        };
    }

    private static Uri AddressOf(ISegmentStore store, string service) =>
        StorageHost.Sibling(store.Address, service) ?? throw FaultCatalogue.StoreNotDistributable.Exception(store.Place);

    private sealed class TranslatedHost(DurableHost host, ISegmentStore store) : IUnitHost
    {
        public async Task RunAsync(Func<UnitTicket, CancellationToken, Task<UnitAnswer>> work, CancellationToken cancellationToken)
        {
            try
            {
                await host.RunAsync(work, cancellationToken);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                throw DurableFaults.Translate(exception, store);
            }
        }
    }
}

/// <summary>Translates exceptions of the engine into catalogued faults.</summary>
internal static class DurableFaults
{
    private const string BlobRole = BlobFailures.WriteRole;
    private const string QueueRole = "Storage Queue Data Contributor";
    private const string TableRole = "Storage Table Data Contributor";

    public static DsrException Translate(Exception exception, IEvidenceStore store)
    {
        // The engine wraps what storage says in exceptions of its own.
        Exception cause = exception;
        for (Exception? inner = exception; inner is not null; inner = inner.InnerException)
        {
            if (inner is RequestFailedException or DsrException)
                cause = inner;
        }

        string? action = cause is RequestFailedException refused ? RequiredActions.Of(refused.GetRawResponse()) : null;
        string role =
            action is null ? $"{BlobRole}, {QueueRole} and {TableRole}"
            : action.Contains("/queueServices/", StringComparison.Ordinal) ? QueueRole
            : action.Contains("/tableServices/", StringComparison.Ordinal) ? TableRole
            : BlobRole;
        return AzureFaults.Translate(
            cause,
            $"the queues and tables of workers beside {store.Place}",
            "use",
            $"{role} at the storage account"
        );
    }
}
