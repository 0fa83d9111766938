using System.Text.Json;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Tests.Packages;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sinks.CosmosContainers;

/// <summary>The container of the seeded world: what is found, exported and erased of each device is what the world put there.</summary>
public sealed class SeededDocumentTests
{
    [Fact]
    public async Task Find_CountsWhatTheWorldHas_OfEachDevice()
    {
        await using DocumentSandbox sandbox = await DocumentSandbox.StartSeededAsync();
        DocumentTruth truth = Truth(sandbox);

        foreach (DeviceDataFinding finding in await sandbox.FindAsync([.. sandbox.Server.World.Truth.Devices, "nobody"]))
        {
            DeviceRecords expected = truth.Records.GetValueOrDefault(finding.DeviceId, new DeviceRecords(0, 0, 0));
            Assert.Equal(
                (finding.DeviceId, expected.Direct + expected.Attributed),
                (finding.DeviceId, finding.RecordCount + finding.RelayedCount)
            );
            Assert.Equal(expected.Direct + expected.Attributed > 0 ? Verdict.Present : Verdict.Absent, finding.Verdict);
            Assert.Equal(finding.RecordCount + finding.RelayedCount, finding.Items.Count);
        }

        Assert.Empty(sandbox.Reported);
        Assert.DoesNotContain(sandbox.Server.RequestLog.After(0), request => request.Mutating && request.Service == "cosmos");
    }

    [Fact]
    public async Task Export_HoldsEveryDocumentOfTheSubjects_AndNoneOfAnother()
    {
        await using DocumentSandbox sandbox = await DocumentSandbox.StartSeededAsync();
        string[] devices = ["dev1", "Dev1", DeviceSeed.Leaf, DeviceSeed.Gateway];

        (IReadOnlyList<ExportCompleteness> accounts, MemoryTarget target) = await sandbox.ExportAsync(devices);

        DocumentTruth truth = Truth(sandbox);
        IReadOnlyList<JsonElement> lines = target.Records("documents");
        Dictionary<string, string> stored = sandbox.Documents;
        Assert.All(lines, line =>
        {
            string path = $"{line.GetProperty("partitionKey").GetString()}/{line.GetProperty("id").GetString()}";
            Assert.Equal(stored[path], line.GetProperty("document").GetRawText());
        });
        foreach (ExportCompleteness account in accounts)
        {
            DeviceRecords expected = truth.Records[account.DeviceId];
            Assert.Equal(expected.Direct + expected.Attributed, account.Included + account.Withheld);
            Assert.Equal(account.Included, lines.Count(line => line.GetProperty("deviceId").GetString() == account.DeviceId));
        }

        Assert.Equal(truth.Records[DeviceSeed.Leaf].Attributed, accounts[3].Withheld);
        Assert.Distinct(lines.Select(line => $"{line.GetProperty("deviceId")} {line.GetProperty("id")}"));
    }

    [Fact]
    public async Task Erase_LeavesEveryBystanderToTheByte()
    {
        await using DocumentSandbox sandbox = await DocumentSandbox.StartSeededAsync();
        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync("dev1", DeviceSeed.Leaf);
        HashSet<string> theirs = [.. found.SelectMany(finding => finding.Items).Select(item => item.Path)];
        Dictionary<string, string> before = sandbox.Documents;

        IReadOnlyList<ErasureOutcome> outcomes = await sandbox.EraseAsync(found);

        Assert.Equal(found.Select(finding => finding.RecordCount), outcomes.Select(outcome => outcome.RecordsErased));
        Assert.All(outcomes, outcome => Assert.Null(outcome.Fault));
        Assert.Equal(before.Where(pair => !theirs.Contains(pair.Key)).ToDictionary(), sandbox.Documents);
        Assert.True(theirs.Count > 5);
        Assert.All(await sandbox.FindAsync("dev1", DeviceSeed.Leaf), finding => Assert.Equal(Verdict.Absent, finding.Verdict));
        Assert.Equal(theirs.Count, sandbox.Sent("DELETE").Count);
    }

    private static DocumentTruth Truth(DocumentSandbox sandbox) => Assert.Single(sandbox.Server.World.Truth.Documents);
}
