using System.Management.Automation;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Azure.Core.Pipeline;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace IotHubDsr.BareModule;

/// <summary>Names of the first page of a container's blobs: a credential, a client, one request.</summary>
[Cmdlet(VerbsCommon.Get, "BareBlob")]
[OutputType(typeof(string))]
public sealed class GetBareBlobCommand : PSCmdlet
{
    /// <summary>URI of the container.</summary>
    [Parameter(Mandatory = true)]
    public Uri Container { get; set; } = null!;

    /// <summary>Port of the sandbox, which all connections go to.</summary>
    [Parameter(Mandatory = true)]
    public int Port { get; set; }

    /// <summary>The authority of the sandbox, as PEM.</summary>
    [Parameter(Mandatory = true)]
    public string CaCertificate { get; set; } = string.Empty;

    /// <summary>Tenant of the application.</summary>
    [Parameter(Mandatory = true)]
    public string TenantId { get; set; } = string.Empty;

    /// <summary>ID of the application.</summary>
    [Parameter(Mandatory = true)]
    public string ClientId { get; set; } = string.Empty;

    /// <summary>Secret of the application.</summary>
    [Parameter(Mandatory = true)]
    public string ClientSecret { get; set; } = string.Empty;

    /// <inheritdoc />
    protected override void EndProcessing()
    {
        using SocketsHttpHandler handler = Handler();
        var transport = new HttpClientTransport(handler);
        var credential = new ClientSecretCredential(
            TenantId,
            ClientId,
            ClientSecret,
            new ClientSecretCredentialOptions { DisableInstanceDiscovery = true, Transport = transport }
        );
        var client = new BlobContainerClient(Container, credential, new BlobClientOptions { Transport = transport });
        foreach (BlobItem? blob in client.GetBlobs().AsPages().First().Values)
            WriteObject(blob.Name);
    }

    private SocketsHttpHandler Handler() =>
        new()
        {
            UseProxy = false,
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(IPAddress.Loopback, Port, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { X509Certificate2.CreateFromPem(CaCertificate) },
                    RevocationMode = X509RevocationMode.NoCheck,
                },
            },
        };
}
