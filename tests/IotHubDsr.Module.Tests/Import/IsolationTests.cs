namespace IotHubDsr.Module.Tests.Import;

public sealed class IsolationTests
{
    [Fact]
    public async Task WholeJob_WithAnOlderAzureCoreLoaded_LoadsItsOwnApart()
    {
        string older = Path.Combine(AppContext.BaseDirectory, "older", "Azure.Core.dll");
        string package = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        string script = $$"""
            $ErrorActionPreference = 'Stop'
            $null = [Runtime.Loader.AssemblyLoadContext]::Default.LoadFromAssemblyPath('{{older}}')
            $sandbox = Start-IotHubSandbox
            $null = Connect-IotHubDsr -Sandbox $sandbox
            $null = Get-IotDeviceDataFootprint dev1
            $null = Export-IotDeviceData dev1 '{{package}}'
            $receipts = @(Remove-IotDeviceData dev1 -Force)
            "job $(@($receipts | Where-Object { $_.RecordsErased -gt 0 }).Count)"
            [Runtime.Loader.AssemblyLoadContext]::Default.Assemblies | ForEach-Object { "default $($_.GetName().Name) $($_.GetName().Version)" }
            [Runtime.Loader.AssemblyLoadContext]::All | Where-Object { $_.Name -eq 'IotHubDsr.Core' } |
                ForEach-Object { $_.Assemblies } | ForEach-Object { "apart $($_.GetName().Name) $($_.GetName().Version)" }
            Stop-IotHubSandbox $sandbox
            """;
        string[] lines;
        try
        {
            lines = await PowerShellRun.LinesOfAsync(script);
        }
        finally
        {
            Directory.Delete(package, recursive: true);
        }

        Assert.Contains("job 16", lines);
        string azure = Assert.Single(lines, line => IsOfAzure(line, "default"));
        Assert.StartsWith("default Azure.Core 1.44", azure, StringComparison.Ordinal);
        Assert.Contains(lines, line =>
            line.StartsWith("apart Azure.Core ", StringComparison.Ordinal) && !line.Contains(" 1.44", StringComparison.Ordinal)
        );
        Assert.Contains(lines, line => line.StartsWith("apart Azure.Storage.Blobs ", StringComparison.Ordinal));
        Assert.Single(lines, line => line.Contains(" IotHubDsr.Contracts ", StringComparison.Ordinal));

        // What only workers need is loaded for workers only.
        Assert.DoesNotContain(lines, line => line.Contains(" DurableTask.", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains(" Azure.Data.Tables ", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.StartsWith("default IotHubDsr.Core ", StringComparison.Ordinal));
    }

    private static bool IsOfAzure(string line, string context) =>
        ((string[])["Azure.", "Microsoft.Identity", "System.ClientModel"]).Any(name =>
            line.StartsWith($"{context} {name}", StringComparison.Ordinal)
        );
}
