using System.Text;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Requests;

/// <summary>Locations of which one blob cannot be read.</summary>
public sealed class PartlyReadTests
{
    private const string Device = "dev1";

    [Theory]
    [InlineData("README.txt", "This folder is kept by operations.", Verdict.OwnerAction)]
    [InlineData("notes/2026.csv", "date,text", Verdict.OwnerAction)]
    public async Task Erase_OneBlobThatCannotBeReadAmongGoodOnes_ErasesWhatWasReadAndNamesIt(string name, string content, Verdict verdict)
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        BlobContainer container = sandbox.Server.World.Blobs.GetOrAddAccount(WorldNames.PlainAccount).GetOrAddContainer("paused-archive");
        container.Put(name, Encoding.UTF8.GetBytes(content), new BlobSeed { LastModified = sandbox.Server.World.Clock.GetUtcNow().AddDays(-10) });

        ErasurePlan plan = await sandbox.PlanAsync(Device);
        ErasureReceipt receipt = (await sandbox.EraseAsync(plan)).Single(receipt => receipt.Place == "contosorouted/paused-archive");

        Assert.Equal((118L, 0L, verdict), (receipt.RecordsErased, receipt.RecordsRemaining, receipt.Verdict));
        Assert.Contains(name, receipt.Detail, StringComparison.Ordinal);
        Assert.Equal(content, Encoding.UTF8.GetString(container.List(name).Single().Content.Span));
    }

    [Fact]
    public async Task Find_ManyBlobsThatAreNoArchives_NamesAFewAndCountsTheRest()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        BlobContainer container = sandbox.Server.World.Blobs.GetOrAddAccount(WorldNames.PlainAccount).GetOrAddContainer("paused-archive");
        for (var number = 0; number < 12; number++)
            container.Put($"notes-{number:D2}.txt", "Notes of operations."u8.ToArray());

        DeviceDataFinding found = (await sandbox.FindAsync(Device)).Single(finding => finding.Place == "contosorouted/paused-archive");

        Assert.Equal((Verdict.Present, 118L), (found.Verdict, found.Records));
        Assert.Contains("notes-00.txt", found.Detail, StringComparison.Ordinal);
        Assert.Contains("and 9 more", found.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("notes-11.txt", found.Detail, StringComparison.Ordinal);
    }
}
