using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.RegularExpressions;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Queues;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.StorageQueues;

/// <summary>
/// Opens the queue of a location. The account tells where its queues are served, which its name alone does not always tell; whoever may not
/// ask it goes by the name.
/// </summary>
internal sealed partial class QueueAddresses(AzureAccess access)
{
    private const string ApiVersion = "2023-01-01";

    private readonly ConcurrentDictionary<string, QueueAccess> _queues = new(StringComparer.Ordinal);

    /// <exception cref="DsrException">The location does not name one queue.</exception>
    public async Task<QueueAccess> OpenAsync(DataLocation location, CancellationToken cancellationToken)
    {
        if (_queues.TryGetValue(location.Id, out QueueAccess? known))
            return known;
        Match place = Place().Match(location.Place);
        if (!place.Success)
        {
            throw FaultCatalogue.LocationMissing.Exception(
                location.ToString(),
                "it does not name one queue; a location file can name it as account/queue."
            );
        }

        string account = place.Groups["account"].Value.ToLowerInvariant();
        Uri endpoint = await EndpointAsync(location, cancellationToken) ?? access.Cloud.QueueEndpoint(account);
        string scope = location.ResourceId is { } id
            ? $"{id}/queueServices/default/queues/{place.Groups["queue"].Value}"
            : $"the queue {location.Place}";
        return _queues.GetOrAdd(location.Id, _ => new QueueAccess(
            access,
            new Uri(endpoint, place.Groups["queue"].Value),
            location.ToString(),
            scope
        ));
    }

    private async Task<Uri?> EndpointAsync(DataLocation location, CancellationToken cancellationToken)
    {
        if (!ArmId.TryParse(location.ResourceId, out ArmId? account) || !account.IsOf("Microsoft.Storage", "storageAccounts"))
            return null;
        try
        {
            var call = new ArmCall(account.Path, ApiVersion, $"the storage account {account.Name}");
            JsonElement? described = await new ArmReader(access).GetAsync(call, cancellationToken);
            string? address = described.Prop("properties").Prop("primaryEndpoints").Text("queue");
            return Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) && StorageHost.IsOf(access.Cloud, uri, StorageHost.Queues)
                ? new Uri($"https://{uri.IdnHost.ToLowerInvariant()}/")
                : null;
        }
        catch (DsrException unread)
        {
            OperationNotices.Send(
                NoticeLevel.Verbose,
                $"{location}: where the account serves its queues could not be read, and its name is taken: {unread.Fault.Message}"
            );
            return null;
        }
    }

    [GeneratedRegex(@"\A(?<account>[A-Za-z0-9]{3,24})/(?<queue>(?=.{3,63}\z)[a-z0-9](?:-?[a-z0-9])+)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Place();
}
