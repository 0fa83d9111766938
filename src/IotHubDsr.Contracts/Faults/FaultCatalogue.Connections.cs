namespace IotHubDsr;

public static partial class FaultCatalogue
{
    /// <summary>No connection is known.</summary>
    public static FaultDefinition NotConnected { get; } =
        new(
            "NotConnected",
            FaultCategory.InvalidOperation,
            "There is no connection to a hub{1}.",
            "Run Connect-IotHubDsr first, or pass the context that it returned with -Context."
        );

    /// <summary>The hub's name resolves to nothing, or the service says there is no such hub.</summary>
    public static FaultDefinition HubNotFound { get; } =
        new(
            "HubNotFound",
            FaultCategory.ObjectNotFound,
            "The IoT hub '{0}' was not found{1}.",
            "Check the name, the subscription and the cloud; the account needs Reader on the hub to find it by name. Nothing can be said "
                + "about any device of this hub."
        );

    /// <summary>Several hubs match.</summary>
    public static FaultDefinition HubAmbiguous { get; } =
        new(
            "HubAmbiguous",
            FaultCategory.InvalidArgument,
            "More than one IoT hub is named '{0}': {1}.",
            "Name the hub with -ResourceId, or narrow the search with -SubscriptionId and -ResourceGroupName."
        );

    /// <summary>The hub is suspended or over its quota.</summary>
    public static FaultDefinition HubUnavailable { get; } =
        new(
            "HubUnavailable",
            FaultCategory.ResourceUnavailable,
            "The IoT hub '{0}' does not serve requests: {1}.",
            "Look at the state of the hub in the Azure portal and run the command again when it is active."
        );

    /// <summary>The credential gave no token.</summary>
    public static FaultDefinition CredentialUnavailable { get; } =
        new(
            "CredentialUnavailable",
            FaultCategory.AuthenticationError,
            "No token could be obtained for {0}: {1}",
            "Sign in (Connect-AzAccount, az login) or choose another -CredentialSource; check -TenantId."
        );

    /// <summary>The service refuses the key or token.</summary>
    public static FaultDefinition AuthenticationFailed { get; } =
        new(
            "AuthenticationFailed",
            FaultCategory.AuthenticationError,
            "{0} refused the credentials: {1}",
            "Check that the key is current, that the token has not expired and that the clock of this machine is right; then connect again."
        );

    /// <summary>The account lacks a right.</summary>
    public static FaultDefinition PermissionMissing { get; } =
        new(
            "PermissionMissing",
            FaultCategory.PermissionDenied,
            "The account may not {1} {0}.",
            "Assign {2} to the account on {3} and run the command again; an assignment can take minutes to work."
        );

    /// <summary>A connection string cannot be read.</summary>
    public static FaultDefinition InvalidConnectionString { get; } =
        new(
            "InvalidConnectionString",
            FaultCategory.InvalidArgument,
            "The connection string is not that of an IoT hub: {1}.",
            "Copy the connection string of a shared access policy of the hub; it has the parts HostName, SharedAccessKeyName and "
                + "SharedAccessKey."
        );

    /// <summary>A resource ID is not that of a hub.</summary>
    public static FaultDefinition InvalidResourceId { get; } =
        new(
            "InvalidResourceId",
            FaultCategory.InvalidArgument,
            "'{0}' is not the resource ID of an IoT hub.",
            "Pass an ID of the form /subscriptions/<id>/resourceGroups/<name>/providers/Microsoft.Devices/IotHubs/<name>, or pipe the "
                + "object that Get-AzIotHub returns."
        );

    /// <summary>A location file cannot be used.</summary>
    public static FaultDefinition InvalidLocationFile { get; } =
        new(
            "InvalidLocationFile",
            FaultCategory.InvalidData,
            "The location file '{0}' cannot be used: {1}",
            "Correct the file; about_IotHubDsr shows its form."
        );

    /// <summary>An address for which a storage token would be used is not of the cloud.</summary>
    public static FaultDefinition StorageHostNotTrusted { get; } =
        new(
            "StorageHostNotTrusted",
            FaultCategory.InvalidArgument,
            "The token of the account is not sent to '{0}': it is not a storage host of {1}.",
            "Check the address. If the host is yours, a domain of your own or a private cloud, name it with -TrustedStorageHost of "
                + "Connect-IotHubDsr."
        );

    /// <summary>The service asks to slow down, beyond all retries.</summary>
    public static FaultDefinition Throttled { get; } =
        new(
            "Throttled",
            FaultCategory.LimitsExceeded,
            "{0} kept asking to slow down: {1}",
            "Run the command again later, or connect with a smaller -ThrottleShare."
        );

    /// <summary>The service fails, beyond all retries.</summary>
    public static FaultDefinition ServiceFailed { get; } =
        new(
            "ServiceFailed",
            FaultCategory.ResourceUnavailable,
            "{0} failed: {1}",
            "Run the command again; if it keeps failing, look at the health of the service."
        );

    /// <summary>The network fails, beyond all retries.</summary>
    public static FaultDefinition ConnectionFailed { get; } =
        new(
            "ConnectionFailed",
            FaultCategory.ConnectionError,
            "The connection to {0} failed: {1}",
            "Check the network, private endpoints and firewall rules between this machine and the service, then run the command again."
        );
}
