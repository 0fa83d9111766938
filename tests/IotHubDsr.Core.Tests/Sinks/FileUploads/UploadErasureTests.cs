using System.Text;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.Storage;

namespace IotHubDsr.Core.Tests.Sinks.FileUploads;

public sealed class UploadErasureTests
{
    private static readonly string[] Bystanders = ["Dev1/photo.jpg", "dev1", "dev10/photo.jpg", "dev1x/a", "x/dev1/a"];

    [Fact]
    public async Task Erase_FilesOfADevice_DeletesThemAndNobodyElses()
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync();
        sandbox.Put([.. Bystanders, "dev1/photo.jpg", "dev1/logs/boot.txt"]);

        ErasureOutcome outcome = await sandbox.EraseAsync("dev1");

        Assert.Equal((2L, 2), (outcome.RecordsErased, outcome.ItemsChanged));
        Assert.Null(outcome.Fault);
        Assert.Equal(Bystanders, sandbox.Names);
        Assert.Equal(Verdict.Absent, (await sandbox.FindOneAsync("dev1")).Verdict);
        Assert.All(sandbox.Mutations, request => Assert.Contains("/files/dev1/", request.Target, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("100%", "photo.jpg")]
    [InlineData("50%25", "a%2Fb")]
    [InlineData("it's#+", "a?snapshot=b")]
    [InlineData("dev1", @"..\..\dev2\a")]
    [InlineData("dev1", "dir/")]
    [InlineData("dev1", "//a")]
    [InlineData("dev1", "\u65e5\u672c \ud83d\ude00")]
    public async Task Erase_OddNames_DeletesExactlyThatBlob(string deviceId, string file)
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync();
        string[] others = [.. new[] { "100/photo.jpg", "50%/a/b", "a", "dev2/a", "it's/a" }.Order(StringComparer.Ordinal)];
        sandbox.Put([.. others, $"{deviceId}/{file}"]);

        ErasureOutcome outcome = await sandbox.EraseAsync(deviceId);

        Assert.Equal(1, outcome.RecordsErased);
        Assert.Equal(others, sandbox.Names);
    }

    [Fact]
    public async Task Erase_NameThatReachesAnotherBlob_TouchesNeither()
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync();
        sandbox.Put("dev1/../dev2/a", "dev1/b", "dev2/a");

        ErasureOutcome outcome = await sandbox.EraseAsync("dev1");

        Assert.Equal(["dev1/../dev2/a", "dev2/a"], sandbox.Names);
        Assert.Equal((1L, "BlobNameUnsafe"), (outcome.RecordsErased, outcome.Fault?.Id));
    }

    [Fact]
    public async Task Erase_PlanWithAPathOfAnotherDevice_DoesNotFollowIt()
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync();
        sandbox.Put("dev1/a", "dev2/a");
        DeviceDataFinding finding = await sandbox.FindOneAsync("dev1");
        DeviceDataFinding other = await sandbox.FindOneAsync("dev2");

        await sandbox.EraseAsync(oldVersions: true, finding with { Items = [.. finding.Items, .. other.Items] });

        Assert.Equal(["dev2/a"], sandbox.Names);
    }

    [Fact]
    public async Task Erase_EachDeletion_IsAnnouncedBeforeItIsSent()
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync();
        sandbox.Put("dev1/a", "dev1/b");
        sandbox.OnAnnounce = text => Assert.Contains(sandbox.Names, name => text.Contains($" {name} ", StringComparison.Ordinal));
        int announced = 0;
        sandbox.OnAnnounce += _ => Interlocked.Increment(ref announced);

        ErasureOutcome outcome = await sandbox.EraseAsync("dev1");

        Assert.Equal((2L, null), (outcome.RecordsErased, outcome.Fault));
        Assert.Equal(2, announced);
    }

    [Fact]
    public async Task Erase_FileUploadedAgainMeanwhile_IsErasedToo()
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync();
        sandbox.Put("dev1/a");
        DeviceDataFinding finding = await sandbox.FindOneAsync("dev1");
        sandbox.Put("dev1/a");

        ErasureOutcome outcome = Assert.Single(await sandbox.EraseAsync(oldVersions: false, finding));

        Assert.Equal((1L, null), (outcome.RecordsErased, outcome.Fault));
        Assert.Empty(sandbox.Names);
        Assert.Equal([412, 202], sandbox.Mutations.Select(request => request.Status));
    }

    [Fact]
    public async Task Erase_FileUploadedAgainAllTheTime_GivesUpAndLeavesIt()
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync();
        sandbox.Put("dev1/a");
        sandbox.OnAnnounce = _ => sandbox.Put("dev1/a");

        ErasureOutcome outcome = await sandbox.EraseAsync("dev1");

        Assert.Equal((0L, "ConcurrentChange"), (outcome.RecordsErased, outcome.Fault?.Id));
        Assert.Equal(["dev1/a"], sandbox.Names);
        Assert.Equal(4, sandbox.Mutations.Count());
    }

    [Fact]
    public async Task Erase_FileUploadedUnderANewNameSinceThePlan_Stays()
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync();
        sandbox.Put("dev1/a");
        DeviceDataFinding finding = await sandbox.FindOneAsync("dev1");
        sandbox.Put("dev1/new");

        await sandbox.EraseAsync(oldVersions: true, finding);

        Assert.Equal(["dev1/new"], sandbox.Names);
        Assert.Equal(Verdict.Present, (await sandbox.FindOneAsync("dev1")).Verdict);
    }

    [Fact]
    public async Task Erase_FileVanishedMeanwhile_IsFine()
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync();
        sandbox.Put("dev1/a", "dev1/b");
        DeviceDataFinding finding = await sandbox.FindOneAsync("dev1");
        sandbox.Container.Delete("dev1/a");

        ErasureOutcome outcome = Assert.Single(await sandbox.EraseAsync(oldVersions: false, finding));

        Assert.Null(outcome.Fault);
        Assert.Empty(sandbox.Names);
    }

    [Fact]
    public async Task Erase_LeasedFile_IsReportedAndTheOthersGoOn()
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync();
        sandbox.Put("dev1/a", "dev1/b", "dev2/c");
        lock (sandbox.Container.Gate)
            sandbox.Container.GetOrAddEntry("dev1/a").Lease.Acquire(Guid.NewGuid().ToString(), null, sandbox.Clock.GetUtcNow());

        IReadOnlyList<DeviceDataFinding> findings = await sandbox.FindAsync("dev1", "dev2");
        IReadOnlyList<ErasureOutcome> outcomes = await sandbox.EraseAsync(oldVersions: false, [.. findings]);

        Assert.Equal([(1L, "BlobLeased"), (1L, null)], outcomes.Select(outcome => (outcome.RecordsErased, outcome.Fault?.Id)));
        Assert.Equal(["dev1/a"], sandbox.Names);
    }

    [Fact]
    public async Task Erase_HoldThatCameMeanwhile_IsHeld()
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync();
        sandbox.Put("dev1/a");
        DeviceDataFinding finding = await sandbox.FindOneAsync("dev1");
        sandbox.Container.HasImmutabilityPolicy = true;

        ErasureOutcome outcome = Assert.Single(await sandbox.EraseAsync(oldVersions: false, finding));

        Assert.Equal((0L, "BlobHeld", Verdict.Held), (outcome.RecordsErased, outcome.Fault?.Id, outcome.Verdict));
        Assert.Equal(["dev1/a"], outcome.Left);
        Assert.Equal(["dev1/a"], sandbox.Names);
    }

    [Fact]
    public async Task Erase_PolicyThatHasRunOutForSomeFiles_DeletesTheseAndTellsUntilWhenTheOthersAreHeld()
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync();
        var now = DateTimeOffset.FromUnixTimeSeconds(sandbox.Clock.GetUtcNow().ToUnixTimeSeconds());
        sandbox.Container.Put("dev1/old", "x"u8.ToArray(), new BlobSeed { LastModified = now.AddDays(-40) });
        sandbox.Container.Put("dev1/young", "x"u8.ToArray(), new BlobSeed { LastModified = now.AddDays(-3) });
        sandbox.Container.Policy = new ImmutabilityPolicy(30);
        sandbox.Location = sandbox.Location with
        {
            Settings = new Dictionary<string, string>(sandbox.Location.Settings) { [LocationSettings.ImmutabilityDays] = "30" },
        };

        DeviceDataFinding before = await sandbox.FindOneAsync("dev1");
        await sandbox.EraseAsync(oldVersions: false, before);
        DeviceDataFinding after = await sandbox.FindOneAsync("dev1");

        Assert.Equal(Verdict.Present, before.Verdict);
        Assert.Equal((Verdict.Held, now.AddDays(27), 1L), (after.Verdict, after.Until, after.RecordCount));
        Assert.Equal(["dev1/young"], sandbox.Names);
    }

    [Fact]
    public async Task Erase_NoRightToDelete_NamesTheRoleOnceAndStopsAsking()
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync();
        sandbox.Put([.. Enumerable.Range(0, 200).Select(number => $"dev1/{number}")]);
        sandbox.Faults.Add(
            new FaultRule
            {
                Service = "blob",
                Method = "DELETE",
                Status = 403,
                Times = 10_000,
            }
        );

        ErasureOutcome outcome = await sandbox.EraseAsync("dev1");

        Assert.Equal("PermissionMissing", outcome.Fault?.Id);
        Assert.Contains("Storage Blob Data Contributor", Assert.Single(sandbox.Reported).RecommendedAction, StringComparison.Ordinal);
        Assert.InRange(sandbox.Mutations.Count(), 1, 8);
    }

    [Fact]
    public async Task Erase_WhateverRequestFails_LeavesWholeFilesAndSucceedsWhenRunAgain()
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync(
            new BlobAccountOptions(VersioningEnabled: true, SoftDeleteDays: 3)
        );
        string[] files = ["dev1/a", "dev1/b", "dev1/c"];
        sandbox.Put([.. Bystanders, .. files, "dev1/a"]);
        sandbox.Forget();
        await sandbox.EraseAsync("dev1", oldVersions: true);
        int requests = sandbox.BlobRequests.Count;
        Assert.InRange(requests, 9, 30);
        for (int request = 0; request < requests; request++)
        {
            foreach (
                FaultRule fault in new[]
                {
                    new FaultRule { Status = 500, Times = 6 },
                    new FaultRule { Reset = true, Times = 6 },
                }
            )
            {
                sandbox.Put([.. files, "dev1/a"]);
                sandbox.Forget();
                sandbox.Faults.Add(fault with { Service = "blob", Skip = request });
                await Record.ExceptionAsync(() => sandbox.EraseAsync("dev1", oldVersions: true));
                Assert.All(sandbox.Container.List("dev1/"), blob =>
                    Assert.Equal($"content of {blob.Name}", Encoding.UTF8.GetString(blob.Content.Span))
                );
                sandbox.Forget();
                await sandbox.EraseAsync("dev1", oldVersions: true);
                Assert.Equal(Bystanders, sandbox.Names);
                Assert.Equal(Verdict.Expiring, (await sandbox.FindOneAsync("dev1")).Verdict);
                Assert.DoesNotContain(sandbox.Container.List("", includeOld: true), blob =>
                    Bystanders.Contains(blob.Name) && !blob.IsCurrent
                );
            }
        }
    }

    [Fact]
    public async Task Erase_AnswerOfADeletionIsLost_CountsTheFileAsErased()
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync();
        sandbox.Put("dev1/a");
        bool isLost = false;
        sandbox.Wire.LoseResponse = request => request.Method == HttpMethod.Delete && !Interlocked.Exchange(ref isLost, true);

        ErasureOutcome outcome = await sandbox.EraseAsync("dev1");

        Assert.True(isLost);
        Assert.Equal((1L, null), (outcome.RecordsErased, outcome.Fault));
    }
}
