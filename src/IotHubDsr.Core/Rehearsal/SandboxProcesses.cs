using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Security;
using System.Text.Json;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Operations;

namespace IotHubDsr.Core.Rehearsal;

/// <summary>
/// The sandboxes of this process. A sandbox ends when its standard input does, so it ends with this process, however that ends.
/// </summary>
internal sealed class SandboxProcesses
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<int, Process> _processes = new();

    /// <summary>Starts one, and waits for it as long as the request says: on a busy machine it can take a while.</summary>
    public async Task<IotHubSandbox> StartAsync(StartSandboxOptions options, OperationEvents events, CancellationToken cancellationToken)
    {
        Process process = Start(options);
        try
        {
            Task<string> errors = process.StandardError.ReadToEndAsync(cancellationToken);
            string? line = await ReadLineAsync(process, options, events, cancellationToken);
            if (line is null)
                throw Refused(options, await errors);

            IotHubSandbox sandbox = Read(line, process.Id);
            _processes[process.Id] = process;
            return sandbox;
        }
        catch
        {
            process.Kill();
            process.Dispose();
            throw;
        }
    }

    /// <summary>The line that a sandbox writes when it serves; null when it ended instead.</summary>
    private static async Task<string?> ReadLineAsync(
        Process process,
        StartSandboxOptions options,
        OperationEvents events,
        CancellationToken cancellationToken
    )
    {
        long start = Stopwatch.GetTimestamp();
        Task<string?> line = process.StandardOutput.ReadLineAsync(cancellationToken).AsTask();
        while (await Task.WhenAny(line, Task.Delay(ProgressInterval, cancellationToken)) != line)
        {
            cancellationToken.ThrowIfCancellationRequested();
            TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
            if (elapsed > options.Timeout)
            {
                throw FaultCatalogue.SandboxFailed.Exception(
                    options.AssemblyPath,
                    $"it was not ready after {options.Timeout.TotalSeconds:0} seconds. On a busy machine, wait longer with -TimeoutSeconds."
                );
            }

            string status = $"Waiting for the sandbox: {elapsed.TotalSeconds:0} of at most {options.Timeout.TotalSeconds:0} seconds";
            await events.EmitAsync(
                new ProgressEvent(null, string.Empty, status, (int)(elapsed / options.Timeout * 100)),
                cancellationToken
            );
        }

        return await line;
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
                await process.WaitForExitAsync(timeout.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill();
                throw;
            }
        }
    }

    private static Process Start(StartSandboxOptions options)
    {
        if (!File.Exists(options.AssemblyPath))
            throw FaultCatalogue.SandboxFailed.Exception(options.AssemblyPath, "its files are missing from this installation.");

        var start = new ProcessStartInfo(DotnetHost.Find())
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        List<string> arguments =
        [
            options.AssemblyPath,
            "--seed",
            Text(options.Seed),
            "--scale",
            Text(options.Scale),
            "--port",
            Text(options.Port),
        ];
        if (options.Sku is { } sku)
            arguments.AddRange(["--sku", sku]);
        if (options.Units is { } units)
            arguments.AddRange(["--units", Text(units)]);
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new DsrException(FaultCatalogue.SandboxRuntimeMissing.For(options.AssemblyPath, "no 'dotnet' was found"), exception);
        }
    }

    private static DsrException Refused(StartSandboxOptions options, string errors)
    {
        bool runtimeMissing =
            errors.Contains("Microsoft.AspNetCore.App", StringComparison.Ordinal)
            || errors.Contains("Microsoft.NETCore.App", StringComparison.Ordinal)
            || errors.Contains("You must install or update .NET", StringComparison.Ordinal);
        return runtimeMissing
            ? FaultCatalogue.SandboxRuntimeMissing.Exception(options.AssemblyPath, "the installed 'dotnet' does not have it")
            : FaultCatalogue.SandboxFailed.Exception(
                options.AssemblyPath,
                FirstLine(errors) is { Length: > 0 } text ? text : "it exited immediately."
            );
    }

    /// <summary>The line that helps a person: a stack trace follows it.</summary>
    private static string FirstLine(string errors)
    {
        OperationNotices.Send(NoticeLevel.Debug, errors);
        return errors.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).FirstOrDefault() ?? string.Empty;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static IotHubSandbox Read(string line, int processId)
    {
        using var document = JsonDocument.Parse(line);
        JsonElement root = document.RootElement;
        return new IotHubSandbox
        {
            ProcessId = processId,
            Port = root.GetProperty("port").GetInt32(),
            AmqpPort = root.GetProperty("amqpPort").GetInt32(),
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
