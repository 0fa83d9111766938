namespace IotHubDsr.Core.Azure.Hub;

/// <summary>Classifies failures of a hub: the hub, the credentials, the permissions, the load, and everything else.</summary>
internal static class HubFaults
{
    /// <summary>The hub as it is named in failures.</summary>
    public static string NameOf(string hostName) => $"IoT hub {hostName}";

    /// <summary>The failure that a status and an error stand for.</summary>
    public static Fault For(int status, HubError? error, HubOperation operation, string hostName)
    {
        string hub = NameOf(hostName);
        string reason = error?.ToString() ?? $"status {status} without an IoT Hub error code; a proxy or another host may have answered";
        if (error is { NamesMissingHub: true })
            return FaultCatalogue.HubNotFound.For(hostName, $": {reason}");
        return (status, error?.Code) switch
        {
            (_, HubErrorCodes.HubSuspended or HubErrorCodes.HubQuotaExceeded) => FaultCatalogue.HubUnavailable.For(hostName, reason),
            (401, _) when !LacksRole(error) => FaultCatalogue.AuthenticationFailed.For(hub, reason),
            (401 or 403, _) => AzureFaults.PermissionMissing(
                $"{operation.Subject} of {hub}",
                operation.Verb,
                operation.Role,
                hub,
                operation.Action
            ),
            (429, _) => FaultCatalogue.Throttled.For(hub, reason),
            _ => FaultCatalogue.ServiceFailed.For(hub, reason),
        };
    }

    /// <summary>The failure of a reply that claims success but does not hold what was asked for.</summary>
    public static Fault Incomplete(string what, string hostName) =>
        FaultCatalogue.ServiceFailed.For(NameOf(hostName), $"the reply does not contain {what}.");

    /// <summary>Whether the failure would meet every other device as well.</summary>
    public static bool ConcernsHub(Fault fault) =>
        fault.Id == FaultCatalogue.HubNotFound.Id
        || fault.Id == FaultCatalogue.HubUnavailable.Id
        || fault.Id == FaultCatalogue.AuthenticationFailed.Id
        || fault.Id == FaultCatalogue.CredentialUnavailable.Id
        || fault.Id == FaultCatalogue.PermissionMissing.Id;

    /// <summary>
    /// The hub refuses a principal without a role like one it does not know, with 401: "Principal … is not authorized for GET on …
    /// due to no assigned permissions".
    /// </summary>
    private static bool LacksRole(HubError? error) =>
        error?.Message.Contains("is not authorized for", StringComparison.OrdinalIgnoreCase) == true;
}
