using System.Text.Json;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Tests.Packages;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sinks.ProvisioningServices;

/// <summary>The service of the seeded world: what is found, exported and erased of each device is what the world put there.</summary>
public sealed class SeededEnrollmentTests
{
    [Fact]
    public async Task Find_CountsOfEveryDevice_AreThoseOfTheWorld()
    {
        await using EnrollmentSandbox sandbox = await EnrollmentSandbox.StartAsync(isSeeded: true);
        ProvisioningTruth truth = Assert.Single(sandbox.Server.World.Truth.Provisioning);

        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync([.. sandbox.Server.World.Truth.Devices]);

        Assert.Equal(sandbox.Server.World.Truth.Devices, found.Select(finding => finding.DeviceId));
        Assert.All(found, finding =>
        {
            int planted = truth.Records.GetValueOrDefault(finding.DeviceId);
            Assert.Equal((planted, planted), (finding.RecordCount, finding.Items.Count));
            Assert.Equal(planted > 0 ? Verdict.Present : Verdict.Absent, finding.Verdict);
        });
        string other = Assert.Single(truth.OtherHub).Key;
        Assert.Contains("another hub", found.Single(finding => finding.DeviceId == other).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_HoldsAllOfTheSubjects_NothingOfOthers_AndNoKey()
    {
        await using EnrollmentSandbox sandbox = await EnrollmentSandbox.StartAsync(isSeeded: true);
        string[] devices = ["dev1", "it's", "th-002", ProvisioningSeed.Orphan, "dev2"];

        (IReadOnlyList<ExportCompleteness> accounts, MemoryTarget target) = await sandbox.ExportAsync(devices);

        Assert.Equal([2L, 2, 1, 1, 0], accounts.Select(account => account.Included));
        Assert.Equal(["dev1", "it's"], DevicesIn(target.Records("enrollments")));
        Assert.Equal(["dev1", "it's", "th-002", ProvisioningSeed.Orphan], DevicesIn(target.Records("registrations")));
        Assert.Equal(
            ProvisioningSeed.Kit,
            target.Records("enrollments")[1].GetProperty("enrollment").GetProperty("registrationId").GetString()
        );
        Assert.Equal(ProvisioningSeed.Group, target.Records("registrations")[2].GetProperty("enrollmentGroupId").GetString());
        string all = string.Concat(target.Files.Keys.Select(target.Text));
        lock (sandbox.Service.Gate)
        {
            Assert.All(sandbox.Service.Enrollments.Values, enrollment =>
            {
                foreach (string name in (string[])["primaryKey", "secondaryKey"])
                    Assert.DoesNotContain(enrollment["attestation"]!["symmetricKey"]![name]!.ToString(), all, StringComparison.Ordinal);
            });
        }

        Assert.DoesNotContain("bo.nilsson", all, StringComparison.Ordinal);
        Assert.Contains("ana.lopez", all, StringComparison.Ordinal);
        Assert.Contains("left out", accounts[0].Ground, StringComparison.Ordinal);
        Assert.DoesNotContain("left out", accounts[2].Ground, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Erase_LeavesEveryBystanderToTheByte()
    {
        await using EnrollmentSandbox sandbox = await EnrollmentSandbox.StartAsync(isSeeded: true);
        string[] devices = ["dev1", "it's", "th-002", ProvisioningSeed.Orphan, "dev2"];
        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(devices);
        HashSet<string> theirs = [.. found.SelectMany(finding => finding.Items).Select(item => item.Path)];
        Dictionary<string, string> before = sandbox.Records;

        IReadOnlyList<ErasureOutcome> outcomes = await sandbox.EraseAsync([.. found]);

        Assert.Equal(found.Select(finding => finding.RecordCount), outcomes.Select(outcome => outcome.RecordsErased));
        Assert.All(outcomes, outcome => Assert.Null(outcome.Fault));
        Assert.Equal(before.Where(pair => !theirs.Contains(pair.Key)).ToDictionary(), sandbox.Records);
        Assert.Equal(6, theirs.Count);
        Assert.All(sandbox.Sent("DELETE"), request => Assert.Equal(204, request.Status));
        Assert.All(await sandbox.FindAsync(devices), finding => Assert.Equal(Verdict.Absent, finding.Verdict));
    }

    private static IEnumerable<string?> DevicesIn(IReadOnlyList<JsonElement> records) =>
        records.Select(record => record.GetProperty("deviceId").GetString());
}
