using System.Net;
using IotHubDsr.Core.Azure;
using IotHubDsr.Sandbox;

namespace IotHubDsr.Core.Tests.Sandbox;

/// <summary>The product's way into a sandbox of this process.</summary>
internal static class SandboxAccess
{
    public static IotHubSandbox Describe(SandboxDescriptor descriptor) =>
        new()
        {
            ProcessId = descriptor.ProcessId,
            Port = descriptor.Port,
            AmqpPort = descriptor.AmqpPort,
            Seed = descriptor.Seed,
            HubName = descriptor.HubName,
            HubHostName = descriptor.HubHostName,
            ResourceId = descriptor.HubResourceId,
            TenantId = descriptor.TenantId,
            ClientId = descriptor.ClientId,
            ClientSecret = new NetworkCredential(string.Empty, descriptor.ClientSecret).SecurePassword,
            ConnectionString = new NetworkCredential(string.Empty, descriptor.HubConnectionString).SecurePassword,
            CaCertificate = descriptor.CaCertificatePem,
            ControlKey = descriptor.ControlKey,
            IdentityEndpoint = new Uri(descriptor.IdentityEndpoint),
            IdentityHeader = descriptor.IdentityHeader,
        };

    /// <summary>Access to the sandbox, with every request passing through <paramref name="wire"/>.</summary>
    public static AzureAccess Open(SandboxServer server, Wire wire, TimeSpan? messagingTimeout = null)
    {
        IotHubSandbox sandbox = Describe(server.Descriptor);
        Cloud cloud = SandboxCloud.For(sandbox);
        Func<HttpMessageHandler> inner = cloud.CreateHandler;
        return new AzureAccess(
            cloud with
            {
                FirstRetryDelay = TimeSpan.FromMilliseconds(1),
                MessagingTimeout = messagingTimeout ?? cloud.MessagingTimeout,
                CreateHandler = () => new WireHandler(wire, inner()),
            },
            access => Credentials.ForApplication(access, sandbox.TenantId, sandbox.ClientId, sandbox.ClientSecret)
        );
    }

    private sealed class WireHandler(Wire wire, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (wire.Before is { } before)
                await before(request);
            HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
            wire.Answering?.Invoke(request, response);
            if (wire.LoseResponse?.Invoke(request) != true)
                return response;
            response.Dispose();
            throw new HttpRequestException("The connection was lost after the service had done its work.");
        }
    }
}

/// <summary>What happens to requests between the product and the sandbox.</summary>
internal sealed class Wire
{
    /// <summary>Runs before a request leaves.</summary>
    public Func<HttpRequestMessage, Task>? Before { get; set; }

    /// <summary>Runs before an answer arrives, and may change it.</summary>
    public Action<HttpRequestMessage, HttpResponseMessage>? Answering { get; set; }

    /// <summary>True for a request that the service serves, but whose response nobody receives.</summary>
    public Func<HttpRequestMessage, bool>? LoseResponse { get; set; }
}
