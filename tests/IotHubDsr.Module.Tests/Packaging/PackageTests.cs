using System.Collections;
using System.IO.Compression;
using System.Xml.Linq;

namespace IotHubDsr.Module.Tests.Packaging;

public sealed class PackageTests(PackagedModule module) : IClassFixture<PackagedModule>
{
    [Fact]
    public void Folder_HoldsEverythingThatTheModuleNeeds()
    {
        string[] needed =
        [
            "IotHubDsr.psd1",
            "LICENSE",
            "README.md",
            "CHANGELOG.md",
            "docs/requests.md",
            "docs/permissions.md",
            "docs/limits.md",
            "en-US/IotHubDsr.dll-Help.xml",
            "en-US/about_IotHubDsr.help.txt",
            "module/IotHubDsr.Format.ps1xml",
            "module/Examples/Quickstart.ps1",
            "module/Examples/Reverify-DataRequests.ps1",
            "module/Examples/Runbook.ps1",
            "module/Examples/Workers/Worker-Runbook.ps1",
            "module/Examples/Workers/container-job.bicep",
            "module/LocationFile.schema.json",
            "module/Roles/Read-Configuration.json",
            "module/Roles/Erase-RoutedBlobContainer.json",
            "module/bin/IotHubDsr.dll",
            "module/bin/IotHubDsr.Contracts.dll",
            "module/bin/core/IotHubDsr.Core.dll",
            "module/bin/core/IotHubDsr.Core.deps.json",
            "module/bin/core/Azure.Core.dll",
            "module/bin/sandbox/IotHubDsr.Sandbox.dll",
            "module/bin/sandbox/IotHubDsr.Sandbox.runtimeconfig.json",
        ];

        Assert.Empty(needed.Except(module.Files, StringComparer.Ordinal));
        Assert.DoesNotContain(module.Files, static file => file.EndsWith(".pdb", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Manifest_IsValidAndSaysWhatAGalleryAsksFor()
    {
        string output = await RunAsync(
            "$m = Test-ModuleManifest (Join-Path (Get-Module IotHubDsr).ModuleBase IotHubDsr.psd1) -ErrorAction Stop; $d = "
                + "$m.PrivateData.PSData; "
                + "\"$($m.Version)|$($m.Author)|$($m.Description.Length -gt 50)|$($d.LicenseUri)|$($d.ReleaseNotes.Length -gt "
                + "50)|$($d.Tags.Count -gt 3)|$($m.HelpInfoUri)|\""
        );

        Assert.Equal(
            $"{PackagedModule.Version}|{PackagedModule.Manifest["Author"]}|True|https://opensource.org/license/mit|True|True||",
            output
        );
    }

    [Fact]
    public async Task Package_InstalledFromALocalRepository_IsLoadedByItsCommandsAndAnswersARequest()
    {
        using var home = new TemporaryFolder();
        var environment = new Dictionary<string, string> { ["HOME"] = home.Path, ["PSModulePath"] = "" };
        string repository = Path.GetDirectoryName(module.Package)!.Replace("'", "''", StringComparison.Ordinal);
        string[] installed = await PowerShellRun.LinesWithoutModuleAsync(
            $$"""
            Register-PSResourceRepository -Name here -Uri '{{repository}}' -Trusted
            Install-PSResource IotHubDsr -Repository here -Quiet
            Get-PSResource IotHubDsr | ForEach-Object { "$($_.Name) $($_.Version) $($_.LicenseUri)" }
            """,
            environment
        );

        string[] request = await PowerShellRun.LinesWithoutModuleAsync(
            """
            $sandbox = Start-IotHubSandbox
            $null = Connect-IotHubDsr -Sandbox $sandbox
            $receipts = @(Remove-IotDeviceData dev2 -Force)
            "$(@($receipts | Where-Object Kind -eq DeviceRegistry).Verdict) $((Get-Module IotHubDsr).Version)"
            Stop-IotHubSandbox $sandbox
            """,
            environment
        );

        Assert.Equal($"IotHubDsr {PackagedModule.Version} https://opensource.org/license/mit", Assert.Single(installed));
        Assert.Equal($"Erased {PackagedModule.Version}", Assert.Single(request));
    }

    [Fact]
    public void Folder_HoldsOneCopyOfOurAssembliesAndNoneOfPowerShell()
    {
        List<string> assemblies =
        [
            .. module
                .Files.Where(static file => file.EndsWith(".dll", StringComparison.OrdinalIgnoreCase))
                .Select(static file => Path.GetFileName(file)),
        ];

        Assert.DoesNotContain("System.Management.Automation.dll", assemblies, StringComparer.OrdinalIgnoreCase);
        Assert.DoesNotContain(assemblies, static name => name.StartsWith("Microsoft.PowerShell", StringComparison.OrdinalIgnoreCase));
        Assert.Single(assemblies, "IotHubDsr.Contracts.dll");
        Assert.Single(assemblies, "IotHubDsr.dll");
    }

    [Fact]
    public void Package_HoldsTheFilesOfTheFolderAtItsRoot()
    {
        using ZipArchive package = ZipFile.OpenRead(module.Package);
        IEnumerable<string> packed = package.Entries.Select(static entry => Uri.UnescapeDataString(entry.FullName));

        Assert.Empty(module.Files.Except(packed, StringComparer.Ordinal));
    }

    [Fact]
    public void Package_IsDescribedAsTheManifestDescribesTheModule()
    {
        using ZipArchive package = ZipFile.OpenRead(module.Package);
        using Stream stream = package.GetEntry("IotHubDsr.nuspec")!.Open();
        var metadata = XDocument
            .Load(stream)
            .Root!.Elements()
            .First()
            .Elements()
            .ToDictionary(static element => element.Name.LocalName, static element => element.Value, StringComparer.Ordinal);

        Assert.Equal("IotHubDsr", metadata["id"]);
        Assert.Equal(PackagedModule.Version, metadata["version"]);
        Assert.Equal(PackagedModule.Manifest["Author"], metadata["authors"]);
        Assert.Equal(PackagedModule.Manifest["Description"], metadata["description"]);
        Assert.Equal("MIT", metadata["license"]);
        Assert.Equal(ExpectedTags().Order(StringComparer.Ordinal), metadata["tags"].Split(' ').Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task PackagedModule_ShowsItsHelp()
    {
        string output = await RunAsync("(Get-Help Remove-IotDeviceData).Synopsis; \"$(Get-Help about_IotHubDsr)\"");

        Assert.Contains("Erases the data that every location holds", output, StringComparison.Ordinal);
        Assert.Contains("LOCATION FILE", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PackagedModule_WorksInItsOwnSandbox()
    {
        string output = await RunAsync(
            "$s = Start-IotHubSandbox; $null = Connect-IotHubDsr -Sandbox $s; \"$(@(Get-IotDeviceDataFootprint dev2).Where({ "
                + "\"$($_.Verdict)\" -eq 'Present' }).Kind)\"; Stop-IotHubSandbox $s"
        );

        Assert.Contains("DeviceRegistry", output, StringComparison.Ordinal);
        Assert.Contains("RoutedBlobContainer", output, StringComparison.Ordinal);
    }

    private static IEnumerable<string> ExpectedTags()
    {
        var data = (Hashtable)((Hashtable)PackagedModule.Manifest["PrivateData"])["PSData"]!;
        foreach (object tag in (object[])data["Tags"]!)
            yield return (string)tag;
        yield return "PSModule";
        yield return "PSIncludes_Cmdlet";
        foreach (object command in (object[])PackagedModule.Manifest["CmdletsToExport"])
        {
            yield return $"PSCmdlet_{command}";
            yield return $"PSCommand_{command}";
        }
    }

    private async Task<string> RunAsync(string command) =>
        string.Join(
            '\n',
            await PowerShellRun.LinesWithoutModuleAsync(PowerShellTool.WithModule(Path.Combine(module.Folder, "IotHubDsr.psd1"), command))
        );
}
