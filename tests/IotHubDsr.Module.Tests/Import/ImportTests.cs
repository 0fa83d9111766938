namespace IotHubDsr.Module.Tests.Import;

public sealed class ImportTests
{
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
            script,
            new Dictionary<string, string> { ["DSR_MANIFEST"] = RepositoryPaths.Manifest }
        );

        Assert.Equal(["IotHubDsr"], loaded.Where(name => name != "IotHubDsr.Contracts"));
    }

    [Fact]
    public void Stage_HasNoPowerShellEngineAndOneContracts()
    {
        List<string> staged =
        [
            .. Directory
                .EnumerateFiles(RepositoryPaths.ModuleBin, "*", SearchOption.AllDirectories)
                .Select(file => Path.GetFileName(file)!),
        ];

        Assert.Contains("IotHubDsr.Core.dll", staged);
        Assert.DoesNotContain(staged, name => name.StartsWith("System.Management.Automation", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(staged, name => name.StartsWith("PowerShellStandard", StringComparison.OrdinalIgnoreCase));
        Assert.Single(staged, name => name == "IotHubDsr.Contracts.dll");
    }
}
