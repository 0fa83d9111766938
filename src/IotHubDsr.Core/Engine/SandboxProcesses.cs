using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Security;
using System.Text.Json;

namespace IotHubDsr.Engine;

/// <summary>
/// The sandboxes of this process. A sandbox ends when its standard input does, so it ends with this process, however that ends.
/// </summary>
internal sealed class SandboxProcesses
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<int, Process> _processes = new();

    public async Task<IotHubSandbox> StartAsync(SandboxRequest request, CancellationToken cancellationToken)
    {
        Process process = Start(request);
        try
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            timeout.CancelAfter(StartTimeout);
            Task<string> errors = process.StandardError.ReadToEndAsync(timeout.Token);
            string? line = await process.StandardOutput.ReadLineAsync(timeout.Token).ConfigureAwait(false);
            if (line is null)
                throw Refused(request, await errors.ConfigureAwait(false));

            IotHubSandbox sandbox = Read(line, process.Id);
            _processes[process.Id] = process;
            return sandbox;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            process.Kill();
            throw FaultCatalogue.SandboxFailed.Exception(request.AssemblyPath, $"it said nothing for {StartTimeout.TotalSeconds} seconds.");
        }
        catch
        {
            process.Kill();
            process.Dispose();
            throw;
        }
    }

    public async Task StopAsync(int processId, CancellationToken cancellationToken)
    {
        if (!_processes.TryRemove(processId, out Process? process))
            throw FaultCatalogue.SandboxNotFound.Exception(processId.ToString(CultureInfo.InvariantCulture));
        using (process)
        {
            process.StandardInput.Close();
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            timeout.CancelAfter(StopTimeout);
            try
            {
                await process.WaitForExitAsync(timeout.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                process.Kill();
                throw;
            }
        }
    }

    private static Process Start(SandboxRequest request)
    {
        if (!File.Exists(request.AssemblyPath))
            throw FaultCatalogue.SandboxFailed.Exception(request.AssemblyPath, "its files are not part of this installation.");

        var start = new ProcessStartInfo(DotnetHost.Find())
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        foreach (string argument in (string[])[request.AssemblyPath, "--seed", Text(request.Seed), "--scale", Text(request.Scale), "--port", Text(request.Port)])
            start.ArgumentList.Add(argument);
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new DsrException(FaultCatalogue.SandboxRuntimeMissing.For(request.AssemblyPath, "no 'dotnet' was found"), exception);
        }
    }

    private static DsrException Refused(SandboxRequest request, string errors)
    {
        bool runtimeMissing = errors.Contains("Microsoft.AspNetCore.App", StringComparison.Ordinal)
            || errors.Contains("Microsoft.NETCore.App", StringComparison.Ordinal)
            || errors.Contains("You must install or update .NET", StringComparison.Ordinal);
        return runtimeMissing
            ? FaultCatalogue.SandboxRuntimeMissing.Exception(request.AssemblyPath, "the 'dotnet' that was found has none")
            : FaultCatalogue.SandboxFailed.Exception(request.AssemblyPath, errors.Trim() is { Length: > 0 } text ? text : "it ended at once.");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static IotHubSandbox Read(string line, int processId)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        JsonElement root = document.RootElement;
        return new IotHubSandbox
        {
            ProcessId = processId,
            Port = root.GetProperty("port").GetInt32(),
            Seed = root.GetProperty("seed").GetInt32(),
            HubName = Value(root, "hubName"),
            HubHostName = Value(root, "hubHostName"),
            ResourceId = Value(root, "hubResourceId"),
            TenantId = Value(root, "tenantId"),
            ClientId = Value(root, "clientId"),
            ClientSecret = Secret(root, "clientSecret"),
            ConnectionString = Secret(root, "hubConnectionString"),
            CaCertificate = Value(root, "caCertificatePem"),
            ControlKey = Value(root, "controlKey"),
            IdentityEndpoint = new Uri(Value(root, "identityEndpoint")),
            IdentityHeader = Value(root, "identityHeader"),
        };
    }

    private static string Value(JsonElement root, string name) => root.GetProperty(name).GetString()!;

    private static SecureString Secret(JsonElement root, string name)
    {
        var secret = new SecureString();
        foreach (char c in Value(root, name))
            secret.AppendChar(c);
        secret.MakeReadOnly();
        return secret;
    }
}
