using Azure;
using Azure.Core.Pipeline;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Azure.Storage.Sas;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sandbox;

/// <summary>Storage by account key and by shared access signatures, as Microsoft's client for .NET signs.</summary>
public sealed class StorageSignatureTests
{
    private const string Account = WorldNames.PlainAccount;
    private const string Container = "raw-json";
    private const string Blob = "évil's%25dev:1/a+b c.txt";

    [Fact]
    public async Task SharedKey_OfEitherKey_IsAccepted()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();
        foreach (string key in Keys(sandbox))
        {
            BlobClient blob = Service(sandbox, key).GetBlobContainerClient(Container).GetBlobClient(Blob);
            var options = new BlobUploadOptions
            {
                Metadata = new Dictionary<string, string>
                {
                    ["a"] = "1",
                    ["a_b"] = "2",
                    ["ab"] = "3",
                },
                HttpHeaders = new BlobHttpHeaders { ContentType = "text/plain", ContentLanguage = "sv" },
            };
            await blob.UploadAsync(BinaryData.FromString("signed"), options);
            Assert.Equal("signed", (await blob.DownloadContentAsync()).Value.Content.ToString());
        }
    }

    [Fact]
    public async Task SharedKey_WhereTheAccountForbidsIt_IsRefused()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();
        BlobContainerClient container = Service(sandbox, Keys(sandbox)[0]).GetBlobContainerClient(Container);
        var signed = new BlobContainerClient(
            container.GenerateSasUri(BlobContainerSasPermissions.Read, TimeProvider.System.GetUtcNow().AddHours(1)),
            Options(sandbox)
        );
        BlobAccount account = sandbox.Server.World.Blobs.GetOrAddAccount(Account);
        account.Options = account.Options with { AllowsSharedKey = false };

        RequestFailedException byKey = await Assert.ThrowsAsync<RequestFailedException>(() => container.GetPropertiesAsync());
        RequestFailedException bySignature = await Assert.ThrowsAsync<RequestFailedException>(() =>
            signed.GetBlobClient(Blob).DownloadContentAsync()
        );

        Assert.Equal((403, "KeyBasedAuthenticationNotPermitted"), (byKey.Status, byKey.ErrorCode));
        Assert.Equal((403, "KeyBasedAuthenticationNotPermitted"), (bySignature.Status, bySignature.ErrorCode));
    }

    [Fact]
    public async Task Delegation_OfAUserWhoLosesTheRight_IsRefused()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        var service = new BlobServiceClient(Host, new TestToken(sandbox), Options(sandbox));
        var lifetime = new BlobGetUserDelegationKeyOptions(now.AddHours(1)) { StartsOn = now.AddMinutes(-1) };
        UserDelegationKey key = (await service.GetUserDelegationKeyAsync(lifetime)).Value;
        BlockBlobClient blob = service.GetBlobContainerClient(Container).GetBlockBlobClient("delegated");
        await blob.UploadAsync(new MemoryStream("x"u8.ToArray()));
        var builder = new BlobSasBuilder(BlobSasPermissions.Read, now.AddMinutes(30))
        {
            BlobContainerName = Container,
            BlobName = "delegated",
            Resource = "b",
        };
        var uri = new BlobUriBuilder(blob.Uri) { Sas = builder.ToSasQueryParameters(key, Account) }.ToUri();
        var signed = new BlobClient(uri, Options(sandbox));

        Assert.Equal("x", (await signed.DownloadContentAsync()).Value.Content.ToString());
        sandbox.Server.Access.Denied = [$"blob:{Account}/{Container}"];
        RequestFailedException error = await Assert.ThrowsAsync<RequestFailedException>(() => signed.DownloadContentAsync());

        Assert.Equal("AuthorizationPermissionMismatch", error.ErrorCode);
    }

    [Fact]
    public async Task Signature_WithAStoredPolicy_IsNotSimulated()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();
        var builder = new BlobSasBuilder
        {
            BlobContainerName = Container,
            Resource = "c",
            Identifier = "policy",
        };
        var credential = new StorageSharedKeyCredential(Account, Keys(sandbox)[0]);
        var signed = new BlobContainerClient(new Uri($"{Host}{Container}?{builder.ToSasQueryParameters(credential)}"), Options(sandbox));

        RequestFailedException error = await Assert.ThrowsAsync<RequestFailedException>(() =>
            signed.GetBlobClient(Blob).DownloadContentAsync()
        );

        Assert.Equal((501, "NotSimulated"), (error.Status, error.ErrorCode));
    }

    [Theory]
    [InlineData("d", "AuthorizationPermissionMismatch", null)]
    [InlineData("x", null, "AuthorizationPermissionMismatch")]
    public async Task Signature_ToDelete_TellsVersionsFromBlobs(string letter, string? ofVersion, string? ofBlob)
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();
        const string Kept = WorldNames.VersionedAccount;
        BlobAccount account = sandbox.Server.World.Blobs.GetOrAddAccount(Kept);
        BlobContainer container = account.GetOrAddContainer("raw-avro-deflate");
        container.Put("v", "1"u8.ToArray());
        container.Put("v", "2"u8.ToArray());
        string? version = container.List("v", includeOld: true)[0].VersionId;
        var credential = new StorageSharedKeyCredential(Kept, Convert.ToBase64String(account.Keys[0]));
        DateTimeOffset expiry = TimeProvider.System.GetUtcNow().AddHours(1);
        var builder = new BlobSasBuilder
        {
            BlobContainerName = container.Name,
            Resource = "c",
            ExpiresOn = expiry,
        };
        builder.SetPermissions(letter, normalize: true);
        var signed = new BlobContainerClient(
            new Uri($"https://{Kept}.blob.core.windows.net/{container.Name}?{builder.ToSasQueryParameters(credential)}"),
            Options(sandbox)
        );

        BlobClient[] deletions = new[] { signed.GetBlobClient("v").WithVersion(version), signed.GetBlobClient("v") };
        var codes = new List<string?>();
        foreach (BlobClient? blob in deletions)
        {
            try
            {
                await blob.DeleteAsync();
                codes.Add(null);
            }
            catch (RequestFailedException error)
            {
                codes.Add(error.ErrorCode);
            }
        }

        Assert.Equal([ofVersion, ofBlob], codes);
    }

    private static Uri Host => new($"https://{Account}.blob.core.windows.net/");

    private static List<string> Keys(SandboxSession sandbox) =>
        [.. sandbox.Server.World.Blobs.GetOrAddAccount(Account).Keys.Select(key => Convert.ToBase64String(key))];

    private static BlobServiceClient Service(SandboxSession sandbox, string key) =>
        new(Host, new StorageSharedKeyCredential(Account, key), Options(sandbox));

    private static BlobClientOptions Options(SandboxSession sandbox) =>
        new() { Transport = new HttpClientTransport(sandbox.Http), Retry = { MaxRetries = 0 } };

    private sealed class TestToken(SandboxSession sandbox) : global::Azure.Core.TokenCredential
    {
        public override global::Azure.Core.AccessToken GetToken(
            global::Azure.Core.TokenRequestContext requestContext,
            CancellationToken cancellationToken
        ) => new(sandbox.Server.Tokens.Issue(SandboxSession.StorageAudience), TimeProvider.System.GetUtcNow().AddMinutes(30));

        public override ValueTask<global::Azure.Core.AccessToken> GetTokenAsync(
            global::Azure.Core.TokenRequestContext requestContext,
            CancellationToken cancellationToken
        ) => ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }
}
