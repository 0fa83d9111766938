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
    Control,

    /// <summary>The managed identity endpoint of the machine.</summary>
    Identity,
}
