using System.Net;
using System.Text.Json;
using IotHubDsr.Benchmarks.Startup;
using IotHubDsr.Core.Azure;

namespace IotHubDsr.Benchmarks.Archives;

/// <summary>A sandbox in another process, the way of the product's stores into it, and the back door by which it is filled.</summary>
internal sealed class BlobSandbox : IAsyncDisposable
{
    private readonly WarmSandbox _process;
    private readonly HttpClient _control;

    private BlobSandbox(WarmSandbox process)
    {
        _process = process;
        IotHubSandbox sandbox = Describe(process.Descriptor);
        Cloud cloud = SandboxCloud.For(sandbox);
        Access = new AzureAccess(cloud, access =>
            Credentials.ForApplication(access, sandbox.TenantId, sandbox.ClientId, sandbox.ClientSecret)
        );
        _control = new HttpClient(cloud.CreateHandler())
        {
            BaseAddress = new Uri("https://localhost/"),
            Timeout = TimeSpan.FromMinutes(10),
        };
        _control.DefaultRequestHeaders.Add("x-sandbox-key", sandbox.ControlKey);
    }

    public AzureAccess Access { get; }

    /// <summary>PowerShell that connects a session to it.</summary>
    public string ConnectScript => _process.ConnectScript;

    public static async Task<BlobSandbox> StartAsync() => new(await WarmSandbox.StartAsync());

    /// <summary>Plants the same bytes under several names.</summary>
    public async Task PutAsync(string account, string container, string name, byte[] bytes, int copies)
    {
        using var content = new ByteArrayContent(bytes);
        content.Headers.Add("x-sandbox-copies", $"{copies}");
        content.Headers.Add("x-sandbox-last-modified", "2026-01-05T08:00:00Z");
        using HttpResponseMessage response = await _control.PutAsync(
            new Uri($"sandbox/blobs/{account}/{container}/{name}", UriKind.Relative),
            content
        );
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Forgets all requests so far.</summary>
    public async Task ClearLogAsync() => (await _control.DeleteAsync(new Uri("sandbox/log", UriKind.Relative))).EnsureSuccessStatusCode();

    /// <summary>Bytes in the bodies of all requests that change anything.</summary>
    public async Task<long> BytesUploadedAsync()
    {
        using var log = JsonDocument.Parse(await _control.GetStringAsync(new Uri("sandbox/log", UriKind.Relative)));
        return log
            .RootElement.EnumerateArray()
            .Where(entry => entry.GetProperty("mutating").GetBoolean())
            .Sum(entry => entry.GetProperty("bytesIn").GetInt64());
    }

    public async ValueTask DisposeAsync()
    {
        _control.Dispose();
        Access.Dispose();
        await _process.DisposeAsync();
    }

    private static IotHubSandbox Describe(JsonElement descriptor)
    {
        return new IotHubSandbox
        {
            ProcessId = descriptor.GetProperty("processId").GetInt32(),
            Port = descriptor.GetProperty("port").GetInt32(),
            Seed = descriptor.GetProperty("seed").GetInt32(),
            HubName = Text("hubName"),
            HubHostName = Text("hubHostName"),
            ResourceId = Text("hubResourceId"),
            TenantId = Text("tenantId"),
            ClientId = Text("clientId"),
            ClientSecret = new NetworkCredential(string.Empty, Text("clientSecret")).SecurePassword,
            ConnectionString = new NetworkCredential(string.Empty, Text("hubConnectionString")).SecurePassword,
            CaCertificate = Text("caCertificatePem"),
            ControlKey = Text("controlKey"),
            IdentityEndpoint = new Uri(Text("identityEndpoint")),
            IdentityHeader = Text("identityHeader"),
        };

        string Text(string name) => descriptor.GetProperty(name).GetString()!;
    }
}
