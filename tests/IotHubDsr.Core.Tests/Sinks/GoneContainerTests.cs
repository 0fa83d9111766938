using IotHubDsr.Core.Tests.Sinks.FileUploads;
using IotHubDsr.Core.Tests.Sinks.RoutedBlobs;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.Storage;
using static IotHubDsr.Core.Tests.Sinks.LogArchives.LogArchive;
using static IotHubDsr.Core.Tests.Sinks.RoutedBlobs.ArchiveSandbox;

namespace IotHubDsr.Core.Tests.Sinks;

/// <summary>Containers that were deleted, and accounts that keep them for a while.</summary>
public sealed class GoneContainerTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Find_ArchiveContainerThatIsGoneAndCanBeRestored_IsExpiringUntilItCannot(bool isLogArchive)
    {
        await using ArchiveSandbox sandbox = isLogArchive ? await StartLogsAsync() : await ArchiveSandbox.StartAsync();
        sandbox.Account.Options = sandbox.Account.Options with { ContainerSoftDeleteDays = 7 };
        DateTimeOffset deleted = sandbox.Clock.GetUtcNow();
        sandbox.Account.TryRemoveContainer(sandbox.Container);

        DeviceDataFinding found = await sandbox.FindOneAsync(Alice);

        Assert.Equal(Verdict.Expiring, found.Verdict);
        Assert.InRange(found.Until!.Value, deleted.AddDays(7).AddSeconds(-2), deleted.AddDays(7).AddMinutes(2));
        Assert.Contains("can be restored", found.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Find_UploadContainerThatIsGoneAndCanBeRestored_IsExpiringUntilItCannot()
    {
        await using UploadSandbox sandbox = await UploadSandbox.StartAsync(new BlobAccountOptions(ContainerSoftDeleteDays: 7));
        DateTimeOffset deleted = sandbox.Clock.GetUtcNow();
        sandbox.Container.Account.TryRemoveContainer(sandbox.Container);

        DeviceDataFinding found = await sandbox.FindOneAsync("dev1");

        Assert.Equal(Verdict.Expiring, found.Verdict);
        Assert.InRange(found.Until!.Value, deleted.AddDays(7).AddSeconds(-2), deleted.AddDays(7).AddMinutes(2));
        Assert.Contains("can be restored", found.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Find_ContainerMadeAgainAfterOneOfItsNameWasDeleted_IsExpiringUntilThatCannotBeRestored()
    {
        await using ArchiveSandbox sandbox = await StartLogsAsync();
        sandbox.Account.Options = sandbox.Account.Options with { ContainerSoftDeleteDays = 7 };
        sandbox.Account.TryRemoveContainer(sandbox.Container);
        sandbox.UseContainer(sandbox.Container.Name);

        Assert.Equal(Verdict.Expiring, (await sandbox.FindOneAsync(Alice)).Verdict);

        sandbox.Clock.Advance(TimeSpan.FromDays(8));
        Assert.Equal(Verdict.Absent, (await sandbox.FindOneAsync(Alice)).Verdict);
    }

    [Fact]
    public async Task Find_OtherContainerDeletedWhoseNameBeginsAlike_SaysNothingOfThisOne()
    {
        await using ArchiveSandbox sandbox = await StartLogsAsync();
        sandbox.Account.Options = sandbox.Account.Options with { ContainerSoftDeleteDays = 7 };
        sandbox.Account.TryRemoveContainer(sandbox.Account.GetOrAddContainer($"{sandbox.Container.Name}-2"));

        Assert.Equal(Verdict.Absent, (await sandbox.FindOneAsync(Alice)).Verdict);
    }

    [Fact]
    public async Task Find_GoneLogContainerOfAnAccountWhoseContainersCannotBeListed_IsNotAbsent()
    {
        await using ArchiveSandbox sandbox = await StartLogsAsync();
        sandbox.Account.TryRemoveContainer(sandbox.Container);
        sandbox.Faults.Add(
            new FaultRule
            {
                Service = "blob",
                Method = "GET",
                PathContains = "/?comp=list",
                Times = 100,
                Status = 403,
            }
        );

        DsrException refused = await Assert.ThrowsAsync<DsrException>(() => sandbox.FindAsync(Alice));

        Assert.Equal("PermissionMissing", refused.Fault.Id);
    }

    [Fact]
    public async Task Find_AccountThatIsGone_IsNotAbsent()
    {
        await using ArchiveSandbox sandbox = await StartLogsAsync();
        sandbox.Location = sandbox.Location with
        {
            Settings = new Dictionary<string, string>(sandbox.Location.Settings)
            {
                [LocationSettings.ContainerUri] = "https://nosuchaccount.blob.core.windows.net/insights-logs-connections",
            },
        };

        await Assert.ThrowsAsync<DsrException>(() => sandbox.FindAsync(Alice));
    }
}
