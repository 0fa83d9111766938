using System.Text.Json;
using IotHubDsr.Core.Azure.Hub;
using Microsoft.Extensions.Time.Testing;

namespace IotHubDsr.Core.Tests.Azure.Hub;

public sealed class HubClientDeletionTests : IDisposable
{
    private static readonly ConditionalDeletion[] Two = [new("a", "e1"), new("b", "e2")];
    private readonly ScriptedHub _hub = new();

    public void Dispose() => _hub.Dispose();

    [Fact]
    public async Task DeleteIdentity_ETag_IsSentQuoted()
    {
        Assert.Equal(
            DeletionResult.Deleted,
            await _hub.Answers(204).Client().DeleteIdentityAsync("dev1", "MTIz", announce: null, CancellationToken.None)
        );

        Assert.Equal(("DELETE", "\"MTIz\""), (_hub.Requests[0].Method, _hub.Requests[0].Headers["If-Match"]));
    }

    [Fact]
    public async Task DeleteIdentity_RefusalsWithAMeaning_AreResults()
    {
        Assert.Equal(
            DeletionResult.Absent,
            await _hub.Fails(404001, "DeviceNotFound").Client().DeleteIdentityAsync("a", "e", announce: null, CancellationToken.None)
        );
        Assert.Equal(
            DeletionResult.PreconditionFailed,
            await _hub.Fails(412001, "PreconditionFailed").Client().DeleteIdentityAsync("a", "e", announce: null, CancellationToken.None)
        );
    }

    [Fact]
    public async Task DeleteIdentity_RefusedForLoadAndThenNotFound_IsNotCountedAsOurDeletion()
    {
        _hub.Answers(429).Answers(429).Fails(404001, "DeviceNotFound");

        Assert.Equal(
            DeletionResult.Absent,
            await _hub.Client(maxRetries: 1).DeleteIdentityAsync("a", "e", announce: null, CancellationToken.None)
        );
        Assert.Equal(3, _hub.Requests.Count);
    }

    [Fact]
    public async Task DeleteIdentity_Announcement_ComesAfterTheTokensAndBeforeTheCall()
    {
        var time = new FakeTimeProvider();
        HubClient client = _hub.Answers(204).Answers(204).Client(sku: "S1", time: time);
        await client
            .DeleteIdentitiesAsync(
                [.. Enumerable.Range(0, 100).Select(number => new ConditionalDeletion($"d{number}", "e"))],
                announce: null,
                CancellationToken.None
            )
            .ContinueWith(static _ => { }, TaskScheduler.Default);
        int requests = -1;

        Task<DeletionResult> waiting = client.DeleteIdentityAsync(
            "a",
            "e",
            _ =>
            {
                requests = _hub.Requests.Count;
                return ValueTask.CompletedTask;
            },
            CancellationToken.None
        );
        Assert.Equal(-1, requests);
        time.Advance(TimeSpan.FromMinutes(2));
        await waiting;

        Assert.Equal((1, 2), (requests, _hub.Requests.Count));
    }

    [Fact]
    public async Task PurgeQueue_ReplyLost_SaysThatTheNumberMayBeOfARepetition()
    {
        _hub.Breaks().Answers(200, """{"deviceId":"a","moduleId":"","totalMessagesPurged":0}""");

        QueuePurge? purge = await _hub.Client(maxRetries: 1).PurgeQueueAsync("a", announce: null, CancellationToken.None);

        Assert.Equal(new QueuePurge(0, MayHaveRunBefore: true), purge);
    }

    [Fact]
    public async Task DeleteIdentity_ReplyLostThenNotFound_CountsAsDeleted()
    {
        _hub.Breaks().Fails(404001, "DeviceNotFound");

        Assert.Equal(
            DeletionResult.Deleted,
            await _hub.Client(maxRetries: 2).DeleteIdentityAsync("a", "e", announce: null, CancellationToken.None)
        );
    }

    [Fact]
    public async Task DeleteIdentity_ReplyLostInAnEarlierRound_CountsAsDeleted()
    {
        _hub.Breaks().Answers(429).Answers(429).Fails(404001, "DeviceNotFound");

        Assert.Equal(
            DeletionResult.Deleted,
            await _hub.Client(maxRetries: 1).DeleteIdentityAsync("a", "e", announce: null, CancellationToken.None)
        );
    }

    [Fact]
    public async Task DeleteIdentity_Bare404_IsAFailure() =>
        Assert.Equal(
            FaultCatalogue.ServiceFailed.Id,
            (await FaultOf(_hub.Answers(404).Client().DeleteIdentityAsync("a", "e", announce: null, CancellationToken.None))).Id
        );

    [Fact]
    public async Task DeleteIdentities_AllSucceed_SendsConditionalDeletions()
    {
        _hub.Answers(200, """{"isSuccessful":true,"errors":[],"warnings":[]}""");

        IReadOnlyList<BulkDeletionOutcome> outcomes = await _hub.Client()
            .DeleteIdentitiesAsync(Two, announce: null, CancellationToken.None);

        Assert.Equal([new("a", DeletionResult.Deleted, null), new("b", DeletionResult.Deleted, null)], outcomes);
        using var body = JsonDocument.Parse(_hub.Requests[0].Body);
        Assert.Equal(("POST", "/devices?api-version=2021-04-12"), (_hub.Requests[0].Method, _hub.Requests[0].Target));
        Assert.Equal(
            [("a", "deleteIfMatchETag", "e1"), ("b", "deleteIfMatchETag", "e2")],
            body.RootElement.EnumerateArray().Select(entry => (entry.Text("id"), entry.Text("importMode"), entry.Text("eTag")))
        );
    }

    [Theory]
    [InlineData(200, "412001")]
    [InlineData(400, "412001")]
    [InlineData(400, "\"PreconditionFailed\"")]
    public async Task DeleteIdentities_PartFails_TellsWhichOnAnyStatus(int status, string code)
    {
        _hub.Answers(status, $$"""{"isSuccessful":false,"errors":[{"deviceId":"b","errorCode":{{code}},"errorStatus":"changed"}]}""");

        IReadOnlyList<BulkDeletionOutcome> outcomes = await _hub.Client()
            .DeleteIdentitiesAsync(Two, announce: null, CancellationToken.None);

        Assert.Equal([new("a", DeletionResult.Deleted, null), new("b", DeletionResult.PreconditionFailed, null)], outcomes);
    }

    [Fact]
    public async Task DeleteIdentities_OtherErrorOfADevice_IsThatDevicesFailure()
    {
        _hub.Answers(400, """{"isSuccessful":false,"errors":[{"deviceId":"a","errorCode":429001,"errorStatus":""},{"deviceId":"b"}]}""");

        IReadOnlyList<BulkDeletionOutcome> outcomes = await _hub.Client()
            .DeleteIdentitiesAsync(Two, announce: null, CancellationToken.None);

        Assert.Equal(["Throttled", "ServiceFailed"], outcomes.Select(outcome => outcome.Fault?.Id));
        Assert.All(outcomes, outcome => Assert.Null(outcome.Result));
    }

    [Fact]
    public async Task DeleteIdentities_NotFound_IsAbsentUnlessAnEarlierAttemptDeletedIt()
    {
        const string Body = """{"isSuccessful":false,"errors":[{"deviceId":"a","errorCode":404001,"errorStatus":""}]}""";
        _hub.Answers(400, Body).Breaks().Answers(400, Body);
        HubClient client = _hub.Client(maxRetries: 1);

        IReadOnlyList<BulkDeletionOutcome> first = await client.DeleteIdentitiesAsync(Two, announce: null, CancellationToken.None);
        IReadOnlyList<BulkDeletionOutcome> retried = await client.DeleteIdentitiesAsync(Two, announce: null, CancellationToken.None);

        Assert.Equal(DeletionResult.Absent, first[0].Result);
        Assert.Equal(DeletionResult.Deleted, retried[0].Result);
    }

    // Of each it is unknown what became of which device.
    [Theory]
    [InlineData(200, "")]
    [InlineData(200, "{}")]
    [InlineData(200, """{"isSuccessful":false,"errors":[]}""")]
    [InlineData(400, """{"isSuccessful":false}""")]
    [InlineData(400, """{"isSuccessful":false,"errors":[{"errorCode":412001}]}""")]
    [InlineData(400, """{"isSuccessful":false,"errors":[{"deviceId":"A","errorCode":412001}]}""")]
    [InlineData(400, """{"Message":"ErrorCode:DeviceDefinedMultipleTimes;x"}""")]
    public async Task DeleteIdentities_ResultCannotBeTold_IsAFailure(int status, string body) =>
        Assert.Equal(
            FaultCatalogue.ServiceFailed.Id,
            (await FaultOf(_hub.Answers(status, body).Client().DeleteIdentitiesAsync(Two, announce: null, CancellationToken.None))).Id
        );

    [Fact]
    public async Task PurgeQueue_Counts_OrKnowsNoDevice()
    {
        _hub.Answers(200, """{"deviceId":"a","moduleId":null,"totalMessagesPurged":4}""").Fails(404001, "DeviceNotFound");
        HubClient client = _hub.Client();

        Assert.Equal(new QueuePurge(4, MayHaveRunBefore: false), await client.PurgeQueueAsync("a", announce: null, CancellationToken.None));
        Assert.Null(await client.PurgeQueueAsync("a", announce: null, CancellationToken.None));
        Assert.Equal(("DELETE", "/devices/a/commands?api-version=2021-04-12"), (_hub.Requests[0].Method, _hub.Requests[0].Target));
    }

    private static async Task<Fault> FaultOf(Task call) => (await Assert.ThrowsAsync<DsrException>(() => call)).Fault;
}
