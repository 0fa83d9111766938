using System.Text.Json;
using IotHubDsr.Core.Tests.Operations;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sinks.FileUploads;

public sealed class UploadRequestTests
{
    [Fact]
    public async Task Plan_SoftDeletedFilesAlone_PromisesNoErasure()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        BlobAccount account = sandbox.Server.World.Blobs.GetOrAddAccount(WorldNames.UploadAccount);
        account.Options = new BlobAccountOptions(SoftDeleteDays: 7);
        foreach (BlobSnapshotInfo file in account.GetOrAddContainer(WorldNames.UploadContainer).List("dev1/"))
            account.GetOrAddContainer(WorldNames.UploadContainer).Delete(file.Name);

        ErasurePlan plan = await sandbox.PlanAsync(includeOldVersions: true, "dev1");

        ErasureStep step = plan.Steps.Single(step => step.Location.Kind == LocationKinds.FileUploadContainer);
        Assert.Equal((Verdict.Expiring, 2L, ErasureAction.None), (step.Finding.Verdict, step.Finding.RecordCount, step.Action));
    }

    [Fact]
    public async Task Erase_DeviceWithFiles_IsPendingAsLongAsItsAccessLastsAndSparesTheOthers()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        BlobContainer container = sandbox
            .Server.World.Blobs.GetOrAddAccount(WorldNames.UploadAccount)
            .GetOrAddContainer(WorldNames.UploadContainer);
        string[] others =
        [
            .. container.List().Select(blob => blob.Name).Where(name => !name.StartsWith("dev1/", StringComparison.Ordinal)),
        ];

        List<ErasureReceipt> receipts = await sandbox.EraseAsync(await sandbox.PlanAsync("dev1"));

        ErasureReceipt receipt = receipts.Single(receipt => receipt.Kind == LocationKinds.FileUploadContainer);
        Assert.Equal((Verdict.ErasurePending, 2L, 0L), (receipt.Verdict, receipt.RecordsErased, receipt.RecordsRemaining));
        Assert.NotNull(receipt.Until);
        Assert.Equal(others, container.List().Select(blob => blob.Name));
    }

    [Fact]
    public async Task Export_HostileFileNames_StayInThePackageAndAreListed()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();

        DataExport export = await sandbox.ExportAsync("markup", "dev1", "Dev1");

        Assert.Equal([sandbox.PackagePath], sandbox.FilesInFolder);
        ExportCompleteness line = export.Completeness.Single(line =>
            line is { DeviceId: "markup", Kind: LocationKinds.FileUploadContainer }
        );
        Assert.Equal((1L, 1L), (line.Found, line.Included));
        string folder = Path.Combine(sandbox.PackagePath, "data", line.LocationId);
        string[] lines = await File.ReadAllLinesAsync(Path.Combine(folder, "files.ndjson"));
        Assert.Equal(4, lines.Length);
        Assert.All(lines.Select(text => JsonDocument.Parse(text).RootElement), file =>
            Assert.Equal(
                file.GetProperty("bytes").GetInt64(),
                new FileInfo(Path.Combine(folder, file.GetProperty("file").GetString()!)).Length
            )
        );
    }
}
