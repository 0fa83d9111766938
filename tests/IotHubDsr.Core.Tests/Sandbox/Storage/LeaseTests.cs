using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace IotHubDsr.Core.Tests.Sandbox.Storage;

public sealed class LeaseTests
{
    private static readonly TimeSpan s_shortest = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task LeasedBlob_IsChangedOnlyByTheHolder()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlobClient blob = sandbox.Container().GetBlobClient("b");
        await blob.UploadAsync(BinaryData.FromString("first"));
        BlobLeaseClient lease = blob.GetBlobLeaseClient();
        await lease.AcquireAsync(BlobLeaseClient.InfiniteLeaseDuration);

        RequestFailedException missing = await Assert.ThrowsAsync<RequestFailedException>(() =>
            blob.UploadAsync(BinaryData.FromString("x"), overwrite: true)
        );
        RequestFailedException deleted = await Assert.ThrowsAsync<RequestFailedException>(() => blob.DeleteAsync());
        RequestFailedException wrong = await Assert.ThrowsAsync<RequestFailedException>(() =>
            blob.DeleteAsync(conditions: new BlobRequestConditions { LeaseId = Guid.NewGuid().ToString() })
        );
        Assert.Equal((412, BlobErrorCode.LeaseIdMissing), (missing.Status, missing.ErrorCode));
        Assert.Equal((412, BlobErrorCode.LeaseIdMissing), (deleted.Status, deleted.ErrorCode));
        Assert.Equal((412, BlobErrorCode.LeaseIdMismatchWithBlobOperation), (wrong.Status, wrong.ErrorCode));
        Assert.Equal("first", (await blob.DownloadContentAsync()).Value.Content.ToString());

        // A snapshot changes nothing that the lease protects; another tier does.
        await blob.CreateSnapshotAsync();
        RequestFailedException tiered = await Assert.ThrowsAsync<RequestFailedException>(() => blob.SetAccessTierAsync(AccessTier.Cool));
        Assert.Equal((412, BlobErrorCode.LeaseIdMissing), (tiered.Status, tiered.ErrorCode));
        await blob.SetAccessTierAsync(AccessTier.Cool, new BlobRequestConditions { LeaseId = lease.LeaseId });
        BlobProperties properties = (await blob.GetPropertiesAsync()).Value;
        Assert.Equal(
            (LeaseState.Leased, LeaseStatus.Locked, LeaseDurationType.Infinite),
            (properties.LeaseState, properties.LeaseStatus, properties.LeaseDuration)
        );
        await blob.UploadAsync(BinaryData.FromString("second"), new BlobUploadOptions { Conditions = new() { LeaseId = lease.LeaseId } });
        await lease.ReleaseAsync();
        await blob.DeleteAsync(DeleteSnapshotsOption.IncludeSnapshots);
    }

    [Fact]
    public async Task FixedLease_EndsByItself_AndWritingWithItIsLost()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlobClient blob = sandbox.Container().GetBlobClient("b");
        await blob.UploadAsync(BinaryData.FromString("first"));
        BlobLeaseClient lease = blob.GetBlobLeaseClient();
        await lease.AcquireAsync(s_shortest);
        sandbox.Time.Advance(s_shortest / 2);
        await lease.RenewAsync();
        sandbox.Time.Advance(s_shortest - TimeSpan.FromSeconds(1));
        Assert.Equal(LeaseState.Leased, (await blob.GetPropertiesAsync()).Value.LeaseState);
        sandbox.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(LeaseState.Expired, (await blob.GetPropertiesAsync()).Value.LeaseState);

        RequestFailedException lost = await Assert.ThrowsAsync<RequestFailedException>(() =>
            blob.DeleteAsync(conditions: new BlobRequestConditions { LeaseId = lease.LeaseId })
        );
        Assert.Equal((412, BlobErrorCode.LeaseLost), (lost.Status, lost.ErrorCode));
        await blob.UploadAsync(BinaryData.FromString("second"), overwrite: true);
        Assert.Equal(LeaseState.Available, (await blob.GetPropertiesAsync()).Value.LeaseState);
    }

    [Fact]
    public async Task BreakAndChange_FollowTheStates()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlobClient blob = sandbox.Container().GetBlobClient("b");
        await blob.UploadAsync(BinaryData.FromString("x"));
        BlobLeaseClient lease = blob.GetBlobLeaseClient();
        await lease.AcquireAsync(TimeSpan.FromSeconds(60));
        RequestFailedException taken = await Assert.ThrowsAsync<RequestFailedException>(() =>
            blob.GetBlobLeaseClient().AcquireAsync(TimeSpan.FromSeconds(60))
        );
        string proposed = Guid.NewGuid().ToString();
        Assert.Equal(proposed, (await lease.ChangeAsync(proposed)).Value.LeaseId);
        Assert.Equal(10, (await lease.BreakAsync(TimeSpan.FromSeconds(10))).Value.LeaseTime);
        Assert.Equal(LeaseState.Breaking, (await blob.GetPropertiesAsync()).Value.LeaseState);
        RequestFailedException breaking = await Assert.ThrowsAsync<RequestFailedException>(() =>
            blob.GetBlobLeaseClient(proposed).AcquireAsync(TimeSpan.FromSeconds(60))
        );
        sandbox.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(LeaseState.Broken, (await blob.GetPropertiesAsync()).Value.LeaseState);
        RequestFailedException renewed = await Assert.ThrowsAsync<RequestFailedException>(() => lease.RenewAsync());
        await blob.GetBlobLeaseClient().AcquireAsync(TimeSpan.FromSeconds(60));

        Assert.Equal((409, BlobErrorCode.LeaseAlreadyPresent), (taken.Status, taken.ErrorCode));
        Assert.Equal((409, BlobErrorCode.LeaseIsBreakingAndCannotBeAcquired), (breaking.Status, breaking.ErrorCode));
        Assert.Equal((409, BlobErrorCode.LeaseIsBrokenAndCannotBeRenewed), (renewed.Status, renewed.ErrorCode));
    }

    [Fact]
    public async Task LeasedContainer_IsDeletedOnlyByTheHolder()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlobContainerClient container = sandbox.Container();
        BlobLeaseClient lease = container.GetBlobLeaseClient();
        await lease.AcquireAsync(BlobLeaseClient.InfiniteLeaseDuration);
        RequestFailedException error = await Assert.ThrowsAsync<RequestFailedException>(() => container.DeleteAsync());
        Assert.Equal((412, BlobErrorCode.LeaseIdMissing), (error.Status, error.ErrorCode));
        await container.DeleteAsync(new BlobRequestConditions { LeaseId = lease.LeaseId });
        Assert.False(await container.ExistsAsync());
    }
}
