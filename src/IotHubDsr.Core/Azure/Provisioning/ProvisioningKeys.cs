using System.Text.Json;
using IotHubDsr.Core.Azure.Hub;

namespace IotHubDsr.Core.Azure.Provisioning;

/// <summary>Keys of a service's shared access policies, as far as the account may list them.</summary>
/// <param name="arm">Azure Resource Manager.</param>
/// <param name="service">The service's resource; null when it is not known, and then there are no keys.</param>
/// <param name="hostName">Host name of the service.</param>
internal sealed class ProvisioningKeys(ArmReader arm, ArmId? service, string hostName)
{
    private const string ApiVersion = "2022-12-12";

    /// <summary>The key of the policy that has a right and the fewest others; null without one.</summary>
    public async Task<HubConnectionString?> FindAsync(string right, CancellationToken cancellationToken)
    {
        if (service is null)
            return null;
        try
        {
            var call = new ArmCall($"{service}/listkeys", ApiVersion, $"keys of {ProvisioningFaults.NameOf(hostName)}") { Verb = "list" };
            JsonElement answer = await arm.PostAsync(call, cancellationToken);
            (int Rights, string Name, string Key)? best = null;
            if (answer.TryGetProperty("value", out JsonElement policies) && policies.ValueKind == JsonValueKind.Array)
            {
                foreach (JsonElement policy in policies.EnumerateArray())
                {
                    string[] rights = policy
                        .Text("rights")
                        ?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                        ?? [];
                    if (
                        rights.Contains(right, StringComparer.OrdinalIgnoreCase)
                        && policy.Text("keyName") is { Length: > 0 } name
                        && policy.Text("primaryKey") is { Length: > 0 } key
                        && !(best?.Rights <= rights.Length)
                    )
                    {
                        best = (rights.Length, name, key);
                    }
                }
            }

            return best is { } chosen ? new HubConnectionString(hostName, chosen.Name, chosen.Key) : null;
        }
        catch (DsrException)
        {
            // What the account lacks is the right to the data; that is what is said.
            return null;
        }
    }
}
