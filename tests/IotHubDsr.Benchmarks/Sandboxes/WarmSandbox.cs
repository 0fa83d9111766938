using System.Diagnostics;
using System.Net;
using System.Text.Json;

namespace IotHubDsr.Benchmarks.Sandboxes;

/// <summary>A sandbox in a process of its own, which outlives the sessions that are measured against it.</summary>
internal sealed class WarmSandbox : IAsyncDisposable
{
    private readonly Process _process;
    private readonly JsonElement _descriptor;

    private WarmSandbox(Process process, JsonElement descriptor)
    {
        (_process, _descriptor) = (process, descriptor);
        Connection = new IotHubSandbox
        {
            ProcessId = process.Id,
            Port = descriptor.GetProperty("port").GetInt32(),
            AmqpPort = descriptor.GetProperty("amqpPort").GetInt32(),
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
    }

    /// <summary>How a session of this process reaches it.</summary>
    public IotHubSandbox Connection { get; }

    /// <summary>PowerShell that lists blobs of it with the bare module.</summary>
    public string BareScript =>
        $$"""
            Get-BareBlob -Port {{Connection.Port}} -TenantId '{{Quoted("tenantId")}}' -ClientId '{{Quoted("clientId")}}' `
                -ClientSecret '{{Quoted("clientSecret")}}' -CaCertificate '{{Quoted(
                "caCertificatePem"
            )}}' -Container https://contosorouted.blob.core.windows.net/raw-json
            """;

    /// <summary>Starts a sandbox.</summary>
    /// <param name="arguments">Options of the sandbox, such as <c>--scale 25</c>.</param>
    public static async Task<WarmSandbox> StartAsync(params string[] arguments)
    {
        string assembly = Path.Combine(PowerShellProcess.RepositoryRoot, "module", "bin", "sandbox", "IotHubDsr.Sandbox.dll");
        var start = new ProcessStartInfo("dotnet", [assembly, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        Process process = Process.Start(start)!;
        string line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The sandbox did not start.");
        using var descriptor = JsonDocument.Parse(line);
        return new WarmSandbox(process, descriptor.RootElement.Clone());
    }

    /// <summary>PowerShell that connects a new session to it.</summary>
    /// <param name="parameters">Further parameters of the connection.</param>
    public string ConnectScript(string parameters = "") =>
        $$"""
            $s = [IotHubDsr.IotHubSandbox] @{
                ProcessId = {{Connection.ProcessId}}; Port = {{Connection.Port}}; AmqpPort = {{Connection.AmqpPort}}; Seed = {{Connection.Seed}}
                HubName = '{{Quoted("hubName")}}'; HubHostName = '{{Quoted("hubHostName")}}'; ResourceId = '{{Quoted("hubResourceId")}}'
                TenantId = '{{Quoted("tenantId")}}'; ClientId = '{{Quoted("clientId")}}'; ControlKey = '{{Quoted("controlKey")}}'
                ClientSecret = [Net.NetworkCredential]::new('', '{{Quoted("clientSecret")}}').SecurePassword
                ConnectionString = [Net.NetworkCredential]::new('', '{{Quoted("hubConnectionString")}}').SecurePassword
                CaCertificate = '{{Quoted("caCertificatePem")}}'
            }
            $null = Connect-IotHubDsr -Sandbox $s {{parameters}}
            """;

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private string Text(string name) => _descriptor.GetProperty(name).GetString()!;

    private string Quoted(string name) => Text(name).Replace("'", "''", StringComparison.Ordinal);
}
