using System.Diagnostics;
using System.Text.Json;

namespace IotHubDsr.Benchmarks.Startup;

/// <summary>A sandbox that outlives the sessions that are measured against it.</summary>
internal sealed class WarmSandbox : IAsyncDisposable
{
    private readonly Process _process;

    private WarmSandbox(Process process, JsonElement descriptor)
    {
        _process = process;
        Descriptor = descriptor;
        ConnectScript = $$"""
            $s = [IotHubDsr.IotHubSandbox] @{
                ProcessId = {{process.Id}}; Port = {{descriptor.GetProperty("port").GetInt32()}}; Seed = 1
                HubName = '{{Text("hubName")}}'; HubHostName = '{{Text("hubHostName")}}'; ResourceId = '{{Text("hubResourceId")}}'
                TenantId = '{{Text("tenantId")}}'; ClientId = '{{Text("clientId")}}'; ControlKey = '{{Text("controlKey")}}'
                ClientSecret = [Net.NetworkCredential]::new('', '{{Text("clientSecret")}}').SecurePassword
                ConnectionString = [Net.NetworkCredential]::new('', '{{Text("hubConnectionString")}}').SecurePassword
                CaCertificate = '{{Text("caCertificatePem")}}'
            }
            $null = Connect-IotHubDsr -Sandbox $s
            """;

        BareScript = $$"""
            Get-BareBlob -Port {{descriptor.GetProperty("port").GetInt32()}} -TenantId '{{Text("tenantId")}}' -ClientId '{{Text(
                "clientId"
            )}}' `
                -ClientSecret '{{Text("clientSecret")}}' -CaCertificate '{{Text(
                "caCertificatePem"
            )}}' -Container https://contosorouted.blob.core.windows.net/raw-json
            """;

        string Text(string name) => descriptor.GetProperty(name).GetString()!.Replace("'", "''", StringComparison.Ordinal);
    }

    /// <summary>What the sandbox said of itself.</summary>
    public JsonElement Descriptor { get; }

    /// <summary>PowerShell that connects a new session to it.</summary>
    public string ConnectScript { get; }

    /// <summary>PowerShell that lists blobs of it with the bare module.</summary>
    public string BareScript { get; }

    public static async Task<WarmSandbox> StartAsync()
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.ArgumentList.Add(Path.Combine(PowerShellProcess.RepositoryRoot, "module", "bin", "sandbox", "IotHubDsr.Sandbox.dll"));
        Process process = Process.Start(start)!;
        string line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The sandbox did not start.");
        using var descriptor = JsonDocument.Parse(line);
        return new WarmSandbox(process, descriptor.RootElement.Clone());
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
