using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using IotHubDsr.Core.Distribution.Durable;

namespace IotHubDsr.Tests.Azurite;

/// <summary>
/// Microsoft's emulator of Azure Storage, on a free port of this machine and with a folder of its own; started when first asked for.
/// </summary>
public sealed class AzuriteServer : IDisposable
{
    private const string Ready = "successfully listens on ";
    private const string ReadyTogether = "is successfully listening at ";
    private const string Account = "tests";

    private readonly string _key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(64));
    private readonly string _folder = Directory.CreateTempSubdirectory("iothubdsr-azurite-").FullName;
    private readonly Lazy<Task<Uri>> _blobs;
    private readonly Lazy<Task<Uri>> _queues;
    private readonly Lazy<Task<Uri[]>> _all;
    private readonly ConcurrentBag<Process> _processes = [];

    public AzuriteServer()
    {
        _blobs = new Lazy<Task<Uri>>(() => StartAsync("blob"));
        _queues = new Lazy<Task<Uri>>(() => StartAsync("queue"));
        _all = new Lazy<Task<Uri[]>>(StartAllAsync);
    }

    /// <summary>Why the emulator cannot be started; null when it can.</summary>
    public static string? Missing { get; } = FindMissing();

    private static string Script(string service) =>
        Path.Combine(
            RepositoryPaths.Conformance("azurite"),
            "node_modules",
            "azurite",
            "dist",
            "src",
            service.EndsWith(".js", StringComparison.Ordinal) ? service : Path.Combine(service, "main.js")
        );

    /// <summary>A new container.</summary>
    internal async Task<BlobContainerClient> CreateContainerAsync()
    {
        Uri endpoint = await _blobs.Value;
        var options = new BlobClientOptions { TrimBlobNameSlashes = false };
        options.Retry.MaxRetries = 1;
        var service = new BlobServiceClient(new Uri(endpoint, Account), new StorageSharedKeyCredential(Account, _key), options);
        return await service.CreateBlobContainerAsync($"c{Guid.NewGuid():n}");
    }

    /// <summary>A new queue.</summary>
    internal async Task<QueueClient> CreateQueueAsync()
    {
        Uri endpoint = await _queues.Value;
        var options = new QueueClientOptions();
        options.Retry.MaxRetries = 1;
        var service = new QueueServiceClient(new Uri(endpoint, Account), new StorageSharedKeyCredential(Account, _key), options);
        return await service.CreateQueueAsync($"q{Guid.NewGuid():n}");
    }

    /// <summary>The account as the engine of workers needs it, for queues and tables of a name that nobody else has.</summary>
    internal async Task<DurableStorage> OpenEngineAsync() => (await OpenAccountAsync()).ToStorage();

    /// <summary>The same, to be handed to other processes.</summary>
    internal async Task<EngineAccount> OpenAccountAsync()
    {
        Uri[] endpoints = await _all.Value;
        return new EngineAccount(Of(0), Of(1), Of(2), Account, _key, $"t{Guid.NewGuid():n}");

        Uri Of(int service) => new(endpoints[service], Account);
    }

    public void Dispose()
    {
        foreach (Process process in _processes)
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private async Task<Uri> StartAsync(string service) => (await StartAsync(Script(service), Ready, service))[0];

    /// <summary>Blobs, queues and tables; the table service tells its port only in company.</summary>
    private Task<Uri[]> StartAllAsync() => StartAsync(Script("azurite.js"), ReadyTogether, "blob", "queue", "table");

    private async Task<Uri[]> StartAsync(string script, string ready, params string[] services)
    {
        var start = new ProcessStartInfo("node") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments =
        [
            script,
            .. services.SelectMany(static service => (string[])[$"--{service}Host", "127.0.0.1", $"--{service}Port", "0"]),
            "--location",
            Path.Combine(_folder, string.Concat(services)),
            "--silent",
            "--disableTelemetry",
            "--skipApiVersionCheck",
        ];
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment["AZURITE_ACCOUNTS"] = string.Create(CultureInfo.InvariantCulture, $"{Account}:{_key}");
        Process process = Process.Start(start)!;
        _processes.Add(process);
        List<Uri> endpoints = [];
        while (endpoints.Count < services.Length && await process.StandardOutput.ReadLineAsync() is { } line)
        {
            int at = line.IndexOf(ready, StringComparison.Ordinal);
            if (at >= 0)
                endpoints.Add(new Uri(line[(at + ready.Length)..].Trim() + "/"));
        }

        if (endpoints.Count == services.Length)
            return [.. endpoints];

        throw new InvalidOperationException($"Azurite did not start: {await process.StandardError.ReadToEndAsync()}");
    }

    private static string? FindMissing()
    {
        if (!File.Exists(Script("blob")))
            return "Azurite is not installed: run 'npm ci' in tests/conformance/azurite.";
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator);
        string node = OperatingSystem.IsWindows() ? "node.exe" : "node";
        return folders.Any(folder => File.Exists(Path.Combine(folder, node))) ? null : "Node.js is not installed.";
    }
}
