using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Sandbox.World;
using static IotHubDsr.Core.Tests.Sinks.RoutedBlobs.ArchiveSandbox;

namespace IotHubDsr.Core.Tests.Sinks.RoutedBlobs;

/// <summary>Blobs that move, come or go while their container is listed and read.</summary>
public sealed class MovingBlobTests
{
    [Fact]
    public async Task Find_BlobThatMovesToAnEarlierNameWhileTheContainerIsListed_IsFoundUnderItsNewName()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        PutOthers(sandbox);
        sandbox.Put("contoso-hub/99", Messages(7, Alice));
        sandbox.PageSize(5);
        int pages = 0;
        sandbox.Wire.Before = request =>
            When(IsListing(request) && ++pages == 2, () => sandbox.Move("contoso-hub/99", "contoso-hub/00-moved"));

        DeviceDataFinding found = await sandbox.FindOneAsync(Alice);

        Assert.Equal((Verdict.Present, 7L), (found.Verdict, found.RecordCount));
        Assert.Equal("contoso-hub/00-moved", Assert.Single(found.Items).Path);
    }

    [Fact]
    public async Task Find_BlobThatWasListedAndIsGoneWhenRead_IsFoundWhereItWent()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        PutOthers(sandbox);
        sandbox.Put("contoso-hub/50", Messages(7, Alice));
        int moves = 0;
        sandbox.Wire.Before = request =>
            When(request.RequestUri!.AbsolutePath.EndsWith("/contoso-hub/50", StringComparison.Ordinal) && moves++ == 0, () =>
                sandbox.Move("contoso-hub/50", "aaa")
            );

        DeviceDataFinding found = await sandbox.FindOneAsync(Alice);

        Assert.Equal((Verdict.Present, 7L), (found.Verdict, found.RecordCount));
        Assert.Equal("aaa", Assert.Single(found.Items).Path);
    }

    [Fact]
    public async Task Find_BlobChangedAfterItWasRead_IsReadAgainForThoseWhoWereNotInIt()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        sandbox.Put("contoso-hub/50", Messages(4, Bob));
        int listings = 0;
        sandbox.Wire.Before = request =>
            When(IsListing(request) && ++listings == 2, () => sandbox.Put("contoso-hub/50", Messages(8, Alice, Bob)));

        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(Alice, Bob);

        Assert.Equal([(Verdict.Present, 4L), (Verdict.Present, 4L)], found.Select(finding => (finding.Verdict, finding.RecordCount)));
    }

    [Fact]
    public async Task Find_ContainerThatKeepsChanging_IsUnreachableAndSaysWhy()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        PutOthers(sandbox);
        int listings = 0;
        sandbox.Wire.Before = request => When(IsListing(request), () =>
            {
                sandbox.Container.Delete($"contoso-hub/moving-{listings}");
                sandbox.Put($"contoso-hub/moving-{++listings}", Messages(4, Bob));
            });

        DeviceDataFinding found = await sandbox.FindOneAsync(Alice);

        Assert.Equal(Verdict.Unreachable, found.Verdict);
        Assert.Equal(["ContainerChanging"], sandbox.Reported.Select(fault => fault.Id));
        Assert.InRange(listings, 2, 10);
    }

    [Fact]
    public async Task Find_HubThatGoesOnWritingBatches_ReadsThemAndEnds()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        PutOthers(sandbox);
        sandbox.Location = sandbox.Location with { FlushTime = TimeSpan.FromMinutes(4) };
        int batches = 0;
        sandbox.Wire.Before = request =>
            When(IsListing(request), () =>
                sandbox.Container.Put($"contoso-hub/batch-{++batches:D3}", RoutedFile.Write(Messages(1, Alice), RoutedEncoding.Json))
            );

        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(Alice, Carol);

        Assert.Equal([Verdict.Present, Verdict.Absent], found.Select(finding => finding.Verdict));
        Assert.Equal(batches, found[0].RecordCount);
        Assert.Empty(sandbox.Reported);
        Assert.InRange(batches, 2, 10);
    }

    [Fact]
    public async Task Find_ContainerThatStaysAsItIs_ReadsEachBlobOnce()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        PutOthers(sandbox);

        await sandbox.FindAsync(Alice, Bob);

        IEnumerable<string> reads = sandbox
            .BlobRequests.Where(request => request.Method == "GET" && !request.Target.Contains('?', StringComparison.Ordinal))
            .Select(request => request.Target);
        Assert.Equal(10, reads.Count());
        Assert.Equal(10, reads.Distinct(StringComparer.Ordinal).Count());
    }

    private static void PutOthers(ArchiveSandbox sandbox)
    {
        for (int number = 0; number < 10; number++)
            sandbox.Put($"contoso-hub/1{number}", Messages(4, Bob));
    }

    private static bool IsListing(HttpRequestMessage request) =>
        request.RequestUri!.Query.Contains("comp=list", StringComparison.Ordinal)
        && request.RequestUri.Query.Contains("restype=container", StringComparison.Ordinal);

    private static Task When(bool condition, Action action)
    {
        if (condition)
            action();
        return Task.CompletedTask;
    }
}
