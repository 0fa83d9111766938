using System.Text.Json;
using IotHubDsr.Azure;

namespace IotHubDsr.Discovery;

/// <summary>The subscriptions that the account can read.</summary>
internal static class Subscriptions
{
    private const string ApiVersion = "2022-12-01";

    public static async Task<IReadOnlyList<string>> ListAsync(ArmReader arm, CancellationToken cancellationToken)
    {
        var ids = new List<string>();
        var call = new ArmCall("/subscriptions", ApiVersion, "the subscriptions of the account");
        await foreach (JsonElement subscription in arm.ListAsync(call, cancellationToken).ConfigureAwait(false))
        {
            // A disabled or deleted subscription refuses every listing; what is in it serves nobody.
            bool isUsable = subscription.Text("state") is not ("Disabled" or "Deleted");
            if (isUsable && subscription.Text("subscriptionId") is { } id)
                ids.Add(id);
        }

        return ids;
    }
}
