using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using IotHubDsr.Sandbox.Storage;

namespace IotHubDsr.Core.Tests.Sandbox.Storage;

public sealed class ImmutabilityTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Policy_LetsABlobBeDeletedWhenItsTimeIsOver_AndStillNotBeChanged(bool isLocked)
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlobClient blob = sandbox.Container().GetBlobClient("b");
        await blob.UploadAsync(BinaryData.FromString("x"));
        sandbox.Account.GetOrAddContainer("telemetry").Policy = new(30, isLocked);
        sandbox.Time.Advance(TimeSpan.FromDays(30) - TimeSpan.FromSeconds(1));
        await RefusedAsync(() => blob.DeleteAsync());

        sandbox.Time.Advance(TimeSpan.FromSeconds(1));
        await RefusedAsync(() => blob.UploadAsync(BinaryData.FromString("y"), overwrite: true));
        await RefusedAsync(() => blob.StartCopyFromUriAsync(blob.Uri));
        await blob.DeleteAsync();
        await blob.UploadAsync(BinaryData.FromString("new"));
    }

    [Fact]
    public async Task Policy_ThatAllowsAppends_AllowsNothingElse_AndCountsFromTheLastOne()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        AppendBlobClient blob = sandbox.Container().GetAppendBlobClient("log");
        await blob.CreateAsync();
        BlobContainer container = sandbox.Account.GetOrAddContainer("telemetry");
        container.Policy = new(2, AllowsAppends: true);
        sandbox.Time.Advance(TimeSpan.FromDays(1));
        await AppendAsync(blob);
        sandbox.Time.Advance(TimeSpan.FromDays(1.5));

        await RefusedAsync(() => blob.DeleteAsync());
        await RefusedAsync(() => blob.CreateAsync());
        container.LegalHolds = ["case-7"];
        await RefusedAsync(() => AppendAsync(blob));
        (container.Policy, container.LegalHolds) = (new(2), []);
        await RefusedAsync(() => AppendAsync(blob));
        await blob.DeleteAsync();
    }

    [Fact]
    public async Task LegalHold_HasNoEnd()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlobClient blob = sandbox.Container().GetBlobClient("b");
        await blob.UploadAsync(BinaryData.FromString("x"));
        BlobContainer container = sandbox.Account.GetOrAddContainer("telemetry");
        (container.Policy, container.LegalHolds) = (new(1), ["case-7"]);
        sandbox.Time.Advance(TimeSpan.FromDays(1000));
        await RefusedAsync(() => blob.DeleteAsync());
        container.LegalHolds = [];
        await blob.DeleteAsync();
    }

    private static async Task AppendAsync(AppendBlobClient blob) => await blob.AppendBlockAsync(new MemoryStream("line\n"u8.ToArray()));

    private static async Task RefusedAsync(Func<Task> change)
    {
        RequestFailedException error = await Assert.ThrowsAsync<RequestFailedException>(change);
        Assert.Equal((409, BlobErrorCode.BlobImmutableDueToPolicy), (error.Status, error.ErrorCode));
    }
}
