namespace IotHubDsr.Sandbox;

/// <summary>What a client must know to use a running sandbox. The process prints it as its only line of output.</summary>
internal sealed record SandboxDescriptor(
    int ProcessId,
    int Port,
    string ControlKey,
    string CaCertificatePem,
    string TenantId,
    string ClientId,
    string ClientSecret,
    string SubscriptionId,
    string ResourceGroup,
    string HubName,
    string HubHostName,
    string HubResourceId,
    string HubConnectionString,
    string ArmHost,
    string LoginHost,
    int Seed);
