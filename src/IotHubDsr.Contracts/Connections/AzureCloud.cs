namespace IotHubDsr;

/// <summary>The public clouds.</summary>
public enum AzureCloud
{
    /// <summary>The worldwide cloud.</summary>
    AzureCloud = 0,

    /// <summary>The cloud of the US government.</summary>
    AzureUSGovernment = 1,

    /// <summary>The cloud in China that 21Vianet operates.</summary>
    AzureChinaCloud = 2,
}
