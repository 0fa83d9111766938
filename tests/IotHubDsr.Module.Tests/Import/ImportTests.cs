namespace IotHubDsr.Module.Tests.Import;

public sealed class ImportTests
{
    private static readonly string[] Commands =
    [
        "Approve-IotErasurePlan", "Connect-IotHubDsr", "Disconnect-IotHubDsr", "Export-IotDataRequestReport", "Export-IotDeviceData",
        "Get-IotDataLocation", "Get-IotDataRequest", "Get-IotDeviceDataFootprint", "Get-IotHubDsrContext", "New-IotDataRequest", "New-IotErasurePlan",
        "Remove-IotDeviceData", "Resume-IotDataRequest", "Set-IotDataRequest", "Start-IotHubSandbox", "Stop-IotHubSandbox", "Test-IotDeviceDataErasure",
        "Test-IotErasureCertificate",
    ];

    [Fact]
    public void Import_ExportsItsCommandsAndNothingElse()
    {
        using ModuleSession session = ModuleSession.Open();

        ModuleOutcome outcome = session.Run(
            "(Get-Module IotHubDsr).ExportedCommands.Values | ForEach-Object { \"$($_.CommandType) $($_.Name)\" }");

        Assert.Equal(Commands.Select(name => $"Cmdlet {name}"), outcome.Output.Select(name => $"{name}").Order(StringComparer.Ordinal));
        Assert.Equal("0", session.Run(
            "$m = Get-Module IotHubDsr; $m.ExportedVariables.Count + $m.ExportedAliases.Count").Single().ToString());
    }

    [Fact]
    public void Import_BringsHelpWithExamples()
    {
        using ModuleSession session = ModuleSession.Open();

        ModuleOutcome outcome = session.Run("Get-Command -Module IotHubDsr | ForEach-Object { Get-Help $_.Name -Full }");

        Assert.Equal(Commands.Length, outcome.Output.Count);
        Assert.All(outcome.Output, help => Assert.InRange(help.Text("Synopsis").Length, 20, 200));
        Assert.All(outcome.Output, help => Assert.InRange(help.Items("examples.example").Count, 3, 20));
    }

    [Fact]
    public async Task Import_LoadsNothingButItsOwnTwoAssemblies()
    {
        const string script = """
            $before = @([AppDomain]::CurrentDomain.GetAssemblies() | ForEach-Object { $_.GetName().Name })
            Import-Module $env:DSR_MANIFEST
            $null = Get-Command -Module IotHubDsr
            [AppDomain]::CurrentDomain.GetAssemblies() | ForEach-Object { $_.GetName().Name } |
                Where-Object { $before -notcontains $_ -and $_ -match '^(IotHubDsr|Azure|Microsoft\.Identity|System\.ClientModel)' }
            """;

        string[] loaded = await PowerShellRun.LinesWithoutModuleAsync(
            script, new Dictionary<string, string> { ["DSR_MANIFEST"] = RepositoryPaths.Manifest });

        Assert.Equal(["IotHubDsr"], loaded.Where(name => name != "IotHubDsr.Contracts"));
    }

    [Fact]
    public void Stage_HasNoPowerShellEngineAndOneContracts()
    {
        List<string> staged = [.. Directory.EnumerateFiles(RepositoryPaths.ModuleBin, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetFileName(file)!)];

        Assert.Contains("IotHubDsr.Core.dll", staged);
        Assert.DoesNotContain(staged, name => name.StartsWith("System.Management.Automation", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(staged, name => name.StartsWith("PowerShellStandard", StringComparison.OrdinalIgnoreCase));
        Assert.Single(staged, name => name == "IotHubDsr.Contracts.dll");
    }
}
