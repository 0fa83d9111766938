using System.Diagnostics;
using System.Text.Json;
using IotHubDsr.Core.Tests.Packages;

namespace IotHubDsr.Module.Tests.Exports;

/// <summary>A finished package, folder or zip, read by means that the product does not use.</summary>
internal sealed class ExportPackage
{
    private readonly Bag _bag;

    private ExportPackage(Bag bag) => _bag = bag;

    /// <summary>Contents by name, with forward slashes.</summary>
    public IReadOnlyDictionary<string, byte[]> Files => _bag.Files;

    public JsonElement Completeness => JsonDocument.Parse(Files["data/completeness.json"]).RootElement;

    public static ExportPackage OfFolder(string path) => new(Bag.OfFolder(path));

    public static ExportPackage OfZip(string path) => new(Bag.OfZip(path));

    /// <summary>Checks that it is a bag whose manifests hold.</summary>
    public void AssertManifestHolds() => _bag.AssertValid();

    /// <summary>The records of a file.</summary>
    public IReadOnlyList<JsonElement> Records(string name) =>
        [.. _bag.Text(name).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    /// <summary>Checks that every line and the totals of the accounts add up, and that the files hold as many records.</summary>
    public void AssertCountsAddUp()
    {
        List<JsonElement> lines = [.. Completeness.GetProperty("locations").EnumerateArray()];
        Assert.All(lines, line =>
            Assert.Equal(Number(line, "found"), Number(line, "included") + Number(line, "withheld") + Number(line, "unreachable"))
        );
        Assert.All(lines.Where(line => !line.TryGetProperty("found", out _)), line =>
            Assert.NotEqual("Absent", line.GetProperty("verdict").GetString())
        );
        foreach (string name in (string[])["found", "included", "withheld", "unreachable"])
            Assert.Equal(lines.Sum(line => Number(line, name)), Number(Completeness.GetProperty("totals"), name));
        Assert.All(lines.Where(line => Number(line, "withheld") + Number(line, "unreachable") > 0), line =>
            Assert.False(string.IsNullOrWhiteSpace(line.GetProperty("ground").GetString()))
        );

        foreach (
            IGrouping<string, string> location in Files
                .Keys.Where(name => name.EndsWith(".ndjson", StringComparison.Ordinal))
                .GroupBy(name => name.Split('/')[1])
        )
        {
            long included = lines
                .Where(line => line.GetProperty("locationId").GetString() == location.Key)
                .Sum(line => Number(line, "included"));
            Assert.Equal(included, location.Sum(name => Records(name).Count));
        }
    }

    public static async Task<int> CheckByToolAsync(string folder, string manifest)
    {
        using Process tool = Process.Start(
            new ProcessStartInfo("sha256sum", ["-c", "--quiet", "--strict", manifest]) { WorkingDirectory = folder }
        )!;
        await tool.WaitForExitAsync();
        return tool.ExitCode;
    }

    /// <summary>What nobody counted is left out.</summary>
    private static long Number(JsonElement line, string name) => line.TryGetProperty(name, out JsonElement number) ? number.GetInt64() : 0;
}
