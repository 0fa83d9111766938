using System.Diagnostics;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace IotHubDsr.Module.Tests.Exports;

/// <summary>A finished package, folder or zip, read by means that the product does not use.</summary>
internal sealed class ExportPackage
{
    private const string Manifest = "manifest-sha256.txt";

    private ExportPackage(Dictionary<string, byte[]> files) => Files = files;

    /// <summary>Contents by name, with forward slashes.</summary>
    public IReadOnlyDictionary<string, byte[]> Files { get; }

    public JsonElement Completeness => JsonDocument.Parse(Files["completeness.json"]).RootElement;

    public static ExportPackage OfFolder(string path) => new(Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
        .ToDictionary(file => Path.GetRelativePath(path, file).Replace('\\', '/'), File.ReadAllBytes, StringComparer.Ordinal));

    public static ExportPackage OfZip(string path)
    {
        using ZipArchive zip = ZipFile.OpenRead(path);
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (ZipArchiveEntry entry in zip.Entries)
        {
            using Stream content = entry.Open();
            using var copy = new MemoryStream();
            content.CopyTo(copy);
            files.Add(entry.FullName, copy.ToArray());
        }

        return new ExportPackage(files);
    }

    /// <summary>Checks that the manifest names every other file, and nothing else, with its digest.</summary>
    public void AssertManifestHolds()
    {
        Dictionary<string, string> named = Encoding.UTF8.GetString(Files[Manifest]).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .ToDictionary(line => line[66..], line => line[..64], StringComparer.Ordinal);

        Assert.Equal(Files.Keys.Where(name => name != Manifest).Order(StringComparer.Ordinal), named.Keys.Order(StringComparer.Ordinal));
        Assert.All(named, file => Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Files[file.Key])), file.Value));
    }

    /// <summary>Checks that every line and the totals of the accounts add up, and that the files hold as many records.</summary>
    public void AssertCountsAddUp()
    {
        List<JsonElement> lines = [.. Completeness.GetProperty("locations").EnumerateArray()];
        Assert.All(lines, line =>
            Assert.Equal(Number(line, "found"), Number(line, "included") + Number(line, "withheld") + Number(line, "unreachable")));
        foreach (string name in (string[])["found", "included", "withheld", "unreachable"])
            Assert.Equal(lines.Sum(line => Number(line, name)), Number(Completeness.GetProperty("totals"), name));
        Assert.All(
            lines.Where(line => Number(line, "withheld") + Number(line, "unreachable") > 0),
            line => Assert.False(string.IsNullOrWhiteSpace(line.GetProperty("ground").GetString())));

        foreach ((string name, byte[] content) in Files.Where(file => file.Key.EndsWith(".ndjson", StringComparison.Ordinal)))
        {
            string location = name.Split('/')[1];
            long included = lines
                .Where(line => line.GetProperty("locationId").GetString() == location).Sum(line => Number(line, "included"));
            string[] records = Encoding.UTF8.GetString(content).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.All(records, record => JsonDocument.Parse(record).Dispose());
            Assert.Equal(included, records.Length);
        }
    }

    public static async Task<int> CheckByToolAsync(string folder)
    {
        using Process tool = Process.Start(
            new ProcessStartInfo("sha256sum", ["-c", "--quiet", "--strict", Manifest]) { WorkingDirectory = folder })!;
        await tool.WaitForExitAsync();
        return tool.ExitCode;
    }

    private static long Number(JsonElement line, string name) => line.GetProperty(name).GetInt64();
}
