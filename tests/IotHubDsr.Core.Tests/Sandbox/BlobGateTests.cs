using Azure;
using Azure.Core.Pipeline;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sandbox;

public class BlobGateTests
{
    private static readonly string BlockId = Convert.ToBase64String("block-01"u8);

    [Fact]
    public async Task Client_OfMicrosoft_ListsTheWholeArchiveWithAnEntraToken()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();
        ContainerTruth truth = sandbox.Server.World.Truth.Containers.Single(container => container.Endpoint == "raw-avro-deflate");
        BlobContainerClient container = Container(sandbox, truth.Account, truth.Container);

        int current = await CountAsync(container, BlobStates.None);
        int all = await CountAsync(container, BlobStates.Version | BlobStates.Deleted);

        Assert.Equal(truth.Blobs, current);
        Assert.True(all > current);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData(SandboxSession.HubAudience, false)]
    [InlineData(SandboxSession.StorageAudience, true)]
    public async Task BlockFromUrl_NeedsAuthorityForItsSource(string? audience, bool accepted)
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();
        BlobContainerClient container = Container(sandbox, "contosorouted", "raw-json");
        string source = (await container.GetBlobsAsync().FirstAsync(blob => blob.Properties.ContentLength > 0)).Name;
        var options = new StageBlockFromUriOptions
        {
            SourceAuthentication = audience is null ? null : new HttpAuthorization("Bearer", sandbox.Server.Tokens.Issue(audience)),
        };

        BlockBlobClient target = container.GetBlockBlobClient("copy");
        Func<Task<Response<BlockInfo>>> staging = () =>
            target.StageBlockFromUriAsync(container.GetBlobClient(source).Uri, BlockId, options);

        if (accepted)
            Assert.Equal(201, (await staging()).GetRawResponse().Status);
        else
            Assert.Equal("CannotVerifyCopySource", (await Assert.ThrowsAsync<RequestFailedException>(staging)).ErrorCode);
    }

    [Fact]
    public async Task CopyBlob_WithinTheAccount_NeedsTheCallersAuthorityOnly_AndTheRightToItsSource()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();
        BlobContainerClient container = Container(sandbox, "contosorouted", "raw-json");
        BlobClient source = container.GetBlobClient(
            (await container.GetBlobsAsync().FirstAsync(blob => blob.Properties.ContentLength > 0)).Name
        );
        BlobClient target = Container(sandbox, "contosorouted", "raw-avro").GetBlobClient("copy");

        Assert.Equal(202, (await target.StartCopyFromUriAsync(source.Uri)).GetRawResponse().Status);
        sandbox.Server.Access.Denied = ["blob:contosorouted/raw-json"];
        RequestFailedException error = await Assert.ThrowsAsync<RequestFailedException>(() => target.StartCopyFromUriAsync(source.Uri));

        Assert.Equal("CannotVerifyCopySource", error.ErrorCode);
        Assert.Contains(sandbox.Server.RequestLog.After(0), request => request is { Mutating: true, Method: "PUT", Status: 202 });
    }

    private static async Task<int> CountAsync(BlobContainerClient container, BlobStates states)
    {
        int count = 0;
        await foreach (BlobItem _ in container.GetBlobsAsync(BlobTraits.None, states, null, default))
            count++;

        return count;
    }

    private static BlobContainerClient Container(SandboxSession sandbox, string account, string container)
    {
        var transport = new HttpClientTransport(sandbox.Http);
        var credential = new ClientSecretCredential(
            sandbox.Descriptor.TenantId,
            sandbox.Descriptor.ClientId,
            sandbox.Descriptor.ClientSecret,
            new ClientSecretCredentialOptions { Transport = transport }
        );
        var options = new BlobClientOptions { Transport = transport, Retry = { MaxRetries = 0 } };
        return new BlobContainerClient(new Uri($"https://{account}.blob.core.windows.net/{container}"), credential, options);
    }
}
