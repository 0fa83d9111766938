using System.Text.Json;
using IotHubDsr.Core.Azure;

namespace IotHubDsr.Core.Topology;

/// <summary>The subscriptions that the account can read. One discovery lists them once, for all callers.</summary>
internal sealed class Subscriptions(ArmReader arm)
{
    private const string ApiVersion = "2022-12-01";

    private readonly object _gate = new();
    private Task<IReadOnlyList<string>>? _listing;

    public Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
            return _listing ??= ReadAsync(cancellationToken);
    }

    private async Task<IReadOnlyList<string>> ReadAsync(CancellationToken cancellationToken)
    {
        var ids = new List<string>();
        var call = new ArmCall("/subscriptions", ApiVersion, "the subscriptions of the account");
        await foreach (JsonElement subscription in arm.ListAsync(call, cancellationToken))
        {
            // A disabled or deleted subscription refuses every listing; what is in it serves nobody.
            bool isUsable = subscription.Text("state") is not ("Disabled" or "Deleted");
            if (isUsable && subscription.Text("subscriptionId") is { } id)
                ids.Add(id);
        }

        return ids;
    }
}
