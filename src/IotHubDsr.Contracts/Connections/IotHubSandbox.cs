using System.Security;

namespace IotHubDsr;

/// <summary>A running sandbox: a simulated Azure with a hub, for rehearsal and tests. Nothing in it is worth protecting.</summary>
public sealed record IotHubSandbox
{
    /// <summary>ID of the sandbox's process.</summary>
    public required int ProcessId { get; init; }

    /// <summary>Port on 127.0.0.1 that serves every host name.</summary>
    public required int Port { get; init; }

    /// <summary>Port on 127.0.0.1 of Event Hubs and Service Bus: AMQP over TLS.</summary>
    public required int AmqpPort { get; init; }

    /// <summary>The number that the world was made from.</summary>
    public required int Seed { get; init; }

    /// <summary>Name of the hub.</summary>
    public required string HubName { get; init; }

    /// <summary>Host name of the hub's service API.</summary>
    public required string HubHostName { get; init; }

    /// <summary>Azure Resource Manager ID of the hub.</summary>
    public required string ResourceId { get; init; }

    /// <summary>The simulated tenant.</summary>
    public required string TenantId { get; init; }

    /// <summary>ID of the application that acts as the admin.</summary>
    public required string ClientId { get; init; }

    /// <summary>Secret of that application.</summary>
    public required SecureString ClientSecret { get; init; }

    /// <summary>Connection string of the hub, for <c>Connect-IotHubDsr -ConnectionString</c>.</summary>
    public required SecureString ConnectionString { get; init; }

    /// <summary>
    /// Certificate (PEM) of the authority that signs the sandbox's TLS certificates; only connections to this sandbox trust it.
    /// </summary>
    public required string CaCertificate { get; init; }

    /// <summary>Base address of the control interface: request log, fault injection, the seeded truth.</summary>
    public Uri ControlUri => new($"https://localhost:{Port}/sandbox/");

    /// <summary>Value of the header <c>x-sandbox-key</c> for the control interface.</summary>
    public required string ControlKey { get; init; }

    /// <summary>
    /// Where tokens of the managed identity are served: value of the environment variable IDENTITY_ENDPOINT of a runbook.
    /// </summary>
    public required Uri IdentityEndpoint { get; init; }

    /// <summary>Secret of that endpoint: value of the environment variable IDENTITY_HEADER of a runbook.</summary>
    public required string IdentityHeader { get; init; }

    /// <summary>Hub and port.</summary>
    public override string ToString() => $"{HubName} on 127.0.0.1:{Port}";
}
