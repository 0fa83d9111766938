namespace IotHubDsr;

public static partial class FaultCatalogue
{
    /// <summary>No hub is connected.</summary>
    public static FaultDefinition NotConnected { get; } =
        new(
            "NotConnected",
            FaultCategory.InvalidOperation,
            "Not connected to an IoT hub{1}.",
            "Run Connect-IotHubDsr first, or pass the context that it returned with -Context."
        );

    /// <summary>The hub's name does not resolve, or the service reports no such hub.</summary>
    public static FaultDefinition HubNotFound { get; } =
        new(
            "HubNotFound",
            FaultCategory.ObjectNotFound,
            "The IoT hub '{0}' was not found{1}.",
            "Check the name, the subscription and the cloud; finding a hub by name requires Reader on the hub. Nothing can be concluded "
                + "about any device of this hub."
        );

    /// <summary>Several hubs match.</summary>
    public static FaultDefinition HubAmbiguous { get; } =
        new(
            "HubAmbiguous",
            FaultCategory.InvalidArgument,
            "Several IoT hubs are named '{0}': {1}.",
            "Specify the hub with -ResourceId, or narrow the search with -SubscriptionId and -ResourceGroupName."
        );

    /// <summary>The hub is suspended or over its quota.</summary>
    public static FaultDefinition HubUnavailable { get; } =
        new(
            "HubUnavailable",
            FaultCategory.ResourceUnavailable,
            "The IoT hub '{0}' is not serving requests: {1}.",
            "Check the state of the hub in the Azure portal and run the command again once it is active."
        );

    /// <summary>No token could be acquired.</summary>
    public static FaultDefinition CredentialUnavailable { get; } =
        new(
            "CredentialUnavailable",
            FaultCategory.AuthenticationError,
            "Could not acquire a token for {0}: {1}",
            "Sign in (Connect-AzAccount, az login) or choose another -CredentialSource; check -TenantId."
        );

    /// <summary>The service rejected the key or token.</summary>
    public static FaultDefinition AuthenticationFailed { get; } =
        new(
            "AuthenticationFailed",
            FaultCategory.AuthenticationError,
            "{0} rejected the credentials: {1}",
            "Check that the key is current, that the token has not expired and that this machine's clock is correct; then connect again."
        );

    /// <summary>The account lacks a permission.</summary>
    public static FaultDefinition PermissionMissing { get; } =
        new(
            "PermissionMissing",
            FaultCategory.PermissionDenied,
            "The account is not allowed to {1} {0}.",
            "Assign {2} to the account on {3} and run the command again; a role assignment can take several minutes to take effect."
        );

    /// <summary>A connection string cannot be parsed.</summary>
    public static FaultDefinition InvalidConnectionString { get; } =
        new(
            "InvalidConnectionString",
            FaultCategory.InvalidArgument,
            "Invalid IoT hub connection string: {1}.",
            "Copy the connection string of one of the hub's shared access policies; it has the parts HostName, SharedAccessKeyName and "
                + "SharedAccessKey."
        );

    /// <summary>A resource ID is not an IoT hub's.</summary>
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
            "Cannot use the location file '{0}': {1}",
            "Correct the file; about_IotHubDsr describes its format."
        );

    /// <summary>The host that would receive a storage token is outside the cloud.</summary>
    public static FaultDefinition StorageHostNotTrusted { get; } =
        new(
            "StorageHostNotTrusted",
            FaultCategory.InvalidArgument,
            "The account's token was not sent to '{0}': it is not a storage host of {1}.",
            "Check the address. If the host is yours (a custom domain or a private cloud), name it with -TrustedStorageHost of "
                + "Connect-IotHubDsr."
        );

    /// <summary>The service still throttles after all retries.</summary>
    public static FaultDefinition Throttled { get; } =
        new(
            "Throttled",
            FaultCategory.LimitsExceeded,
            "{0} kept throttling requests: {1}",
            "Run the command again later, or connect with a smaller -ThrottleShare."
        );

    /// <summary>The service still fails after all retries.</summary>
    public static FaultDefinition ServiceFailed { get; } =
        new(
            "ServiceFailed",
            FaultCategory.ResourceUnavailable,
            "{0} failed: {1}",
            "Run the command again; if it keeps failing, check the health of the service."
        );

    /// <summary>The network still fails after all retries.</summary>
    public static FaultDefinition ConnectionFailed { get; } =
        new(
            "ConnectionFailed",
            FaultCategory.ConnectionError,
            "The connection to {0} failed: {1}",
            "Check the network, private endpoints and firewall rules between this machine and the service, then run the command again."
        );
}
