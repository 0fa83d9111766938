using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace IotHubDsr.Core.Azure;

/// <summary>The sandbox as a cloud: real host names and TLS, connected to its port and trusting its authority and nothing else.</summary>
internal static class SandboxCloud
{
    public static Cloud For(IotHubSandbox sandbox) =>
        Cloud.Public with
        {
            Name = "Sandbox",
            DisableInstanceDiscovery = true,
            // A fault of the sandbox ends when a test ends it: no other clients need time to back off.
            FirstRetryDelay = TimeSpan.FromMilliseconds(20),
            CreateHandler = () => CreateHandler(sandbox.Port, sandbox.CaCertificate),
            Messaging = new MessagingRoute(new Uri($"sb://{IPAddress.Loopback}:{sandbox.AmqpPort}"), host =>
                (_, certificate, _, _) => IsOf(host, certificate, sandbox.CaCertificate)
            ),
        };

    /// <summary>Whether the sandbox's authority, and no other, says that the certificate is the host's.</summary>
    private static bool IsOf(string host, X509Certificate? presented, string caCertificate)
    {
        if (presented is null)
            return false;
        using var authority = X509Certificate2.CreateFromPem(caCertificate);
        using var certificate = new X509Certificate2(presented);
        using var chain = new X509Chain { ChainPolicy = PolicyOf(authority) };
        return chain.Build(certificate) && certificate.MatchesHostname(host);
    }

    private static X509ChainPolicy PolicyOf(X509Certificate2 authority) =>
        new()
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { authority },
            RevocationMode = X509RevocationMode.NoCheck,
        };

    private static SocketsHttpHandler CreateHandler(int port, string caCertificate)
    {
        var authority = X509Certificate2.CreateFromPem(caCertificate);
        return new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            ConnectCallback = async (context, cancellationToken) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                try
                {
                    // The managed identity endpoint is no service of the cloud but a port of the machine.
                    bool isLocal = IPAddress.TryParse(context.DnsEndPoint.Host, out IPAddress? address) && IPAddress.IsLoopback(address);
                    await socket.ConnectAsync(IPAddress.Loopback, isLocal ? context.DnsEndPoint.Port : port, cancellationToken);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
            SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = PolicyOf(authority) },
        };
    }
}
