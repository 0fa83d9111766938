using System.Net;
using System.Text;
using Azure.Core;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Evidence.Stores;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Tests.Azure;

/// <summary>A blob service whose listings do not end.</summary>
public sealed class BlobPagingTests
{
    private static readonly Uri Container = new("https://st1.blob.core.windows.net/c");

    [Theory]
    [InlineData("same", 1, 2)]
    [InlineData("two in turn", 2, 3)]
    [InlineData("ever new", 1, PageProgress.MostIdlePages + 1)]
    [InlineData("ever new without blobs", 0, PageProgress.MostIdlePages + 1)]
    public async Task List_PagesThatDoNotEnd_AreAFault(string markers, int atLeast, int atMost)
    {
        using var service = new EndlessService(markers);
        using AzureAccess access = service.Connect();
        var container = new BlobContainerAccess(access, Container, TimeProvider.System, new TransferBudget());

        DsrException flat = await Assert.ThrowsAsync<DsrException>(() => CountAsync(container.ListAsync("", CancellationToken.None)));
        Assert.InRange(service.Requests, atLeast, atMost);
        DsrException folder = await Assert.ThrowsAsync<DsrException>(() =>
            CountAsync(container.ListFolderAsync("", CancellationToken.None))
        );
        DsrException requests = await Assert.ThrowsAsync<DsrException>(() =>
            CountAsync(new ContainerEvidence(access, Container, TimeProvider.System).ListAsync(CancellationToken.None))
        );

        Assert.All([flat, folder, requests], thrown => Assert.Contains("never ends", thrown.Fault.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task List_SomeEmptyPages_GoesOn()
    {
        using var service = new EndlessService("three pages");
        using AzureAccess access = service.Connect();

        Assert.Equal(
            2,
            await CountAsync(
                new BlobContainerAccess(access, Container, TimeProvider.System, new TransferBudget()).ListAsync("", CancellationToken.None)
            )
        );
    }

    private static async Task<int> CountAsync<T>(IAsyncEnumerable<T> items)
    {
        int count = 0;
        await foreach (T item in items)
            count++;
        return count;
    }

    private sealed class EndlessService(string markers) : HttpMessageHandler
    {
        public int Requests { get; private set; }

        public AzureAccess Connect() => new(Cloud.Public with { CreateHandler = () => this }, static _ => new FixedCredential());

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests++;
            string marker = markers switch
            {
                "same" => "m",
                "two in turn" => $"m{Requests % 2}",
                "three pages" => Requests < 3 ? $"m{Requests}" : "",
                _ => $"m{Requests}",
            };
            bool isEmpty = markers.EndsWith("without blobs", StringComparison.Ordinal) || (markers == "three pages" && Requests == 2);
            string blobs = isEmpty
                ? ""
                : """
                    <Blob><Name>a</Name><Properties><Last-Modified>Mon, 05 Jan 2026 08:00:00 GMT</Last-Modified><Etag>0x1</Etag><Content-Length>1</Content-Length></Properties></Blob>
                    """;
            return Task.FromResult(
                new HttpResponseMessage(HttpStatusCode.OK)
                {
                    RequestMessage = request,
                    Content = new StringContent(
                        $"""<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="https://st1.blob.core.windows.net/" ContainerName="c"><Blobs>{blobs}</Blobs><NextMarker>{marker}</NextMarker></EnumerationResults>""",
                        Encoding.UTF8,
                        "application/xml"
                    ),
                }
            );
        }
    }

    private sealed class FixedCredential : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new("token", DateTimeOffset.MaxValue);

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }
}
