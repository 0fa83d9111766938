using System.Net;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using CsCheck;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.Storage.Blobs;
using LeaseState = Azure.Storage.Blobs.Models.LeaseState;

namespace IotHubDsr.Core.Tests.Sandbox.Storage;

public sealed class ListingTests
{
    /// <summary>Names that a client or server which decodes, normalizes or escapes once too often gets wrong.</summary>
    private static readonly string[] s_hostileNames =
    [
        "a%2Fb",
        "a%252Fb",
        "100% of it",
        "a+b c",
        "#fragment",
        "?query=1&x=2",
        "'quoted' \"twice\"",
        "a//b///c",
        "/leading",
        "trailing/",
        "<xml>&amp;",
        "ünïcödé/デバイス/😀",
        "dev:1,2;3=4@5$6!7(8)*9",
        "tab\there",
        "line\r\nbreak",
        "not-xml-\u0001-\uFFFE",
        "comp=list",
        "{curly}[square]|pipe^hat`tick\\back",
        "~tilde",
        " space at both ends ",
    ];

    public static TheoryData<string> HostileNames => new(s_hostileNames);

    [Theory]
    [MemberData(nameof(HostileNames))]
    public async Task Name_OfAnyKind_RoundTrips(string name)
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlobContainerClient container = sandbox.Container();
        BlobClient blob = container.GetBlobClient(name);
        await blob.UploadAsync(BinaryData.FromString(name));

        Assert.Equal(name, sandbox.Account.GetOrAddContainer("telemetry").List().Single().Name);
        string listed = Assert.Single(await Names(container.GetBlobsAsync(new GetBlobsOptions { Prefix = name })));
        Assert.Equal(name, listed);
        Assert.Equal(name, (await container.GetBlobClient(listed).DownloadContentAsync()).Value.Content.ToString());
        await container.GetBlobClient(listed).DeleteAsync();
        Assert.Empty(sandbox.Account.GetOrAddContainer("telemetry").List());
    }

    [Fact]
    public async Task Pages_OfThree_GiveEveryNameOnceAndInOrder()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlobContainerClient container = sandbox.Container();
        BlobContainer blobs = sandbox.Account.GetOrAddContainer("telemetry");
        foreach (string name in s_hostileNames)
            blobs.Put(name, "x"u8.ToArray());

        sandbox.Store.PageSizeCap = 3;
        var sizes = new List<int>();
        var names = new List<string>();
        await foreach (Page<BlobItem> page in container.GetBlobsAsync(new GetBlobsOptions()).AsPages())
        {
            sizes.Add(page.Values.Count);
            names.AddRange(page.Values.Select(blob => blob.Name));
        }

        Assert.Equal([3, 3, 3, 3, 3, 3, 2], sizes);
        Assert.Equal(s_hostileNames.Order(StringComparer.Ordinal), names);
    }

    [Fact]
    public async Task Page_AskedForByTheClient_IsNeverLarger()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlobContainerClient container = sandbox.Container();
        BlobContainer blobs = sandbox.Account.GetOrAddContainer("telemetry");
        for (int i = 0; i < 5; i++)
            blobs.Put($"b{i}", "x"u8.ToArray());

        var sizes = new List<int>();
        await foreach (Page<BlobItem> page in container.GetBlobsAsync(new GetBlobsOptions()).AsPages(pageSizeHint: 2))
            sizes.Add(page.Values.Count);

        Assert.Equal([2, 2, 1], sizes);
    }

    [Fact]
    public async Task Page_AfterChangesBehindTheMarker_SkipsAndRepeatsNothing()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlobContainerClient container = sandbox.Container();
        BlobContainer blobs = sandbox.Account.GetOrAddContainer("telemetry");
        for (int i = 0; i < 6; i++)
            blobs.Put($"b{i}", "x"u8.ToArray());

        sandbox.Store.PageSizeCap = 2;
        var names = new List<string>();
        await foreach (Page<BlobItem> page in container.GetBlobsAsync(new GetBlobsOptions()).AsPages())
        {
            names.AddRange(page.Values.Select(blob => blob.Name));
            blobs.Delete(page.Values[0].Name);
            blobs.Put("a" + names.Count, "new"u8.ToArray());
        }

        Assert.Equal(["b0", "b1", "b2", "b3", "b4", "b5"], names);
    }

    [Fact]
    public async Task Delimiter_GathersNamesIntoPrefixes_AcrossPages()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlobContainerClient container = sandbox.Container();
        BlobContainer blobs = sandbox.Account.GetOrAddContainer("telemetry");
        foreach (string name in new[] { "dev1/a", "dev1/b", "dev1/c/d", "dev10/a", "dev1", "Dev1/a", "z" })
            blobs.Put(name, "x"u8.ToArray());

        sandbox.Store.PageSizeCap = 1;
        var items = new List<string>();
        await foreach (BlobHierarchyItem item in container.GetBlobsByHierarchyAsync(new GetBlobsByHierarchyOptions { Delimiter = "/" }))
            items.Add(item.IsPrefix ? "prefix " + item.Prefix : item.Blob.Name);

        Assert.Equal(["prefix Dev1/", "dev1", "prefix dev1/", "prefix dev10/", "z"], items);
        Assert.Equal(["dev1/a", "dev1/b", "dev1/c/d"], await Names(container.GetBlobsAsync(new GetBlobsOptions { Prefix = "dev1/" })));
    }

    [Fact]
    public async Task Item_TellsWhatTheBlobIs()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlobContainerClient container = sandbox.Container();
        var modified = new DateTimeOffset(2026, 10, 1, 2, 3, 4, TimeSpan.Zero);
        sandbox
            .Account.GetOrAddContainer("telemetry")
            .Put(
                "b",
                "content"u8.ToArray(),
                new()
                {
                    ContentType = "application/json",
                    LastModified = modified,
                    Metadata = new Dictionary<string, string> { ["m"] = "1" },
                    Tags = new Dictionary<string, string> { ["t"] = "2" },
                }
            );
        sandbox.Account.GetOrAddContainer("telemetry").Put("log", "x"u8.ToArray(), new() { BlobType = BlobKind.Append });
        var items = new List<BlobItem>();
        await foreach (BlobItem item in container.GetBlobsAsync(new GetBlobsOptions { Traits = BlobTraits.Metadata | BlobTraits.Tags }))
            items.Add(item);

        (BlobItem? blob, BlobItem? log) = (items[0], items[1]);
        BlobProperties head = (await container.GetBlobClient("b").GetPropertiesAsync()).Value;
        Assert.Equal("1", blob.Metadata["m"]);
        Assert.Equal("2", blob.Tags["t"]);
        Assert.Equal(modified, blob.Properties.LastModified);
        Assert.Equal(modified, blob.Properties.CreatedOn);
        Assert.Equal(head.ETag.ToString("H"), blob.Properties.ETag!.Value.ToString("H"));
        Assert.Equal(7, blob.Properties.ContentLength);
        Assert.Equal("application/json", blob.Properties.ContentType);
        Assert.Equal((AccessTier.Hot, true), (blob.Properties.AccessTier, blob.Properties.AccessTierInferred));
        Assert.Equal((LeaseStatus.Unlocked, LeaseState.Available), (blob.Properties.LeaseStatus, blob.Properties.LeaseState));
        Assert.Equal(1, blob.Properties.TagCount);
        Assert.Equal((BlobType.Block, BlobType.Append), (blob.Properties.BlobType, log.Properties.BlobType));
        Assert.Null(log.Properties.AccessTier);
    }

    [Theory]
    [InlineData("maxresults=0", "OutOfRangeQueryParameterValue")]
    [InlineData("maxresults=x", "InvalidQueryParameterValue")]
    [InlineData("marker=x", "InvalidQueryParameterValue")]
    [InlineData("include=everything", "InvalidQueryParameterValue")]
    [InlineData("include=snapshots&delimiter=/", "InvalidQueryParameterValue")]
    public async Task Parameter_ThatMeansNothing_IsRefused(string query, string code)
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        BlobContainerClient container = sandbox.Container();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{container.Uri}?restype=container&comp=list&{query}");
        request.Headers.Add("x-ms-version", "2024-08-04");
        using HttpResponseMessage response = await sandbox.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(code, response.Headers.GetValues("x-ms-error-code").Single());
    }

    [Fact]
    public async Task List_OfMissingContainer_IsContainerNotFound()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        RequestFailedException error = await Assert.ThrowsAsync<RequestFailedException>(() =>
            Names(sandbox.Service.GetBlobContainerClient("missing").GetBlobsAsync(new GetBlobsOptions()))
        );
        Assert.Equal((404, BlobErrorCode.ContainerNotFound), (error.Status, error.ErrorCode));
    }

    [Fact]
    public async Task AnyNames_InAnyPageSize_ListAsStored()
    {
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync();
        // A dot segment cannot be sent in a URL at all: clients resolve it first.
        Gen<string> genName = Gen.String[Gen.Char["aB/%+~é\u0002"], 1, 6];
        var sample = Gen.Select(genName.Array[0, 30].Select(names => names.Distinct().ToArray()), Gen.Int[1, 7]);
        int run = 0;
        await sample.SampleAsync(
            async (names, size) =>
            {
                string containerName = $"run{Interlocked.Increment(ref run)}";
                BlobContainerClient container = sandbox.Container(containerName);
                foreach (string name in names)
                    sandbox.Account.GetOrAddContainer(containerName).Put(name, "x"u8.ToArray());

                var listed = new List<string>();
                await foreach (Page<BlobItem> page in container.GetBlobsAsync(new GetBlobsOptions()).AsPages(pageSizeHint: size))
                    listed.AddRange(page.Values.Select(blob => blob.Name));

                return listed.SequenceEqual(names.Order(StringComparer.Ordinal), StringComparer.Ordinal);
            },
            iter: Repetitions.Of(30)
        );
    }

    private static async Task<List<string>> Names(AsyncPageable<BlobItem> blobs)
    {
        var names = new List<string>();
        await foreach (BlobItem blob in blobs)
            names.Add(blob.Name);

        return names;
    }
}
