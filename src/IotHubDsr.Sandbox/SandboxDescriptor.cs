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
    int Seed
)
{
    /// <summary>
    /// Port on 127.0.0.1 of the AMQP broker: Event Hubs and Service Bus over TLS. The host name that a client opens tells the namespace;
    /// the certificate has the names of all.
    /// </summary>
    public int AmqpPort { get; init; }

    /// <summary>Where tokens of the managed identity are served, for the environment variable IDENTITY_ENDPOINT.</summary>
    public string IdentityEndpoint { get; init; } = "";

    /// <summary>The secret that goes with it, for the environment variable IDENTITY_HEADER.</summary>
    public string IdentityHeader { get; init; } = "";
}
