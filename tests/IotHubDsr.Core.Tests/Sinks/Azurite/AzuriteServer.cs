using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Azure.Storage;
using Azure.Storage.Blobs;

namespace IotHubDsr.Core.Tests.Sinks.Azurite;

/// <summary>
/// Microsoft's emulator of Azure Storage, on a free port of this machine and with a folder of its own; started when first asked for.
/// </summary>
public sealed class AzuriteServer : IDisposable
{
    private const string Ready = "successfully listens on ";
    private const string Account = "tests";

    private readonly string _key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(64));
    private readonly string _folder = Directory.CreateTempSubdirectory("iothubdsr-azurite-").FullName;
    private readonly Lazy<Task<Uri>> _endpoint;
    private Process? _process;

    public AzuriteServer() => _endpoint = new Lazy<Task<Uri>>(StartAsync);

    /// <summary>Why the emulator cannot be started; null when it can.</summary>
    public static string? Missing { get; } = FindMissing();

    private static string Script =>
        Path.Combine(RepositoryPaths.Conformance("azurite"), "node_modules", "azurite", "dist", "src", "blob", "main.js");

    /// <summary>A new container.</summary>
    internal async Task<BlobContainerClient> CreateContainerAsync()
    {
        Uri endpoint = await _endpoint.Value;
        var options = new BlobClientOptions { TrimBlobNameSlashes = false };
        options.Retry.MaxRetries = 1;
        var service = new BlobServiceClient(new Uri(endpoint, Account), new StorageSharedKeyCredential(Account, _key), options);
        return await service.CreateBlobContainerAsync($"c{Guid.NewGuid():n}");
    }

    public void Dispose()
    {
        if (_process is { } process)
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private async Task<Uri> StartAsync()
    {
        var start = new ProcessStartInfo("node") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments =
        [
            Script,
            "--blobHost",
            "127.0.0.1",
            "--blobPort",
            "0",
            "--location",
            _folder,
            "--silent",
            "--disableTelemetry",
            "--skipApiVersionCheck",
        ];
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment["AZURITE_ACCOUNTS"] = string.Create(CultureInfo.InvariantCulture, $"{Account}:{_key}");
        _process = Process.Start(start)!;
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            int at = line.IndexOf(Ready, StringComparison.Ordinal);
            if (at >= 0)
                return new Uri(line[(at + Ready.Length)..].Trim() + "/");
        }

        throw new InvalidOperationException($"Azurite did not start: {await _process.StandardError.ReadToEndAsync()}");
    }

    private static string? FindMissing()
    {
        if (!File.Exists(Script))
            return "Azurite is not installed: run 'npm ci' in tests/conformance/azurite.";
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator);
        string node = OperatingSystem.IsWindows() ? "node.exe" : "node";
        return folders.Any(folder => File.Exists(Path.Combine(folder, node))) ? null : "Node.js is not installed.";
    }
}
