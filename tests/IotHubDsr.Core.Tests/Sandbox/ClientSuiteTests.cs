using System.Diagnostics;
using System.Text.Json;
using IotHubDsr.Sandbox;

namespace IotHubDsr.Core.Tests.Sandbox;

/// <summary>
/// Microsoft's clients for JavaScript, unchanged, judge the sandbox: each call has the answer that the service is documented to give.
/// </summary>
public sealed class ClientSuiteTests
{
    private const string Summary = "clients: ";

    [ClientsFact]
    public async Task Clients_GetTheDocumentedAnswers()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();

        (string? output, string? errors) = await RunAsync(sandbox.Descriptor, "suite.js");

        Assert.Equal("", errors);
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        // First what differs, so that a failure says it.
        string[] differences = [.. lines.Where(line => !line.StartsWith(Summary, StringComparison.Ordinal))];
        Assert.Empty(differences);
        Assert.Matches(@"^clients: (\d+) calls, \1 as documented, 0 refused without reason$", Assert.Single(lines));
    }

    public static string Folder { get; } = RepositoryPaths.Conformance("clients");

    private static async Task<(string Output, string Errors)> RunAsync(SandboxDescriptor descriptor, string script)
    {
        var start = new ProcessStartInfo("node", [Path.Combine(Folder, script)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(JsonSerializer.Serialize(descriptor, SandboxJson.Default.SandboxDescriptor));
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (output, await errors);
    }
}

/// <summary>A test that needs Node.js, and the clients as tests/conformance/clients installs them.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ClientsFactAttribute : FactAttribute
{
    private static readonly string[] Clients = ["azure-iothub", "azure-iot-provisioning-service"];

    public ClientsFactAttribute() =>
        Skip =
            Archives.Tools.Has("node") && Clients.All(name => Directory.Exists(Path.Combine(ClientSuiteTests.Folder, "node_modules", name)))
                ? null
                : "Needs Node.js and Microsoft's clients (npm ci --ignore-scripts --prefix tests/conformance/clients).";
}
