using System.Management.Automation;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace IotHubDsr.Module.Tests.Exports;

public sealed class ExportTests(ConnectedSession connected) : IClassFixture<ConnectedSession>
{
    private readonly ModuleSession _session = connected.Session;

    [Fact]
    public async Task Folder_HoldsWhatItsManifestAndItsAccountsSay()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("package");

        PSObject export = _session.Run("param($path) Get-IotDeviceDataFootprint dev1 | Export-IotDeviceData -Path $path", path).Single();

        var package = ExportPackage.OfFolder(path);
        package.AssertManifestHolds();
        package.AssertCountsAddUp();
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(0, await ExportPackage.CheckByToolAsync(path, "manifest-sha256.txt"));
            Assert.Equal(0, await ExportPackage.CheckByToolAsync(path, "tagmanifest-sha256.txt"));
        }

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

        IReadOnlyList<JsonElement> records = ExportPackage
            .OfFolder(path)
            .Records("data/routed-blob.contosorouted.raw-json/messages.ndjson");
        Assert.Equal(container.Of("dev1").Direct + container.Of("dev1").Attributed, records.Count);
        Assert.All(records, record => Assert.Equal("dev1", DeviceOf(record)));
    }

    [Fact]
    public void Zip_HoldsTheSameAsTheFolder()
    {
        using var folder = new TemporaryFolder();

        _session.Run("param($path) 'dev1', 'Dev1' | Export-IotDeviceData -Path $path", folder.File("package"));
        _session.Run("param($path) 'dev1', 'Dev1' | Export-IotDeviceData -Path $path -AsZip", folder.File("package.zip"));

        var zip = ExportPackage.OfZip(folder.File("package.zip"));
        var plain = ExportPackage.OfFolder(folder.File("package"));
        zip.AssertManifestHolds();
        zip.AssertCountsAddUp();
        Assert.Equal(plain.Files.Keys.Order(StringComparer.Ordinal), zip.Files.Keys.Order(StringComparer.Ordinal));
        Assert.All(plain.Files.Where(file => file.Key.StartsWith("data/device-registry", StringComparison.Ordinal)), file =>
            Assert.Equal(Encoding.UTF8.GetString(file.Value), Encoding.UTF8.GetString(zip.Files[file.Key]))
        );
    }

    [Fact]
    public void EveryDevice_HasItsRecordsInThePackage_AndNoSecretIsInIt()
    {
        using var folder = new TemporaryFolder();
        IReadOnlyList<string> devices = _session.Sandbox.World.Devices;

        _session.Run("param($devices, $path) $devices | Export-IotDeviceData -Path $path -IncludeRelayed", devices, folder.File("package"));

        var package = ExportPackage.OfFolder(folder.File("package"));
        package.AssertManifestHolds();
        Assert.Equal(
            devices.Order(StringComparer.Ordinal),
            package.Records("data/device-registry.contoso-hub/identities.ndjson").Select(DeviceOf).Distinct().Order(StringComparer.Ordinal)
        );
        Assert.Equal(package.Files.Count, package.Files.Keys.Select(name => name.ToUpperInvariant()).Distinct().Count());
        Assert.All(package.Files.Keys, name =>
            Assert.Matches("^[a-z0-9][a-z0-9.-]*(/[a-z0-9_~][a-z0-9._~-]*)*$", name.Replace("README", "readme", StringComparison.Ordinal))
        );
        Assert.All(Directory.EnumerateFileSystemEntries(folder.Path), entry => Assert.Equal(folder.File("package"), entry));
        Assert.All(package.Files, file =>
            Assert.All((string[])["primaryKey", "secondaryKey", "SharedAccessKey=", "SharedAccessSignature"], secret =>
                Assert.DoesNotContain(secret, Encoding.UTF8.GetString(file.Value), StringComparison.OrdinalIgnoreCase)
            )
        );
    }

    [Fact]
    public void HostileTwin_IsCopiedAsData()
    {
        using var folder = new TemporaryFolder();

        _session.Run("param($path) Export-IotDeviceData markup $path", folder.File("package"));

        var package = ExportPackage.OfFolder(folder.File("package"));
        JsonElement tags = package
            .Records("data/device-registry.contoso-hub/twins.ndjson")
            .Single()
            .GetProperty("twin")
            .GetProperty("tags");
        Assert.Equal("<script>alert(1)</script>", tags.GetProperty("nickname").GetString());
        Assert.Equal("../../../../etc/passwd", tags.GetProperty("path").GetString());
        Assert.Equal([folder.File("package")], Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData("", "taken")]
    [InlineData("-AsZip", "taken.zip")]
    [InlineData("-ProtectTo $certificate", "taken.zip.p7m")]
    public void ExistingPath_IsRefused_AndLeftAsItIs(string form, string file)
    {
        using var folder = new TemporaryFolder();
        using X509Certificate2 certificate = Certificate();
        File.WriteAllText(folder.File(file), "mine");

        ModuleOutcome outcome = _session.TryRun(
            $"param($path, $certificate) Export-IotDeviceData dev1 $path {form}",
            folder.File("taken"),
            certificate
        );

        outcome.AssertOnly("ExportPathExists");
        Assert.Equal("mine", File.ReadAllText(folder.File(file)));
        Assert.Equal([folder.File(file)], folder.Entries);
    }

    [Theory]
    [InlineData("package -AsZip", "package.zip")]
    [InlineData("package.ZIP -AsZip", "package.ZIP")]
    [InlineData("package -ProtectTo $certificate", "package.zip.p7m")]
    [InlineData("package.zip -ProtectTo $certificate -AsZip", "package.zip.p7m")]
    [InlineData("package.p7m -ProtectTo person.cer", "package.p7m")]
    [InlineData("package.p7m -ProtectTo person.pem -SourceOrganization Contoso -ContactName 'Privacy team'", "package.p7m")]
    public void Form_GivesTheFileItsExtension(string parameters, string file)
    {
        using var folder = new TemporaryFolder();
        using X509Certificate2 certificate = Certificate();
        File.WriteAllBytes(folder.File("person.cer"), certificate.Export(X509ContentType.Cert));
        File.WriteAllText(folder.File("person.pem"), certificate.ExportCertificatePem());

        PSObject export = _session
            .Run(
                "param($folder, $certificate) $null = $ExecutionContext.SessionState.Path.SetLocation($folder); Export-IotDeviceData dev1 "
                    + parameters,
                folder.Path,
                certificate
            )
            .Single();

        Assert.Equal(folder.File(file), export.Text("Path"));
        Assert.Equal(
            [file, "person.cer", "person.pem"],
            folder.Entries.Select(entry => Path.GetFileName(entry)).Order(StringComparer.Ordinal)
        );
        byte[] head = File.ReadAllBytes(folder.File(file))[..2];
        Assert.Equal(file.EndsWith("p7m", StringComparison.Ordinal) ? [0x30, 0x80] : "PK"u8.ToArray(), head);
    }

    [Fact]
    public void ProtectTo_CertificateThatExpired_IsRefused()
    {
        using var folder = new TemporaryFolder();
        using X509Certificate2 certificate = Certificate(DateTimeOffset.UnixEpoch.AddDays(1));

        ModuleOutcome outcome = _session.TryRun(
            "param($path, $certificate) Export-IotDeviceData dev1 $path -ProtectTo $certificate",
            folder.File("package"),
            certificate
        );

        outcome.AssertOnly("RecipientCertificateRefused");
        Assert.Empty(folder.Entries);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-AsZip")]
    public void UnwritablePath_IsAnErrorAndLeavesNothing(string form)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("file"), "mine");

        ModuleOutcome outcome = _session.TryRun(
            $"param($path) Export-IotDeviceData dev1 $path {form}",
            Path.Combine(folder.File("file"), "package")
        );

        outcome.AssertOnly("ExportFailed");
        Assert.Equal([folder.File("file")], folder.Entries);
    }

    [Fact]
    public void RelativePath_IsThatOfTheSession()
    {
        using var folder = new TemporaryFolder();

        PSObject export = _session
            .Run(
                "param($folder) $null = $ExecutionContext.SessionState.Path.SetLocation($folder); Export-IotDeviceData dev1 package",
                folder.Path
            )
            .Single();

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

    private static string DeviceOf(JsonElement record) => record.GetProperty("deviceId").GetString()!;

    private static X509Certificate2 Certificate(DateTimeOffset? until = null)
    {
        using var key = RSA.Create(2048);
        return new CertificateRequest("CN=Ana Lopez", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(
            DateTimeOffset.UnixEpoch,
            until ?? DateTimeOffset.UnixEpoch.AddYears(100)
        );
    }
}
