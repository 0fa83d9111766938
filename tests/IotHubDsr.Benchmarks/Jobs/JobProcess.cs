using System.Diagnostics;
using System.Text.Json;
using IotHubDsr.Benchmarks.Erasures;
using IotHubDsr.Benchmarks.Sandboxes;

namespace IotHubDsr.Benchmarks.Jobs;

/// <summary>A worker in a process of its own, and the folder of its requests.</summary>
internal sealed class JobProcess : IAsyncDisposable
{
    /// <summary>Name of the folder of requests in <see cref="JobOrder.Store"/>.</summary>
    public const string Requests = "requests";

    private readonly Process _process;
    private readonly string _folder = Directory.CreateTempSubdirectory("jobs-").FullName;

    private JobProcess(Process process) => _process = process;

    /// <summary>What the worker has put on record.</summary>
    public RequestFolder Evidence => new(Path.Combine(_folder, Requests));

    /// <param name="sandbox">The sandbox to work on.</param>
    /// <param name="limit">How many blobs, or devices, are worked on at once.</param>
    /// <param name="locationFile">A file of further locations; null where <paramref name="containers"/> are all.</param>
    /// <param name="containers">Containers that the hub's configuration does not tell of.</param>
    public static async Task<JobProcess> StartAsync(
        BlobSandbox sandbox,
        int limit = EngineSession.UsualLimit,
        string? locationFile = null,
        params IReadOnlyList<string> containers
    )
    {
        var start = new ProcessStartInfo("dotnet", [typeof(JobProcess).Assembly.Location, JobWorker.Name])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var worker = new JobProcess(Process.Start(start)!);
        await worker.DoAsync(
            new JobOrder(JobTask.Connect)
            {
                Sandbox = WorkerSandbox.Of(sandbox.Connection),
                Store = worker._folder,
                Containers = containers,
                LocationFile = locationFile,
                ThrottleLimit = limit,
            }
        );
        return worker;
    }

    public Task<JobReport> FindAsync(IReadOnlyList<string> devices) => DoAsync(new JobOrder(JobTask.Find) { Devices = devices });

    /// <summary>Reads the locations one after the other, and tells what each took.</summary>
    public Task<JobReport> FindApartAsync(string device) => DoAsync(new JobOrder(JobTask.FindApart) { Devices = [device] });

    public Task<JobReport> PlanAsync(IReadOnlyList<string> devices) => DoAsync(new JobOrder(JobTask.Plan) { Devices = devices });

    /// <summary>Erases what was planned.</summary>
    /// <param name="place">Erases in this place only; null for everywhere.</param>
    public Task<JobReport> EraseAsync(string? place = null) => DoAsync(new JobOrder(JobTask.Erase) { Place = place });

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<JobReport> DoAsync(JobOrder order)
    {
        await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(order));
        await _process.StandardInput.FlushAsync();
        string line = await _process.StandardOutput.ReadLineAsync()
            ?? throw new InvalidOperationException($"The worker ended when it was to {order.Task}.");
        JobReport report = JsonSerializer.Deserialize<JobReport>(line)!;
        await Console.Error.WriteLineAsync(
            $"   {order.Task}: {report.Seconds:F1} s, {report.Records:N0} records, peak {report.PeakMib:F0} MiB"
        );
        return report;
    }
}

/// <summary>The files of requests on disk.</summary>
internal sealed record RequestFolder(string Path)
{
    private const string Journals = ".jsonl";

    /// <summary>Size of the journals.</summary>
    public long JournalBytes => Files.Where(IsJournal).Sum(file => file.Length);

    /// <summary>Size of plans, outcomes, certificates and what else there is beside the journals.</summary>
    public long OtherBytes => Files.Where(file => !IsJournal(file)).Sum(file => file.Length);

    public string Description => string.Join(", ", Files.Where(file => file.Length > 0).Select(file => $"{file.Name} {file.Length:N0}"));

    private IEnumerable<FileInfo> Files => new DirectoryInfo(Path).EnumerateFiles("*", SearchOption.AllDirectories);

    private static bool IsJournal(FileInfo file) => file.Name.EndsWith(Journals, StringComparison.Ordinal);
}
