using System.Management.Automation;
using System.Text;
using System.Text.Json;
using IotHubDsr.Module.Tests.Pester;

namespace IotHubDsr.Module.Tests.Exports;

public sealed class ExportTests(ConnectedSession connected) : IClassFixture<ConnectedSession>
{
    private readonly ModuleSession _session = connected.Session;

    [Fact]
    [PesterTwin("writes a package whose manifest holds")]
    public async Task Folder_HoldsWhatItsManifestAndItsAccountsSay()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("package");

        PSObject export = _session.Run("param($path) Get-IotDeviceDataFootprint dev1 | Export-IotDeviceData -Path $path", path).Single();

        ExportPackage package = ExportPackage.OfFolder(path);
        package.AssertManifestHolds();
        package.AssertCountsAddUp();
        if (!OperatingSystem.IsWindows())
            Assert.Equal(0, await ExportPackage.CheckByToolAsync(path));
        Assert.Equal(path, export.Text("Path"));
        Assert.Equal(package.Files.Count, export.Number("Files"));
        Assert.Equal(["dev1"], export.Items("DeviceId").Select(id => $"{id}"));
        Assert.Equal([path], Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Folder_HoldsEveryMessageOfTheDevice()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("package");
        ContainerTruth container = _session.Sandbox.World.Containers.Single(container => container.Endpoint == "raw-json");

        _session.Run("param($path) Export-IotDeviceData dev1 $path", path);

        string[] lines = Encoding.UTF8.GetString(
            ExportPackage.OfFolder(path).Files["data/routed-blob.contosorouted.raw-json/messages.ndjson"])
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(container.Of("dev1").Direct + container.Of("dev1").Attributed, lines.Length);
        Assert.All(lines, line => Assert.Contains("\"dev1\"", line, StringComparison.Ordinal));
    }

    [Fact]
    public void Zip_HoldsTheSameAsTheFolder()
    {
        using var folder = new TemporaryFolder();

        _session.Run("param($path) 'dev1', 'Dev1' | Export-IotDeviceData -Path $path", folder.File("package"));
        _session.Run("param($path) 'dev1', 'Dev1' | Export-IotDeviceData -Path $path -AsZip", folder.File("package.zip"));

        ExportPackage zip = ExportPackage.OfZip(folder.File("package.zip"));
        ExportPackage plain = ExportPackage.OfFolder(folder.File("package"));
        zip.AssertManifestHolds();
        zip.AssertCountsAddUp();
        Assert.Equal(plain.Files.Keys.Order(StringComparer.Ordinal), zip.Files.Keys.Order(StringComparer.Ordinal));
        Assert.All(plain.Files.Where(file => file.Key.StartsWith("data/device-registry", StringComparison.Ordinal)), file =>
            Assert.Equal(Encoding.UTF8.GetString(file.Value), Encoding.UTF8.GetString(zip.Files[file.Key])));
    }

    [Fact]
    public void EveryDevice_HasItsOwnFileInsideThePackage_AndNoSecretIsInIt()
    {
        using var folder = new TemporaryFolder();
        IReadOnlyList<string> devices = _session.Sandbox.World.Devices;

        _session.Run("param($devices, $path) $devices | Export-IotDeviceData -Path $path -IncludeRelayed", devices, folder.File("package"));

        ExportPackage package = ExportPackage.OfFolder(folder.File("package"));
        package.AssertManifestHolds();
        List<KeyValuePair<string, byte[]>> registry =
            [.. package.Files.Where(file => file.Key.StartsWith("data/device-registry.contoso-hub/", StringComparison.Ordinal))];
        Assert.Equal(devices.Order(StringComparer.Ordinal), registry.Select(file => DeviceOf(file.Value)).Order(StringComparer.Ordinal));
        Assert.Equal(registry.Count, registry.Select(file => file.Key.ToUpperInvariant()).Distinct().Count());
        Assert.All(package.Files.Keys, name =>
            Assert.Matches("^[a-z0-9][a-z0-9.-]*(/[a-z0-9_~][a-z0-9._~-]*)*$", name.Replace("README", "readme", StringComparison.Ordinal)));
        Assert.All(Directory.EnumerateFileSystemEntries(folder.Path), entry => Assert.Equal(folder.File("package"), entry));
        Assert.All(package.Files, file =>
            Assert.All((string[])["primaryKey", "secondaryKey", "SharedAccessKey=", "SharedAccessSignature"], secret =>
            Assert.DoesNotContain(secret, Encoding.UTF8.GetString(file.Value), StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public void HostileTwin_IsCopiedAsData()
    {
        using var folder = new TemporaryFolder();

        _session.Run("param($path) Export-IotDeviceData markup $path", folder.File("package"));

        byte[] file = ExportPackage.OfFolder(folder.File("package")).Files["data/device-registry.contoso-hub/markup.json"];
        JsonElement tags = JsonDocument.Parse(file).RootElement.GetProperty("twin").GetProperty("tags");
        Assert.Equal("<script>alert(1)</script>", tags.GetProperty("nickname").GetString());
        Assert.Equal("../../../../etc/passwd", tags.GetProperty("path").GetString());
        Assert.Equal([folder.File("package")], Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-AsZip")]
    [PesterTwin("refuses a path that exists")]
    public void ExistingPath_IsRefused_AndLeftAsItIs(string form)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("taken"), "mine");

        ModuleOutcome outcome = _session.TryRun($"param($path) Export-IotDeviceData dev1 $path {form}", folder.File("taken"));

        outcome.AssertOnly("ExportPathExists");
        Assert.Equal("mine", File.ReadAllText(folder.File("taken")));
        Assert.Equal([folder.File("taken")], folder.Entries);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-AsZip")]
    public void UnwritablePath_IsAnErrorAndLeavesNothing(string form)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("file"), "mine");

        ModuleOutcome outcome = _session.TryRun(
            $"param($path) Export-IotDeviceData dev1 $path {form}", Path.Combine(folder.File("file"), "package"));

        outcome.AssertOnly("ExportFailed");
        Assert.Equal([folder.File("file")], folder.Entries);
    }

    [Theory]
    [InlineData("-WhatIf")]
    [InlineData("-AsZip -WhatIf")]
    [PesterTwin("writes nothing with -WhatIf")]
    public void WhatIf_WritesNothing(string parameters)
    {
        using var folder = new TemporaryFolder();

        ModuleOutcome outcome = _session.Run($"param($path) Export-IotDeviceData dev1 $path {parameters}", folder.File("package"));

        Assert.Empty(outcome.Output);
        Assert.Empty(folder.Entries);
        Assert.Contains(_session.Host.Lines, line => line.Contains(folder.File("package"), StringComparison.Ordinal));
    }

    [Fact]
    public void RelativePath_IsThatOfTheSession()
    {
        using var folder = new TemporaryFolder();

        PSObject export = _session.Run(
            "param($folder) $null = $ExecutionContext.SessionState.Path.SetLocation($folder); Export-IotDeviceData dev1 package",
            folder.Path).Single();

        Assert.Equal(folder.File("package"), export.Text("Path"));
        Assert.True(Directory.Exists(folder.File("package")));
    }

    [Fact]
    public void UnknownDevice_IsReported()
    {
        using var folder = new TemporaryFolder();

        ModuleOutcome outcome = _session.TryRun("param($path) 'ghost', 'dev1' | Export-IotDeviceData -Path $path", folder.File("package"));

        outcome.AssertOnly("DeviceNotFound");
        Assert.Equal(["ghost", "dev1"], outcome.Single().Items("DeviceId").Select(id => $"{id}"));
    }

    private static string DeviceOf(byte[] file)
    {
        using JsonDocument document = JsonDocument.Parse(file);
        return document.RootElement.GetProperty("deviceId").GetString()!;
    }
}
