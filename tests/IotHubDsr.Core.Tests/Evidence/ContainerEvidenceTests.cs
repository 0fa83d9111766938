using System.Text;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Evidence.Stores;
using IotHubDsr.Core.Tests.Sandbox;
using IotHubDsr.Sandbox;
using IotHubDsr.Sandbox.World;
using Microsoft.Extensions.Time.Testing;

namespace IotHubDsr.Core.Tests.Evidence;

/// <summary>Requests in a blob container: leases, additions whose answer is lost, and journals of several blobs.</summary>
public sealed class ContainerEvidenceTests : IAsyncLifetime
{
    private const string RequestId = "20260301T120000Z-0123abcd";
    private static readonly Uri Container = new(
        $"https://{WorldNames.EvidenceAccount}.blob.core.windows.net/{WorldNames.EvidenceContainer}"
    );

    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly Wire _wire = new();
    private SandboxServer _server = null!;
    private AzureAccess _access = null!;

    private ContainerEvidence Store => new ContainerEvidence(_access, Container, _time);

    private IEvidenceFolder Folder => Store.Open(RequestId);

    public async Task InitializeAsync()
    {
        _server = await SandboxServer.StartAsync(new SandboxOptions { Time = _time }, CancellationToken.None);
        _access = SandboxAccess.Open(_server, _wire);
    }

    public async Task DisposeAsync()
    {
        _access.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Append_TwoHolders_KeepsTheLinesOfTheFirstAndTellsTheSecond()
    {
        await using IJournalFile first = (await Folder.TryLockAsync("ana@a", isNew: true, CancellationToken.None))!;
        await first.AppendAsync(Bytes("one\n"), CancellationToken.None);

        Assert.Null(await Folder.TryLockAsync("bo@b", isNew: true, CancellationToken.None));
        Assert.Equal("ana@a", await Folder.ReadHolderAsync(CancellationToken.None));
        await first.AppendAsync(Bytes("two\n"), CancellationToken.None);

        Assert.Equal("one\ntwo\n", Encoding.UTF8.GetString((await Folder.ReadJournalAsync(known: null, CancellationToken.None))!.Lines));
        Assert.Equal([RequestId], await ListAsync());
    }

    [Fact]
    public async Task Read_JournalThatDidNotChange_IsNotDownloadedAgain()
    {
        await using IJournalFile journal = (await Folder.TryLockAsync("ana@a", isNew: true, CancellationToken.None))!;
        await journal.AppendAsync(Bytes("one\n"), CancellationToken.None);
        JournalContent first = (await Folder.ReadJournalAsync(known: null, CancellationToken.None))!;
        _server.RequestLog.Clear();

        JournalContent again = (await Folder.ReadJournalAsync(first, CancellationToken.None))!;

        Assert.Same(first, again);
        Assert.Equal(0, _server.RequestLog.After(0).Where(request => request.Method == "GET").Sum(request => request.BytesOut));
        await journal.AppendAsync(Bytes("two\n"), CancellationToken.None);
        JournalContent grown = (await Folder.ReadJournalAsync(first, CancellationToken.None))!;
        Assert.Equal("one\ntwo\n", Encoding.UTF8.GetString(grown.Lines));
    }

    [Fact]
    public async Task Lock_HolderWasKilled_IsFreeWhenTheLeaseHasEnded()
    {
        IJournalFile killed = (await Folder.TryLockAsync("ana@a", isNew: true, CancellationToken.None))!;
        await killed.AppendAsync(Bytes("one\n"), CancellationToken.None);
        Assert.Null(await Folder.TryLockAsync("bo@b", isNew: true, CancellationToken.None));

        // Nobody is left who would renew it.
        _wire.Before = request =>
            request.Headers.TryGetValues("x-ms-lease-action", out IEnumerable<string>? action) && action.Contains("renew")
                ? throw new HttpRequestException("gone")
                : Task.CompletedTask;
        _time.Advance(TimeSpan.FromSeconds(61));

        await using IJournalFile? next = await Folder.TryLockAsync("bo@b", isNew: true, CancellationToken.None);
        Assert.NotNull(next);
        await Assert.ThrowsAnyAsync<Exception>(() => killed.AppendAsync(Bytes("late\n"), CancellationToken.None));
        await next.AppendAsync(Bytes("two\n"), CancellationToken.None);
        Assert.Equal("one\ntwo\n", Encoding.UTF8.GetString((await Folder.ReadJournalAsync(known: null, CancellationToken.None))!.Lines));
    }

    [Fact]
    public async Task Lock_OneRenewalFailsForWantOfAToken_IsKept()
    {
        int renewals = 0;
        _wire.Before = request =>
            request.Headers.TryGetValues("x-ms-lease-action", out IEnumerable<string>? action)
            && action.Contains("renew")
            && Interlocked.Increment(ref renewals) == 1
                ? throw new AuthenticationFailedException("no token this time")
                : Task.CompletedTask;
        await using IJournalFile file = (await Folder.TryLockAsync("ana@a", isNew: true, CancellationToken.None))!;

        // A renewal is due every 15 seconds, and the lease ends 60 seconds after the last one.
        for (int round = 1; round <= 5; round++)
        {
            _time.Advance(TimeSpan.FromSeconds(15));
            for (int wait = 0; wait < 200 && Volatile.Read(ref renewals) < round; wait++)
                await Task.Delay(10);
            await Task.Delay(50);
        }

        Assert.Null(await Folder.TryLockAsync("bo@b", isNew: true, CancellationToken.None));
        Assert.False(file.Lost.IsCancellationRequested);
        await file.AppendAsync(Bytes("one\n"), CancellationToken.None);
    }

    [Fact]
    public async Task Append_AnswerIsLost_KeepsTheLinesOnce()
    {
        await using IJournalFile file = (await Folder.TryLockAsync("ana@a", isNew: true, CancellationToken.None))!;
        int lost = 0;
        _wire.LoseResponse = request => request.RequestUri!.Query.Contains("comp=appendblock", StringComparison.Ordinal) && lost++ == 0;

        await file.AppendAsync(Bytes("one\n"), CancellationToken.None);
        await file.AppendAsync(Bytes("two\n"), CancellationToken.None);

        Assert.Equal("one\ntwo\n", Encoding.UTF8.GetString((await Folder.ReadJournalAsync(known: null, CancellationToken.None))!.Lines));
    }

    [Fact]
    public async Task Append_BlobHasNoRoomForBlocks_GoesOnInTheNext()
    {
        var container = new BlobContainerClient(Container, _access.Credential, _access.Configure(new BlobClientOptions()));
        for (int round = 0; round < 2; round++)
        {
            await using ContainerJournal journal = (
                await ContainerJournal.TryOpenAsync(
                    name => container.GetAppendBlobClient($"{RequestId}/{name}"),
                    _time,
                    mostBlocks: 3,
                    isNew: true,
                    CancellationToken.None
                )
            )!;
            for (int line = 0; line < 4; line++)
                await journal.AppendAsync(Bytes($"{round}.{line}\n"), CancellationToken.None);
        }

        Assert.Equal(
            "0.0\n0.1\n0.2\n0.3\n1.0\n1.1\n1.2\n1.3\n",
            Encoding.UTF8.GetString((await Folder.ReadJournalAsync(known: null, CancellationToken.None))!.Lines)
        );
    }

    [Theory]
    [InlineData("deleted")]
    [InlineData("made anew")]
    [InlineData("released")]
    [InlineData("longer")]
    public async Task Append_BlobIsNotTheJournalAnyMore_IsRefused(string how)
    {
        await using IJournalFile file = (await Folder.TryLockAsync("ana@a", isNew: true, CancellationToken.None))!;
        await file.AppendAsync(Bytes("one\n"), CancellationToken.None);
        await file.CheckAsync(CancellationToken.None);
        var container = new BlobContainerClient(Container, _access.Credential, _access.Configure(new BlobClientOptions()));
        AppendBlobClient blob = container.GetAppendBlobClient($"{RequestId}/{ContainerJournal.Segment(1)}");
        await blob.GetBlobLeaseClient().BreakAsync(TimeSpan.Zero);
        if (how is "deleted" or "made anew")
            await blob.DeleteAsync();
        if (how == "made anew")
        {
            await blob.CreateAsync();
            await blob.AppendBlockAsync(new MemoryStream(Bytes("one\n")));
        }

        if (how == "longer")
            await blob.AppendBlockAsync(new MemoryStream(Bytes("more\n")));

        await Assert.ThrowsAnyAsync<Exception>(() => file.CheckAsync(CancellationToken.None));
        await Assert.ThrowsAnyAsync<Exception>(() => file.AppendAsync(Bytes("two\n"), CancellationToken.None));
    }

    [Fact]
    public async Task Lock_JournalOfARequestIsGone_MakesNoneAnew()
    {
        await Assert.ThrowsAnyAsync<Exception>(() => Folder.TryLockAsync("ana@a", isNew: false, CancellationToken.None));

        Assert.Empty(await Folder.ListAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Save_SameContentTwice_IsTakenForDoneAndAnotherIsRefused()
    {
        await Folder.SaveAsync("private/a", Bytes("x"), CancellationToken.None);

        await Folder.SaveAsync("private/a", Bytes("x"), CancellationToken.None);
        await Assert.ThrowsAnyAsync<Exception>(() => Folder.SaveAsync("private/a", Bytes("y"), CancellationToken.None));

        Assert.Equal("x", Encoding.UTF8.GetString((await Folder.ReadAsync("private/a", CancellationToken.None))!));
        await Folder.DeleteAsync("private/", CancellationToken.None);
        Assert.Null(await Folder.ReadAsync("private/a", CancellationToken.None));
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private async Task<List<string>> ListAsync()
    {
        var ids = new List<string>();
        await foreach (string id in Store.ListAsync(CancellationToken.None))
            ids.Add(id);
        return ids;
    }
}
