using System.Text;
using System.Text.Json;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Tests.Operations;

namespace IotHubDsr.Core.Tests.Sinks.Notebooks;

/// <summary>
/// A kind of place that is added as <c>docs/adding-a-sink.md</c> tells: its folder is all there is of it, and every operation works on it.
/// </summary>
public sealed class NotebookTests : IDisposable
{
    private const string Before = "dev1\tcalled about the meter\nDev1\tanother customer\ndev10\tmoved\ndev1\twants a copy\n# end";

    private readonly string _folder = Directory.CreateTempSubdirectory("notebook-tests-").FullName;

    private string Path => System.IO.Path.Combine(_folder, "notes.txt");

    [Fact]
    public async Task Location_SaysWhatTheDescriptionSays()
    {
        await using RequestSandbox sandbox = await ConnectAsync();

        DataLocation location = Assert.Single(await sandbox.LocationsAsync(), location => location.Kind == NotebookKind.Name);

        Assert.Equal(Path, location.Place);
        Assert.Equal(LocationCapabilities.Find | LocationCapabilities.Export | LocationCapabilities.Erase, location.Capabilities);
        Assert.Null(location.Advice);
    }

    [Fact]
    public async Task Location_OfAKindThatNoFolderAdds_IsUnknown()
    {
        await using RequestSandbox sandbox = await ConnectAsync(SinkCatalogue.OfModule);

        DataLocation location = Assert.Single(await sandbox.LocationsAsync(), location => location.Place.EndsWith(Path));

        Assert.Equal(("UnknownSink", Verdict.OwnerAction), (location.Kind, location.Verdict));
    }

    [Fact]
    public async Task Footprint_CountsNotes()
    {
        await using RequestSandbox sandbox = await ConnectAsync();

        IEnumerable<DeviceDataFinding> findings = (await sandbox.FindAsync("dev1", "dev2")).Where(IsOfNotebook);

        Assert.Equal(
            [("dev1", Verdict.Present, (long?)2), ("dev2", Verdict.Absent, 0)],
            findings.Select(finding => (finding.DeviceId, finding.Verdict, finding.Records))
        );
    }

    [Fact]
    public async Task Footprint_OfAFileThatIsGone_IsUnreachable()
    {
        await using RequestSandbox sandbox = await ConnectAsync();
        File.Delete(Path);

        DeviceDataFinding finding = Assert.Single(await sandbox.FindAsync("dev1"), IsOfNotebook);

        Assert.Equal(Verdict.Unreachable, finding.Verdict);
        Assert.Contains(sandbox.Reported, fault => fault.Id == FaultCatalogue.LocationMissing.Id);
    }

    [Fact]
    public async Task Export_WritesNotesAndAccounts()
    {
        await using RequestSandbox sandbox = await ConnectAsync();

        await sandbox.ExportAsync("dev1");

        string[] written =
        [
            .. Directory.GetFiles(sandbox.PackagePath, "notes.ndjson", SearchOption.AllDirectories).SelectMany(File.ReadAllLines),
        ];
        Assert.Equal(
            ["called about the meter", "wants a copy"],
            written.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("note").GetString())
        );
    }

    [Fact]
    public async Task Erasure_TakesTheDevicesNotes_AndIsCertified()
    {
        await using RequestSandbox sandbox = await ConnectAsync();

        List<ErasureReceipt> receipts = await sandbox.EraseAsync(await sandbox.PlanAsync("dev1"));

        ErasureReceipt receipt = Assert.Single(receipts, receipt => receipt.Location.Kind == NotebookKind.Name);
        Assert.Equal((Verdict.Erased, (long?)2, 1), (receipt.Verdict, receipt.RecordsErased, receipt.ItemsChanged));
        Assert.Equal("Dev1\tanother customer\ndev10\tmoved\n# end", await File.ReadAllTextAsync(Path));
        Assert.Equal([Path], Directory.GetFiles(_folder));
        string certificate = Assert.Single(Directory.GetFiles(sandbox.RequestStore, "*.dsse.json", SearchOption.AllDirectories), file =>
            Statement(file).Contains("kept byte for byte", StringComparison.Ordinal)
        );
        Assert.Contains("The file was read to its end.", Statement(certificate), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Erasure_LeavesMoreThanThePlanCovers()
    {
        await using RequestSandbox sandbox = await ConnectAsync();
        ErasurePlan plan = await sandbox.PlanAsync("dev1");
        await File.AppendAllTextAsync(Path, string.Concat(Enumerable.Repeat("\ndev1\tcalled again", 101)));

        List<ErasureReceipt> receipts = await sandbox.EraseAsync(plan);

        ErasureReceipt receipt = Assert.Single(receipts, receipt => receipt.Location.Kind == NotebookKind.Name);
        Assert.Equal(Verdict.Present, receipt.Verdict);
        Assert.Contains("called about the meter", await File.ReadAllTextAsync(Path), StringComparison.Ordinal);
        Assert.Contains(sandbox.Reported, fault => fault.Id == FaultCatalogue.PlanExceeded.Id);
    }

    [Fact]
    public async Task Erasure_OfOneGeneration_IsTheOwnersAction()
    {
        await using RequestSandbox sandbox = await ConnectAsync();

        ErasurePlan plan = await sandbox.PlanAsync(new RecordScope { GenerationId = "1" }, "dev1");

        // The description does not say that notes tell generations apart: none of them may go.
        ErasureStep step = Assert.Single(plan.Steps, step => step.Location.Kind == NotebookKind.Name);
        Assert.Equal((ErasureAction.None, Verdict.OwnerAction), (step.Action, step.Finding.Verdict));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static bool IsOfNotebook(DeviceDataFinding finding) => finding.Kind == NotebookKind.Name;

    internal static string Statement(string certificate)
    {
        using var envelope = JsonDocument.Parse(File.ReadAllBytes(certificate));
        JsonElement root = envelope.RootElement;
        return root.TryGetProperty("payload", out JsonElement payload)
            ? Encoding.UTF8.GetString(Convert.FromBase64String(payload.GetString()!))
            : root.GetRawText();
    }

    private async Task<RequestSandbox> ConnectAsync(SinkCatalogue? sinks = null)
    {
        await File.WriteAllTextAsync(Path, Before);
        string locations = System.IO.Path.Combine(Directory.CreateTempSubdirectory("notebook-locations-").FullName, "locations.json");
        await File.WriteAllTextAsync(
            locations,
            JsonSerializer.Serialize(new { locations = new[] { new { kind = NotebookKind.Name, place = Path } } })
        );
        RequestSandbox sandbox = await RequestSandbox.StartAsync(
            sinks: sinks ?? new SinkCatalogue(typeof(SinkCatalogue).Assembly, typeof(NotebookKind).Assembly)
        );
        await sandbox.ConnectAsync(options => options with { LocationFile = locations });
        return sandbox;
    }
}
