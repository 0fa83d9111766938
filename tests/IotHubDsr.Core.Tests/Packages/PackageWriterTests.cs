using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using IotHubDsr.Packages;
using IotHubDsr.Stores;

namespace IotHubDsr.Core.Tests.Packages;

public sealed class PackageWriterTests : IDisposable
{
    private static readonly DataLocation Registry = new()
    {
        Id = "device-registry.hub", Kind = LocationKinds.DeviceRegistry, Place = "hub", Provenance = ["the hub itself"],
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("package-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Complete_Package_HasAManifestThatMatchesEveryOtherFile(bool asZip)
    {
        string path = Path.Combine(_folder, "package");
        await using (PackageWriter package = PackageWriter.Create(path, asZip))
        {
            await WriteAsync(package, "dev1", "one");
            await WriteAsync(package, "Dev1", "two");
            await WriteAsync(package, "../../dev1", "three");
            await package.WriteAsync("README.txt", "read me"u8.ToArray(), CancellationToken.None);
            await package.CompleteAsync(CancellationToken.None);
            Assert.Equal(5, package.Files);
        }

        Assert.Equal([path], Directory.GetFileSystemEntries(_folder));
        Dictionary<string, byte[]> files = Read(path, asZip);
        string[] manifest = Encoding.UTF8.GetString(files[PackageWriter.ManifestName]).TrimEnd('\n').Split('\n');
        Assert.Equal(files.Keys.Where(name => name != PackageWriter.ManifestName).Order(StringComparer.Ordinal), manifest.Select(line => line[66..]));
        Assert.All(manifest, line => Assert.Equal(Convert.ToHexString(SHA256.HashData(files[line[66..]])).ToLowerInvariant() + "  ", line[..66]));
        Assert.All(files.Keys.Where(name => name.Contains('/')), name => Assert.StartsWith("data/device-registry.hub/", name, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Dispose_PackageThatIsNotComplete_LeavesNothing(bool asZip)
    {
        await using (PackageWriter package = PackageWriter.Create(Path.Combine(_folder, "package"), asZip))
            await WriteAsync(package, "dev1", "one");

        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Complete_Cancelled_LeavesNothing(bool asZip)
    {
        using var cancellation = new CancellationTokenSource();
        await using (PackageWriter package = PackageWriter.Create(Path.Combine(_folder, "package"), asZip))
        {
            await WriteAsync(package, "dev1", "one");
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => package.CompleteAsync(cancellation.Token));
        }

        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void Create_PathThatExists_IsRefused()
    {
        File.WriteAllText(Path.Combine(_folder, "package"), "mine");

        DsrException refused = Assert.Throws<DsrException>(() => PackageWriter.Create(Path.Combine(_folder, "package"), asZip: false));

        Assert.Equal("ExportPathExists", refused.Fault.Id);
        Assert.Equal("mine", File.ReadAllText(Path.Combine(_folder, "package")));
    }

    [Fact]
    public async Task Complete_PathTakenMeanwhile_DoesNotTouchWhatIsThere()
    {
        string path = Path.Combine(_folder, "package");
        await using (PackageWriter package = PackageWriter.Create(path, asZip: false))
        {
            await WriteAsync(package, "dev1", "one");
            await File.WriteAllTextAsync(path, "mine");
            DsrException refused = await Assert.ThrowsAsync<DsrException>(() => package.CompleteAsync(CancellationToken.None));
            Assert.Equal("ExportPathExists", refused.Fault.Id);
        }

        Assert.Equal([path], Directory.GetFileSystemEntries(_folder));
        Assert.Equal("mine", await File.ReadAllTextAsync(path));
    }

    [Fact]
    public void Create_BelowAFile_IsOneCataloguedFailure()
    {
        File.WriteAllText(Path.Combine(_folder, "file"), string.Empty);

        DsrException failed = Assert.Throws<DsrException>(() => PackageWriter.Create(Path.Combine(_folder, "file", "package"), asZip: false));

        Assert.Equal("ExportFailed", failed.Fault.Id);
    }

    [Fact]
    public async Task Write_DiskIsFull_IsToldApartFromAFailingConnection()
    {
        var closed = false;
        var file = new DigestStream(new FullDisk(), (_, _) => Assert.Fail("It was not written."), () => closed = true);

        await Assert.ThrowsAsync<ExportTargetException>(async () => await file.WriteAsync(new byte[10]));
        await Assert.ThrowsAsync<ExportTargetException>(async () => await file.DisposeAsync());

        Assert.True(closed);
    }

    private static async Task WriteAsync(PackageWriter package, string name, string text)
    {
        await using Stream file = await package.TargetFor(Registry).OpenAsync(name, "json", CancellationToken.None);
        await file.WriteAsync(Encoding.UTF8.GetBytes(text));
    }

    private static Dictionary<string, byte[]> Read(string path, bool asZip)
    {
        if (!asZip)
        {
            return Directory.GetFiles(path, "*", SearchOption.AllDirectories)
                .ToDictionary(file => Path.GetRelativePath(path, file).Replace('\\', '/'), File.ReadAllBytes);
        }

        using ZipArchive zip = ZipFile.OpenRead(path);
        return zip.Entries.ToDictionary(entry => entry.FullName, entry =>
        {
            using Stream content = entry.Open();
            using var copy = new MemoryStream();
            content.CopyTo(copy);
            return copy.ToArray();
        });
    }

    private sealed class FullDisk : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new IOException("No space left on device");

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            throw new IOException("No space left on device");
        }
    }
}
