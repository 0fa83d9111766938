using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using IotHubDsr.Sandbox;

namespace IotHubDsr.Core.Tests.Sandbox;

/// <summary>A sandbox in this process and a plain HTTP client that reaches it by the real host names.</summary>
internal sealed class SandboxSession : IAsyncDisposable
{
    public const string HubAudience = "https://iothubs.azure.net";
    public const string ArmAudience = "https://management.azure.com";
    public const string StorageAudience = "https://storage.azure.com";

    private SandboxSession(SandboxServer server)
    {
        Server = server;
        Http = new HttpClient(NewHandler(server.Descriptor));
    }

    public SandboxServer Server { get; }

    public HttpClient Http { get; }

    public SandboxDescriptor Descriptor => Server.Descriptor;

    public static async Task<SandboxSession> StartAsync(SandboxOptions? options = null) =>
        new(await SandboxServer.StartAsync(options ?? new SandboxOptions(), CancellationToken.None));

    public static SocketsHttpHandler NewHandler(SandboxDescriptor descriptor) =>
        new()
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, descriptor.Port), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { X509Certificate2.CreateFromPem(descriptor.CaCertificatePem) },
                    RevocationMode = X509RevocationMode.NoCheck,
                },
            },
        };

    public static async Task<JsonNode> JsonOf(HttpResponseMessage response) =>
        JsonNode.Parse(await response.Content.ReadAsStringAsync()) ?? throw new InvalidOperationException("The body is null.");

    public async Task<HttpResponseMessage> SendAsync(
        string method,
        string url,
        string? authorization,
        JsonNode? body = null,
        params (string Name, string Value)[] headers
    )
    {
        // The raw path must arrive as written: device IDs are encoded by the test, once.
        var verbatim = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(url, verbatim));
        if (authorization is not null)
            request.Headers.Authorization = AuthenticationHeaderValue.Parse(authorization);

        foreach ((string? name, string? value) in headers)
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));

        request.Content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        return await Http.SendAsync(request);
    }

    public Task<HttpResponseMessage> HubAsync(
        string method,
        string path,
        JsonNode? body = null,
        params (string Name, string Value)[] headers
    ) => SendAsync(method, $"https://{Descriptor.HubHostName}{path}?api-version=2021-04-12", Bearer(HubAudience), body, headers);

    public Task<HttpResponseMessage> ArmAsync(string method, string pathAndQuery) =>
        SendAsync(method, $"https://{Descriptor.ArmHost}{pathAndQuery}", Bearer(ArmAudience));

    public Task<HttpResponseMessage> BlobAsync(string method, string account, string pathAndQuery) =>
        SendAsync(
            method,
            $"https://{account}.blob.core.windows.net{pathAndQuery}",
            Bearer(StorageAudience),
            null,
            ("x-ms-version", "2023-11-03")
        );

    public async Task<HttpResponseMessage> ControlAsync(string method, string path, JsonNode? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), $"https://localhost/sandbox/{path}");
        request.Headers.Add("x-sandbox-key", Descriptor.ControlKey);
        request.Content = body is null ? null : JsonContent.Create(body);
        return await Http.SendAsync(request);
    }

    public string Bearer(string audience) => $"Bearer {Server.Tokens.Issue(audience)}";

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Server.DisposeAsync();
    }
}
