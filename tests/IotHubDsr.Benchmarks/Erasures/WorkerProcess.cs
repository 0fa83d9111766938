using System.Diagnostics;
using System.Text.Json;
using IotHubDsr.Sandbox;
using IotHubDsr.Sandbox.Hosting;

namespace IotHubDsr.Benchmarks.Erasures;

/// <summary>The process of a worker, which can be killed at any request that it sends.</summary>
internal static class WorkerProcess
{
    /// <summary>The verdicts of a worker; null when it was killed.</summary>
    /// <param name="server">The sandbox that it works on.</param>
    /// <param name="job">What it is to do.</param>
    /// <param name="isLast">Whether it is killed at a request: before it is handled (status 0), or when its answer begins.</param>
    public static async Task<List<WorkerVerdict>?> RunAsync(SandboxServer server, WorkerJob job, Func<LoggedRequest, bool> isLast)
    {
        using Process worker = Start();
        server.RequestLog.Observer = request =>
        {
            if (isLast(request))
                worker.Kill();
        };
        await worker.StandardInput.WriteLineAsync(JsonSerializer.Serialize(job));
        worker.StandardInput.Close();
        Task<string> errors = worker.StandardError.ReadToEndAsync();
        string output = await worker.StandardOutput.ReadToEndAsync();
        await worker.WaitForExitAsync();
        server.RequestLog.Observer = null;
        if (worker.ExitCode == 0)
            return JsonSerializer.Deserialize<List<WorkerVerdict>>(output)!;
        const int killed = 128 + 9;
        return worker.ExitCode == killed
            ? null
            : throw new InvalidOperationException($"A worker ended with {worker.ExitCode}: {await errors}");
    }

    private static Process Start()
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(typeof(WorkerProcess).Assembly.Location);
        start.ArgumentList.Add(ErasureWorker.Name);
        return Process.Start(start)!;
    }
}
