namespace IotHubDsr;

/// <summary>Where a hub's credential comes from.</summary>
public enum CredentialSource
{
    /// <summary>The first of environment, workload identity, managed identity, Azure CLI, Azure PowerShell that works.</summary>
    Default = 0,

    /// <summary>The account that <c>Connect-AzAccount</c> signed in.</summary>
    AzurePowerShell = 1,

    /// <summary>The account that <c>az login</c> signed in.</summary>
    AzureCli = 2,

    /// <summary>The managed identity of the machine or of the Automation account.</summary>
    ManagedIdentity = 3,

    /// <summary>
    /// The variables <c>AZURE_TENANT_ID</c>, <c>AZURE_CLIENT_ID</c> and <c>AZURE_CLIENT_SECRET</c> or their certificate forms.
    /// </summary>
    Environment = 4,

    /// <summary>A federated token of a workload.</summary>
    WorkloadIdentity = 5,

    /// <summary>A code that is typed in on another device.</summary>
    DeviceCode = 6,

    /// <summary>A browser window.</summary>
    Interactive = 7,
}
