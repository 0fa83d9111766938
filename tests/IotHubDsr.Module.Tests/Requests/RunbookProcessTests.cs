using System.Diagnostics;
using System.Management.Automation;
using System.Text.Json;
using Xunit.Abstractions;

namespace IotHubDsr.Module.Tests.Requests;

/// <summary>
/// module/Examples/Runbook.ps1 as Azure Automation runs it: with a managed identity, without profile, host and prompt, in 400 MB.
/// </summary>
public sealed class RunbookProcessTests(ITestOutputHelper output) : IDisposable
{
    private const int Mebibytes = 400;

    /// <summary>Far beyond what a job takes: one that has not ended by then hangs.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private static readonly string Runbook = Path.Combine(RepositoryPaths.Root, "module", "Examples", "Runbook.ps1");

    private readonly ModuleSession _session = ModuleSession.WithSandbox();
    private readonly TemporaryFolder _home = new();

    public void Dispose()
    {
        _session.Dispose();
        _home.Dispose();
    }

    [LinuxFact]
    public async Task Runbook_KilledAtRandomAndStartedAgain_FinishesTheRequestWithTheRolesOfTheModule()
    {
        int kills = Math.Min(Repetitions.Of(3), 12);
        var random = new Random();
        _session.Sandbox.AssignRoles(Directory.EnumerateFiles(Path.Combine(RepositoryPaths.Root, "module", "Roles"), "*.json"));
        string[] bystanders = Holdings("Dev1", "dev10");
        using var limit = MemoryLimit.Of(Mebibytes);
        var story = new List<string>();

        for (int kill = 0; kill < kills; kill++)
        {
            _session.Sandbox.ClearLog();
            using Process job = Start(limit);
            int requests = random.Next(1, 400);
            while (!job.HasExited && _session.Sandbox.Log.Count < requests)
                await Task.Delay(TimeSpan.FromMilliseconds(20));
            bool wasKilled = !job.HasExited;
            job.Kill();
            story.Add(
                $"{(wasKilled ? "killed" : "ended")} after {_session.Sandbox.Log.Count} requests: "
                    + $"{await job.StandardOutput.ReadToEndAsync()}{await job.StandardError.ReadToEndAsync()}"
            );
            await job.WaitForExitAsync();
            // The lease of the job that was killed has run out by the time the next begins.
            _session.Sandbox.Advance(TimeSpan.FromSeconds(61));
        }

        using Process last = Start(limit);
        Task<string> errors = last.StandardError.ReadToEndAsync();
        story.Add(await last.StandardOutput.ReadToEndAsync().WaitAsync(Patience) + await errors);
        await last.WaitForExitAsync().WaitAsync(Patience);

        string told = string.Join(Environment.NewLine, [.. story, $"At most {limit.Peak / 1024 / 1024} MiB were used at once."]);
        output.WriteLine(told);
        Assert.True(last.ExitCode == 0, told);
        Assert.True(limit.Peak is null or (> 50L * 1024 * 1024 and <= Mebibytes * 1024L * 1024), told);
        PSObject request = _session
            .Run(
                "param($store) Connect-IotHubDsr -Sandbox $sandbox -RequestStore $store | Out-Null; Get-IotDataRequest",
                RequestSession.Container
            )
            .Single();
        Assert.True(request.Text("Status") is "Waiting" or "ActionNeeded", told);
        Assert.NotEmpty(request.Items("Certificates"));
        Assert.DoesNotContain(Holdings("dev1"), line =>
            line.Contains("DeviceRegistry", StringComparison.Ordinal) && !line.EndsWith("0 records", StringComparison.Ordinal)
        );
        Assert.Equal(bystanders, Holdings("Dev1", "dev10"));
        Assert.Empty(Directory.EnumerateFiles(_home.Path, "*.jsonl", SearchOption.AllDirectories));
    }

    private sealed class LinuxFactAttribute : FactAttribute
    {
        public LinuxFactAttribute() => Skip = OperatingSystem.IsLinux() ? null : "The hard limits of memory are Linux's.";
    }

    /// <summary>
    /// What each location holds of a device; old copies, which rewriting makes, are left out, and logs of the hub, in which asking for the
    /// device leaves rows.
    /// </summary>
    private string[] Holdings(params string[] devices) =>
        [
            .. _session
                .Run(
                    """
                    param($devices) Connect-IotHubDsr -Sandbox $sandbox | Out-Null
                    $devices | Get-IotDeviceDataFootprint -ErrorAction SilentlyContinue | ForEach-Object { "$($_.DeviceId) $($_.Kind) $($_.Place): $($_.Records - $_.OldCopyRecords) records" }
                    """,
                    [devices]
                )
                .Output.Select(static line => $"{line}")
                .Where(static line => !line.Contains("LogAnalyticsWorkspace", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>A job as Automation starts it; all that it knows of the sandbox is where it is.</summary>
    private Process Start(MemoryLimit limit)
    {
        PSObject sandbox = _session.SandboxObject;
        string description = _home.File("sandbox.json");
        File.WriteAllText(
            description,
            JsonSerializer.Serialize(
                (
                    (string[])["ProcessId", "Port", "Seed", "HubName", "HubHostName", "ResourceId", "TenantId", "ClientId", "CaCertificate"]
                ).ToDictionary(static name => name, name => sandbox.Properties[name].Value)
            )
        );
        string command = $$"""
            Import-Module '{{RepositoryPaths.Manifest}}'
            $sandbox = [IotHubDsr.IotHubSandbox] (Get-Content -Raw '{{description}}' | ConvertFrom-Json -AsHashtable)
            & '{{Runbook}}' -Sandbox $sandbox -RequestStore '{{RequestSession.Container}}' -DeviceId dev1 | Out-String -Width 200
            """;
        ProcessStartInfo start = limit.Apply(PowerShellTool.StartInfo("-NonInteractive", "-Command", command));
        start.Environment["IDENTITY_ENDPOINT"] = sandbox.Text("IdentityEndpoint");
        start.Environment["IDENTITY_HEADER"] = sandbox.Text("IdentityHeader");
        start.Environment["HOME"] = _home.Path;
        Process job = Process.Start(start)!;
        job.StandardInput.Close();
        return job;
    }
}
