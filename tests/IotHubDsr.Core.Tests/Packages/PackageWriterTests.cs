using System.Diagnostics;
using System.Text;
using IotHubDsr.Core.Packages;
using IotHubDsr.Core.Sinks;

namespace IotHubDsr.Core.Tests.Packages;

public sealed class PackageWriterTests : IDisposable
{
    private static readonly DataLocation Registry = new()
    {
        Id = "device-registry.hub",
        Kind = LocationKinds.DeviceRegistry,
        Place = "hub",
        Provenance = ["the hub itself"],
    };

    private static readonly BagInfo Info = new("urn:uuid:1", "Data of 1 device", new DateTimeOffset(2026, 11, 24, 23, 0, 0, TimeSpan.Zero));

    private readonly string _folder = Directory.CreateTempSubdirectory("package-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Complete_Package_IsAValidBag(bool asZip)
    {
        string path = Path.Combine(_folder, "package");
        await using (var package = PackageWriter.Create(path, asZip))
        {
            await WriteAsync(package, "dev1", "one");
            await WriteAsync(package, "Dev1", "two");
            await WriteAsync(package, "../../dev1", "three");
            await WriteAsync(package, "100%0D%0A%25", "four");
            await package.WriteDataAsync("report.html", "<html>"u8.ToArray(), CancellationToken.None);
            await package.WriteTagFileAsync("README.txt", "read me"u8.ToArray(), CancellationToken.None);
            await package.CompleteAsync(Info, CancellationToken.None);
            Assert.Equal(10, package.Files);
        }

        Assert.Equal([path], Directory.GetFileSystemEntries(_folder));
        Bag bag = asZip ? Bag.OfZip(path) : Bag.OfFolder(path);
        bag.AssertValid();
        Assert.Equal(10, bag.Files.Count);
        Assert.Equal("<html>", bag.Text("data/report.html"));
        Assert.Equal("data", bag.Files.Keys.Where(name => name.Contains('/')).Select(name => name.Split('/')[0]).Distinct().Single());
    }

    [Theory]
    [InlineData("manifest-sha256.txt")]
    [InlineData("tagmanifest-sha256.txt")]
    public async Task Complete_Folder_IsAcceptedBySha256Sum(string manifest)
    {
        if (OperatingSystem.IsWindows())
            return;
        string path = Path.Combine(_folder, "package");
        await using (var package = PackageWriter.Create(path, asZip: false))
        {
            await WriteAsync(package, "100%\r\n\\ *", "one");
            await package.CompleteAsync(Info, CancellationToken.None);
        }

        Assert.Equal(0, await CheckAsync());
        foreach (
            string file in Directory
                .EnumerateFiles(path, "*", SearchOption.AllDirectories)
                .Where(file => !file.EndsWith(manifest, StringComparison.Ordinal))
        )
        {
            await File.AppendAllTextAsync(file, "x");
        }

        Assert.NotEqual(0, await CheckAsync());

        async Task<int> CheckAsync()
        {
            using Process tool = Process.Start(
                new ProcessStartInfo("sha256sum", ["-c", "--quiet", "--strict", manifest]) { WorkingDirectory = path }
            )!;
            await tool.WaitForExitAsync();
            return tool.ExitCode;
        }
    }

    [Fact]
    public async Task Complete_HostileInfo_StaysInItsLines()
    {
        string path = Path.Combine(_folder, "package");
        string name =
            "Contoso\r\nPayload-Oxum: 1.1\u2028Bagging-Date: 1999-01-01\t"
            + string.Join(' ', Enumerable.Repeat("Ltd.", 100))
            + new string('x', 200)
            + "\0";
        await using (var package = PackageWriter.Create(path, asZip: false))
        {
            await WriteAsync(package, "dev1", "one");
            await package.CompleteAsync(Info with { SourceOrganization = name, ContactName = " \n " }, CancellationToken.None);
        }

        var bag = Bag.OfFolder(path);
        bag.AssertValid();
        Assert.Equal(
            ["Source-Organization", "External-Description", "Bagging-Date", "External-Identifier", "Payload-Oxum", "Bag-Software-Agent"],
            bag.Info.Select(line => line.Key)
        );
        string expected = string.Join(' ', name.Split(['\r', '\n', '\t', '\0', '\u2028', ' '], StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(expected, bag.Info[0].Value);
        Assert.All(bag.Text("bag-info.txt").Split('\n'), line =>
            Assert.True(line.Length <= 79 || line.Trim().StartsWith("Ltd.xxx", StringComparison.Ordinal), line)
        );
        Assert.Equal("2026-11-24", bag.Info[2].Value);
        Assert.Equal("urn:uuid:1", bag.Info[3].Value);
        Assert.Matches("^IotHubDsr [0-9]+[.]", bag.Info[5].Value);
    }

    [Fact]
    public async Task Open_ManyAtOnceInAZip_KeepsEachWholeAndLeavesNoSpool()
    {
        string path = Path.Combine(_folder, "package.zip");
        byte[][] contents = [.. Enumerable.Range(0, 4).Select(number => Noise(number, 3_000_000))];
        await using (var package = PackageWriter.Create(path, asZip: true))
        {
            var files = new List<Stream>();
            for (int i = 0; i < contents.Length; i++)
                files.Add(await package.OpenDataAsync($"file{i}", CancellationToken.None));
            for (int start = 0; start < contents[0].Length; start += 100_000)
            {
                for (int i = 0; i < files.Count; i++)
                    await files[i].WriteAsync(contents[i].AsMemory(start, 100_000));
            }

            Assert.Equal(4, Directory.GetFiles(_folder).Length);
            if (!OperatingSystem.IsWindows())
            {
                Assert.All(Directory.GetFiles(_folder), file =>
                    Assert.Equal(-1, BusyFile.Read(file).AsSpan().IndexOf(contents[1].AsSpan(0, 64)))
                );
            }

            foreach (int i in (int[])[2, 0, 3, 1])
                await files[i].DisposeAsync();
            await package.CompleteAsync(Info, CancellationToken.None);
        }

        Assert.Equal([path], Directory.GetFileSystemEntries(_folder));
        var bag = Bag.OfZip(path);
        bag.AssertValid();
        Assert.All(contents.Index(), content => Assert.Equal(content.Item, bag.Files[$"data/file{content.Index}"]));
    }

    [Fact]
    public async Task Dispose_WithFilesThatWait_LeavesNothing()
    {
        await using (var package = PackageWriter.Create(Path.Combine(_folder, "package"), asZip: true))
        {
            await using Stream first = await package.OpenDataAsync("first", CancellationToken.None);
            Stream second = await package.OpenDataAsync("second", CancellationToken.None);
            await second.WriteAsync(Noise(1, 2_000_000));
            Assert.Equal(2, Directory.GetFiles(_folder).Length);
        }

        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public async Task Complete_TwoToOnePath_GivesOnePackageAndOneFailure()
    {
        string path = Path.Combine(_folder, "package");
        await using var one = PackageWriter.Create(path, asZip: false);
        await using var other = PackageWriter.Create(path, asZip: false);
        await WriteAsync(one, "dev1", "one");
        await WriteAsync(other, "dev1", "other");

        await one.CompleteAsync(Info, CancellationToken.None);
        DsrException refused = await Assert.ThrowsAsync<DsrException>(() => other.CompleteAsync(Info, CancellationToken.None));
        await other.DisposeAsync();

        Assert.Equal("ExportPathExists", refused.Fault.Id);
        Assert.Equal([path], Directory.GetFileSystemEntries(_folder));
        Assert.Equal("one", Bag.OfFolder(path).Text("data/device-registry.hub/dev1.json"));
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("a%0Ab")]
    [InlineData("a\nb")]
    [InlineData("a//b")]
    [InlineData("/etc/passwd")]
    [InlineData("")]
    public async Task Open_NameThatIsNotSafe_IsRefused(string name)
    {
        await using var package = PackageWriter.Create(Path.Combine(_folder, "package"), asZip: false);
        await Assert.ThrowsAsync<ArgumentException>(() => package.WriteDataAsync(name, default, CancellationToken.None));
    }

    [Theory]
    [InlineData("th-017.zip", "th-017")]
    [InlineData("Ana Lopez.zip.p7m", "ana_lopez~")]
    [InlineData("Th-017.ZIP.P7M", "Th-017")]
    [InlineData(".zip", "~")]
    [InlineData("con.zip", "con~")]
    public void OfBag_FileName_GivesAFolderThatEverySystemTakes(string file, string folder) =>
        Assert.StartsWith(folder, PackageNames.OfBag(Path.Combine(_folder, file)), StringComparison.Ordinal);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Dispose_PackageThatIsNotComplete_LeavesNothing(bool asZip)
    {
        await using (var package = PackageWriter.Create(Path.Combine(_folder, "package"), asZip))
            await WriteAsync(package, "dev1", "one");

        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Complete_Cancelled_LeavesNothing(bool asZip)
    {
        using var cancellation = new CancellationTokenSource();
        await using (var package = PackageWriter.Create(Path.Combine(_folder, "package"), asZip))
        {
            await WriteAsync(package, "dev1", "one");
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => package.CompleteAsync(Info, cancellation.Token));
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
        await using (var package = PackageWriter.Create(path, asZip: false))
        {
            await WriteAsync(package, "dev1", "one");
            await File.WriteAllTextAsync(path, "mine");
            DsrException refused = await Assert.ThrowsAsync<DsrException>(() => package.CompleteAsync(Info, CancellationToken.None));
            Assert.Equal("ExportPathExists", refused.Fault.Id);
        }

        Assert.Equal([path], Directory.GetFileSystemEntries(_folder));
        Assert.Equal("mine", await File.ReadAllTextAsync(path));
    }

    [Fact]
    public void Create_BelowAFile_IsOneCataloguedFailure()
    {
        File.WriteAllText(Path.Combine(_folder, "file"), string.Empty);

        DsrException failed = Assert.Throws<DsrException>(() =>
            PackageWriter.Create(Path.Combine(_folder, "file", "package"), asZip: false)
        );

        Assert.Equal("ExportFailed", failed.Fault.Id);
    }

    [Fact]
    public async Task Write_DiskIsFull_IsToldApartFromAFailingConnection()
    {
        var file = new DigestStream(new FullDisk(), (_, _) => Assert.Fail("It was not written."));

        await Assert.ThrowsAsync<ExportTargetException>(async () => await file.WriteAsync(new byte[10]));
        await Assert.ThrowsAsync<ExportTargetException>(async () => await file.DisposeAsync());
    }

    private static async Task WriteAsync(PackageWriter package, string name, string text)
    {
        await using Stream file = await package.TargetFor(Registry).OpenAsync(name, "json", CancellationToken.None);
        await file.WriteAsync(Encoding.UTF8.GetBytes(text));
    }

    private static byte[] Noise(int seed, int length)
    {
        byte[] noise = new byte[length];
        new Random(seed).NextBytes(noise);
        return noise;
    }

    private sealed class FullDisk : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new IOException("No space left on device");

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            throw new IOException("No space left on device");
        }
    }
}
