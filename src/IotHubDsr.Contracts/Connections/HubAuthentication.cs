namespace IotHubDsr;

/// <summary>How calls to the hub's service API are authorised.</summary>
public enum HubAuthentication
{
    /// <summary>By the Entra credential.</summary>
    Entra = 0,

    /// <summary>
    /// By a shared access key of the hub: that of the connection string, or one that is read from Azure Resource Manager.
    /// </summary>
    SharedAccessKey = 1,
}
