namespace IotHubDsr.Sandbox.Hosting;

/// <summary>The services a host name can lead to.</summary>
internal enum AzureService
{
    Unknown,
    Login,
    Arm,
    Hub,
    Blob,
    Queue,
    Cosmos,
    Provisioning,

    /// <summary>The query API of Azure Monitor Logs.</summary>
    Logs,

    /// <summary>Clusters of Data Explorer.</summary>
    Explorer,
    Control,

    /// <summary>The managed identity endpoint of the machine.</summary>
    Identity,
}
