using System.Text;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Operations;

/// <summary>Locations of which one blob cannot be read.</summary>
public sealed class PartlyReadTests
{
    private const string Device = "dev1";

    [Theory]
    [InlineData("README.txt", "This folder is kept by operations.", Verdict.OwnerAction)]
    [InlineData("contoso-hub/7/2026/01/05/08/00", "not a batch of messages", Verdict.Unreachable)]
    [InlineData("contoso-hub/7/2026/01/05/08/00", "{\"SystemProperties\":{\"connectionDeviceId\":\"dev1\"\n", Verdict.Unreachable)]
    public async Task Erase_OneBlobThatCannotBeReadAmongGoodOnes_ErasesWhatWasReadAndNamesIt(string name, string content, Verdict verdict)
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        BlobContainer container = sandbox.Server.World.Blobs.GetOrAddAccount(WorldNames.PlainAccount).GetOrAddContainer("paused-archive");
        container.Put(
            name,
            Encoding.UTF8.GetBytes(content),
            new BlobSeed { LastModified = sandbox.Server.World.Clock.GetUtcNow().AddDays(-10) }
        );

        ErasurePlan plan = await sandbox.PlanAsync(Device);
        ErasureReceipt receipt = (await sandbox.EraseAsync(plan)).Single(receipt => receipt.Place == "contosorouted/paused-archive");

        Assert.Equal((118L, null, verdict), (receipt.RecordsErased, receipt.RecordsRemaining, receipt.Verdict));
        Assert.Contains(name, receipt.Detail, StringComparison.Ordinal);
        Assert.Equal(content, Encoding.UTF8.GetString(container.List(name).Single().Content.Span));
    }

    [Fact]
    public async Task Find_ManyBlobsThatAreNoArchives_NamesAFewAndCountsTheRest()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        BlobContainer container = sandbox.Server.World.Blobs.GetOrAddAccount(WorldNames.PlainAccount).GetOrAddContainer("paused-archive");
        for (int number = 0; number < 12; number++)
            container.Put($"notes-{number:D2}.txt", "Notes of operations."u8.ToArray());

        DeviceDataFinding found = (await sandbox.FindAsync(Device)).Single(finding => finding.Place == "contosorouted/paused-archive");

        Assert.Equal((Verdict.Present, 118L), (found.Verdict, found.RecordCount));
        Assert.Contains("notes-00.txt", found.Detail, StringComparison.Ordinal);
        Assert.Contains("and 9 more", found.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("notes-11.txt", found.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resume_BlobThatWasAnnouncedAndCannotBeReadNow_DoesNotCountAsErased()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        BlobContainer container = sandbox.Server.World.Blobs.GetOrAddAccount(WorldNames.PlainAccount).GetOrAddContainer("paused-archive");
        ErasurePlan plan = await sandbox.PlanAsync(Device);
        SeenItem[] items = [.. plan.Steps.Single(step => step.Location.Place == "contosorouted/paused-archive").Finding.Items];
        await sandbox.EraseUntilAsync(plan, request =>
            request.Method == "PUT"
            && request.Target.Contains("/paused-archive/", StringComparison.Ordinal)
            && request.Target.Contains("comp=blocklist", StringComparison.Ordinal)
        );
        foreach (SeenItem item in items)
        {
            byte[] whole = container.List(item.Path).Single().Content.ToArray();
            container.Put(
                item.Path,
                whole.AsMemory(0, whole.Length / 2),
                new BlobSeed { LastModified = sandbox.Server.World.Clock.GetUtcNow().AddDays(-10) }
            );
        }

        ErasureReceipt receipt = (await sandbox.ResumeAsync((await sandbox.RequestAsync()).RequestId)).Single(receipt =>
            receipt.Place == "contosorouted/paused-archive"
        );

        Assert.Equal((0L, Verdict.Unreachable), (receipt.RecordsErased, receipt.Verdict));
    }
}
