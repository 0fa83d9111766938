using System.Text;
using Azure;
using Azure.Core;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Segments;
using IotHubDsr.Core.Evidence.Stores;
using IotHubDsr.Core.Foundation;
using IotHubDsr.Core.Tests.Sandbox;
using IotHubDsr.Sandbox;
using IotHubDsr.Sandbox.World;
using Microsoft.Extensions.Time.Testing;

namespace IotHubDsr.Core.Tests.Evidence;

/// <summary>Segments of units: who has lost one can neither write nor commit, and one that costs processes is given up.</summary>
public sealed class SegmentTests : IAsyncLifetime
{
    private const string RequestId = "20260301T120000Z-0123abcd";
    private const string Name = "segments/archive/0000001-0123456789abcdef.jsonl";
    private static readonly SegmentStart Start = new(RequestId, "archive", $"sha256:{new string('1', 64)}");
    private static readonly Uri Container = new(
        $"https://{WorldNames.EvidenceAccount}.blob.core.windows.net/{WorldNames.EvidenceContainer}"
    );

    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly Machine _machine;
    private readonly Wire _wire = new();
    private SandboxServer _server = null!;
    private AzureAccess _access = null!;

    public SegmentTests() => _machine = new Machine(_time);

    private ISegmentFolder Folder => (ISegmentFolder)new ContainerEvidence(_access, Container, _machine).Open(RequestId);

    private AppendBlobClient Blob =>
        new BlobContainerClient(Container, _access.Credential, _access.Configure(new BlobClientOptions())).GetAppendBlobClient(
            $"{RequestId}/{Name}"
        );

    public async Task InitializeAsync()
    {
        _server = await SandboxServer.StartAsync(new SandboxOptions { Time = _time }, CancellationToken.None);
        _access = SandboxAccess.Open(_server, _wire);
        await Folder.MakeAsync(CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        _access.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Open_AnotherWorkerHasIt_GivesNothingUntilItIsFree()
    {
        Segment first = (await OpenAsync("a"))!;

        Assert.Null(await OpenAsync("b"));
        await first.DisposeAsync();
        await using Segment? second = await OpenAsync("b");
        Assert.NotNull(second);
    }

    [Fact]
    public async Task LostLease_ItsWorkerWritesNothing_CommitsNothing_AndMarksNothing()
    {
        Segment stopped = (await OpenAsync("a"))!;
        await BeginAsync(stopped);
        await LoseAsync();
        await using Segment next = (await OpenAsync("b"))!;
        await BeginAsync(next);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stopped.RequireAsync(CancellationToken.None).AsTask());
        await Assert.ThrowsAnyAsync<RequestFailedException>(() => stopped.CloseAsync(Done(), CancellationToken.None));
        await Assert.ThrowsAnyAsync<RequestFailedException>(() => stopped.ReturnAsync(CancellationToken.None));
        await next.RequireAsync(CancellationToken.None);
        await next.CloseAsync(Done(), CancellationToken.None);

        string text = await TextAsync();
        Assert.Equal(1, Count(text, "\"unit-closed\""));
        Assert.DoesNotContain("unit-returned", text, StringComparison.Ordinal);
        SegmentListing listed = Assert.Single(await ListAsync());
        Assert.Equal((true, "b", true), (SegmentMarks.IsClosed(listed.Marks), SegmentMarks.Worker(listed.Marks), listed.IsHeld));
        await stopped.DisposeAsync();
    }

    [Fact]
    public async Task Fence_AnotherHasTheUnitNow_WhatGoesOnSendsNothing()
    {
        Segment stopped = (await OpenAsync("a"))!;
        await BeginAsync(stopped);
        await LoseAsync();
        await using Segment next = (await OpenAsync("b"))!;

        using (FencePolicy.Begin(stopped))
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => PutAsync(stopped.Lost));

        Assert.False(await Other.ExistsAsync());
        Assert.True(stopped.Lost.IsCancellationRequested);
        using (FencePolicy.Begin(next))
            await PutAsync(CancellationToken.None);
        Assert.True(await Other.ExistsAsync());
        await stopped.DisposeAsync();
    }

    [Fact]
    public async Task Fence_NotRenewedLately_IsRenewedBeforeAnythingIsSent_ElseNothingIsAsked()
    {
        await using Segment segment = (await OpenAsync("a"))!;
        await BeginAsync(segment);
        int renewals = 0;
        _wire.Before = request =>
        {
            if (request.Headers.TryGetValues("x-ms-lease-action", out IEnumerable<string>? action) && action.Contains("renew"))
                renewals++;
            return Task.CompletedTask;
        };

        using (FencePolicy.Begin(segment))
            await PutAsync(CancellationToken.None);
        int atFirst = renewals;
        _machine.Sleep(TimeSpan.FromMinutes(5));
        using (FencePolicy.Begin(segment))
        {
            await Other.ExistsAsync();
            Assert.Equal(atFirst, renewals);
            await PutAsync(CancellationToken.None);
        }

        Assert.Equal((0, 1), (atFirst, renewals));
    }

    [Fact]
    public async Task Fence_SigningIn_IsNotLookedAt_BecauseALeaseIsRenewedWithAToken()
    {
        var fence = new CountingFence();
        var credential = new CachingCredential(new SigningIn(PutAsync), _time);

        using (FencePolicy.Begin(fence))
        {
            await credential.GetTokenAsync(new TokenRequestContext(["scope"]), CancellationToken.None);
            Assert.Equal(0, fence.Looks);
            await PutAsync(CancellationToken.None);
            Assert.Equal(1, fence.Looks);
        }
    }

    [Fact]
    public async Task LostLease_WhatWasBegunUnderItIsCancelled()
    {
        await using Segment stopped = (await OpenAsync("a"))!;
        await BeginAsync(stopped);
        await LoseAsync();

        await Task.WhenAny(Task.Delay(TimeSpan.FromMinutes(2), stopped.Lost), Task.Delay(TimeSpan.FromMinutes(2)));

        Assert.True(stopped.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task ProcessesAreLost_AfterTheThirdTheUnitIsGivenUp()
    {
        for (int lost = 1; lost <= Segment.MostAttempts; lost++)
        {
            Segment segment = (await OpenAsync($"w{lost}"))!;
            Assert.True(await BeginAsync(segment));
            Assert.Equal(lost, segment.Attempts);
            await LoseAsync();
        }

        await using Segment last = (await OpenAsync("last"))!;

        Assert.False(await BeginAsync(last));
        Assert.Equal((UnitOutcomes.GivenUp, Segment.MostAttempts), (last.State.Ending!.Outcome, last.State.Ending.Attempt));
        Assert.Equal(Segment.MostAttempts, Count(await TextAsync(), "\"unit-begun\""));
    }

    [Fact]
    public async Task Return_DoesNotCountAsALostProcess()
    {
        for (int turn = 0; turn < 2 * Segment.MostAttempts; turn++)
        {
            await using Segment segment = (await OpenAsync("a"))!;
            Assert.True(await BeginAsync(segment));
            await segment.ReturnAsync(CancellationToken.None);
        }

        await using Segment last = (await OpenAsync("b"))!;
        Assert.True(await BeginAsync(last));
    }

    [Fact]
    public async Task Stop_IsSeenAtTheNextRenewal()
    {
        await using Segment segment = (await OpenAsync("a"))!;
        using var stop = new CancellationTokenSource();
        bool isStopped = false;
        Assert.True(await segment.TryBeginAsync(_ => Task.FromResult(isStopped), stop, CancellationToken.None));

        isStopped = true;
        for (int round = 0; round < 200 && !stop.IsCancellationRequested; round++)
        {
            _time.Advance(TimeSpan.FromSeconds(8));
            await Task.Delay(20);
        }

        Assert.True(stop.IsCancellationRequested);
        Assert.False(segment.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task Begin_IsClosedAndNotMarked_MarksItAndDoesNothing()
    {
        Segment first = (await OpenAsync("a"))!;
        await BeginAsync(first);
        await first.CloseAsync(Done(), CancellationToken.None);
        await first.DisposeAsync();
        await Blob.SetMetadataAsync(new Dictionary<string, string> { ["attempts"] = "1", ["state"] = "open" });

        await using Segment second = (await OpenAsync("b"))!;

        Assert.False(await BeginAsync(second));
        Assert.True(SegmentMarks.IsClosed(Assert.Single(await ListAsync()).Marks));
        Assert.Equal(1, Count(await TextAsync(), "\"unit-begun\""));
    }

    [Fact]
    public async Task Read_SegmentOfAnotherUnit_IsRefused()
    {
        Segment segment = (await OpenAsync("a"))!;
        await BeginAsync(segment);
        await segment.CloseAsync(Done(), CancellationToken.None);
        await segment.DisposeAsync();
        byte[] lines = Encoding.UTF8.GetBytes(await TextAsync());

        Assert.Equal(UnitOutcomes.Done, SegmentState.Read("here", Start, lines).Ending!.Outcome);
        foreach (
            SegmentStart other in (SegmentStart[])
                [
                    Start with
                    {
                        Folder = "20260301T120000Z-0123abce",
                    },
                    Start with
                    {
                        Work = "other",
                    },
                    Start with
                    {
                        Unit = $"sha256:{new string('2', 64)}",
                    },
                    Start with
                    {
                        Plan = $"sha256:{new string('1', 64)}",
                    },
                ]
        )
        {
            DsrException refusal = Assert.Throws<DsrException>(() => SegmentState.Read("here", other, lines));
            Assert.Equal("JournalBroken", refusal.Fault.Id);
        }
    }

    [Fact]
    public async Task Read_AnyByteChanged_IsRefusedOrIsNotClosed()
    {
        Segment segment = (await OpenAsync("a"))!;
        await BeginAsync(segment);
        await segment.CloseAsync(Done(), CancellationToken.None);
        await segment.DisposeAsync();
        byte[] lines = Encoding.UTF8.GetBytes(await TextAsync());
        var whole = SegmentState.Read("here", Start, lines);

        for (int at = 0; at < lines.Length; at++)
        {
            byte[] changed = [.. lines];
            changed[at] ^= 1;
            try
            {
                // A change of the last line is one that only its hash in the main journal tells.
                Assert.NotEqual(whole.Head, SegmentState.Read("here", Start, changed).Head);
            }
            catch (DsrException refusal)
            {
                Assert.Equal("JournalBroken", refusal.Fault.Id);
            }
        }
    }

    private BlobClient Other =>
        new BlobContainerClient(Container, _access.Credential, _access.Configure(new BlobClientOptions())).GetBlobClient("other");

    private async Task PutAsync(CancellationToken cancellationToken) =>
        await Other.UploadAsync(BinaryData.FromString("text"), overwrite: true, cancellationToken);

    private static UnitClosed Done() => new(UnitOutcomes.Done, $"sha256:{new string('3', 64)}", 1);

    private static int Count(string text, string word) => text.Split(word).Length - 1;

    /// <summary>The processes that have segments now are stopped past their lease: nothing of them arrives meanwhile.</summary>
    private async Task LoseAsync()
    {
        _wire.Before = request =>
            request.Headers.TryGetValues("x-ms-lease-action", out IEnumerable<string>? action) && action.Contains("renew")
                ? throw new HttpRequestException("stopped")
                : Task.CompletedTask;
        for (int second = 0; second <= 32; second += 8)
        {
            _time.Advance(TimeSpan.FromSeconds(8));
            await Task.Delay(50);
        }

        _wire.Before = null;
    }

    private Task<Segment?> OpenAsync(string worker) => Segment.TryOpenAsync(Folder, Name, Start, worker, _machine, CancellationToken.None);

    private static async Task<bool> BeginAsync(Segment segment)
    {
        using var stop = new CancellationTokenSource();
        return await segment.TryBeginAsync(static _ => Task.FromResult(false), stop, CancellationToken.None);
    }

    private async Task<string> TextAsync() => Encoding.UTF8.GetString((await Folder.ReadAsync(Name, CancellationToken.None))!);

    private async Task<List<SegmentListing>> ListAsync()
    {
        List<SegmentListing> all = [];
        await foreach (SegmentListing one in Folder.ListSegmentsAsync("segments/archive/", CancellationToken.None))
            all.Add(one);
        return all;
    }

    private sealed class CountingFence : ISendingFence
    {
        public int Looks { get; private set; }

        public ValueTask RequireAsync(CancellationToken cancellationToken)
        {
            Looks++;
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>A credential that posts something for each token.</summary>
    private sealed class SigningIn(Func<CancellationToken, Task> post) : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public override async ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            await post(cancellationToken);
            return new AccessToken("token", DateTimeOffset.MaxValue);
        }
    }

    /// <summary>A machine that can sleep: its counter stands still meanwhile, and no timer comes due; its clock is right when it wakes.</summary>
    private sealed class Machine(FakeTimeProvider time) : TimeProvider
    {
        private TimeSpan _slept;

        public override long TimestampFrequency => time.TimestampFrequency;

        public void Sleep(TimeSpan length) => _slept += length;

        public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + _slept;

        public override long GetTimestamp() => time.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            time.CreateTimer(callback, state, dueTime, period);
    }
}
