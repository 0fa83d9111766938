using System.Diagnostics;
using System.Globalization;

namespace IotHubDsr.Module.Tests.Sandbox;

public sealed class SandboxCommandTests
{
    [Fact]
    public void Start_SameSeed_MakesTheSameWorld()
    {
        using var first = ModuleSession.WithSandbox(seed: 7);
        using var second = ModuleSession.WithSandbox(seed: 7);
        using var other = ModuleSession.WithSandbox(seed: 8);

        Assert.Equal(Counts(first), Counts(second));
        Assert.NotEqual(Counts(first), Counts(other));
    }

    [Fact]
    public void Stop_EndsTheProcess()
    {
        using var session = ModuleSession.WithSandbox();
        using var process = Process.GetProcessById((int)session.SandboxObject.Number("ProcessId"));

        session.Run("$sandbox | Stop-IotHubSandbox");

        Assert.True(process.WaitForExit(10_000));
        session.TryRun("Stop-IotHubSandbox $sandbox").AssertOnly("SandboxNotFound");
    }

    [Fact]
    public void StartAndStop_WhatIf_DoNothing()
    {
        using var session = ModuleSession.WithSandbox();

        Assert.Empty(session.Run("Start-IotHubSandbox -WhatIf").Output);
        session.Run("Stop-IotHubSandbox $sandbox -WhatIf");

        Assert.NotEmpty(session.Sandbox.World.Devices);
    }

    [Fact]
    public async Task KilledSession_TakesItsSandboxAlong()
    {
        using var session = PowerShellRun.Start("$s = Start-IotHubSandbox; \"$($s.ProcessId)\"; $Host.UI.ReadLine()");
        using var sandbox = Process.GetProcessById(int.Parse(await session.ReadLineAsync(), CultureInfo.InvariantCulture));
        Assert.False(sandbox.HasExited);

        await session.KillAsync();

        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await sandbox.WaitForExitAsync(patience.Token);
    }

    [Fact]
    public async Task WithoutTheRuntime_StartSaysWhatToInstall()
    {
        if (OperatingSystem.IsWindows())
            return;
        DirectoryInfo folder = Directory.CreateTempSubdirectory("dotnet ");
        try
        {
            string dotnet = Path.Combine(folder.FullName, "dotnet");
            await File.WriteAllTextAsync(
                dotnet,
                """
                #!/bin/sh
                echo "You must install or update .NET to run this application." >&2
                echo "Framework: 'Microsoft.AspNetCore.App', version '10.0.0' (x64)" >&2
                exit 150
                """
            );
            File.SetUnixFileMode(dotnet, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            string script = $$"""
                $env:DOTNET_HOST_PATH = '{{dotnet}}'
                try { Start-IotHubSandbox } catch { $_.FullyQualifiedErrorId; "$($_.CategoryInfo.Category)"; $_.ErrorDetails.RecommendedAction }
                """;

            string[] lines = await PowerShellRun.LinesOfAsync(script);

            Assert.Equal(["SandboxRuntimeMissing,IotHubDsr.Commands.StartIotHubSandboxCommand", "NotInstalled"], lines[..2]);
            Assert.Contains("Microsoft.AspNetCore.App 10.0", lines[2], StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void TakenPort_IsAnErrorAndLeavesNoProcess()
    {
        using var session = ModuleSession.WithSandbox();

        session.TryRun("Start-IotHubSandbox -Port $sandbox.Port").AssertOnly("SandboxFailed");
    }

    private static string Counts(ModuleSession session) =>
        string.Join('\n', session.Sandbox.World.Containers.Select(container => $"{container.Place} {string.Join(' ', container.Records)}"));
}
