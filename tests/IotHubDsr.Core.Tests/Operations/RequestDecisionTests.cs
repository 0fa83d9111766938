using System.Text;
using IotHubDsr.Core.Azure.Hub;

namespace IotHubDsr.Core.Tests.Operations;

/// <summary>What an operator decides about a request, and what the request then says of itself.</summary>
public sealed class RequestDecisionTests
{
    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    [Theory]
    [InlineData("2026-01-31T10:00:00Z", "2026-02-28T10:00:00Z", "2026-04-30T10:00:00Z")]
    [InlineData("2026-03-15T23:59:59Z", "2026-04-15T23:59:59Z", "2026-06-15T23:59:59Z")]
    public async Task Register_AndExtend_CountMonthsFromTheReceipt(string received, string due, string extended)
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();

        DataRequest request = await sandbox.RegisterAsync(DateTimeOffset.Parse(received, null), "dev1");
        DataRequest later = await sandbox.ChangeAsync(new ExtendOptions { RequestId = request.RequestId, Reason = "Forty archives" });

        Assert.Equal(DataRequestStatus.Received, request.Status);
        Assert.Equal(DateTimeOffset.Parse(due, null), request.DueAt);
        Assert.Equal((DateTimeOffset.Parse(extended, null), "Forty archives"), (later.DueAt, later.ExtensionReason));
        Assert.Equal("Passport seen by Ana Lopez", later.IdentityEvidence);
    }

    [Fact]
    public async Task Extend_LateOrTwice_IsWarnedOfOrRefused()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        DataRequest request = await sandbox.RegisterAsync(Now.AddDays(-40), "dev1");
        var extension = new ExtendOptions { RequestId = request.RequestId, Reason = "Forty archives" };

        await sandbox.ChangeAsync(extension);
        DsrException refused = await Assert.ThrowsAsync<DsrException>(() => sandbox.ChangeAsync(extension));

        Assert.Equal("RequestExtended", refused.Fault.Id);
        Assert.Contains(sandbox.Events, told =>
            told is NoticeEvent { Level: NoticeLevel.Warning } notice && notice.Text.Contains("12(3)", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Erase_RequestForOtherDevices_IsRefusedBeforeAnythingIsDone()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        DataRequest request = await sandbox.RegisterAsync(null, "dev1", "dev2");
        ErasurePlan plan = await sandbox.PlanAsync("dev1");

        DsrException refused = await Assert.ThrowsAsync<DsrException>(() => sandbox.EraseAsync(plan, requestId: request.RequestId));

        Assert.Equal("RequestForOtherDevices", refused.Fault.Id);
        Assert.DoesNotContain(sandbox.Server.RequestLog.After(0), logged => logged.Mutating);
    }

    [Fact]
    public async Task Journal_OfAWholeRequest_HoldsNoPersonalData()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        DataRequest request = await sandbox.RegisterAsync(null, "dev1", "markup");
        await sandbox.EraseAsync(await sandbox.PlanAsync("dev1", "markup"), requestId: request.RequestId);

        string journal = File.ReadAllText(Path.Combine(sandbox.RequestStore, request.RequestId, "journal.jsonl"));

        Assert.Contains("\"announced\"", journal, StringComparison.Ordinal);
        Assert.DoesNotContain("dev1", journal, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("markup", journal, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Lopez", journal, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task DestroyKey_LeavesTheChainAndForgetsTheDevices()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        DataRequest request = await sandbox.RegisterAsync(null, "dev1");
        await sandbox.EraseAsync(await sandbox.PlanAsync("dev1"), requestId: request.RequestId);

        DataRequest anonymised = await sandbox.ChangeAsync(
            new AnonymiseOptions { RequestId = request.RequestId, Reason = "A new request was made" }
        );

        Assert.True(anonymised.IsAnonymised);
        Assert.Empty(anonymised.DeviceId);
        Assert.Equal((1, (string?)null), (anonymised.Devices, anonymised.IdentityEvidence));
        Assert.NotEmpty(anonymised.Locations);
        Assert.All(Directory.GetFiles(sandbox.RequestStore, "*", SearchOption.AllDirectories), file =>
            Assert.DoesNotContain("dev1", Encoding.Latin1.GetString(File.ReadAllBytes(file)), StringComparison.Ordinal)
        );
        DsrException refused = await Assert.ThrowsAsync<DsrException>(() => sandbox.ResumeAsync(request.RequestId));
        Assert.Equal("RequestAnonymised", refused.Fault.Id);
    }

    [Fact]
    public async Task List_OneJournalIsBroken_ReportsItAndGivesTheOthers()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        DataRequest broken = await sandbox.RegisterAsync(null, "dev1");
        DataRequest sound = await sandbox.RegisterAsync(null, "dev2");
        string journal = Path.Combine(sandbox.RequestStore, broken.RequestId, "journal.jsonl");
        File.WriteAllText(journal, File.ReadAllText(journal).Replace("contoso-hub", "fabrikam-hub", StringComparison.Ordinal) + "{}\n");

        List<DataRequest> listed = await sandbox.RequestsAsync(new DataRequestQuery { Context = sandbox.Context });

        Assert.Equal(sound.RequestId, Assert.Single(listed).RequestId);
        Assert.Equal("JournalBroken", Assert.Single(sandbox.Reported).Id);
    }

    [Fact]
    public async Task Due_ListsWhatIsOpenTheMostUrgentFirst()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        DataRequest later = await sandbox.RegisterAsync(Now, "dev1");
        DataRequest sooner = await sandbox.RegisterAsync(Now.AddDays(-20), "dev2");

        List<DataRequest> due = await sandbox.RequestsAsync(new DataRequestQuery { Context = sandbox.Context, Due = true });
        List<DataRequest> soon = await sandbox.RequestsAsync(
            new DataRequestQuery
            {
                Context = sandbox.Context,
                Due = true,
                Within = TimeSpan.FromDays(15),
            }
        );

        Assert.Equal([sooner.RequestId, later.RequestId], due.Select(request => request.RequestId));
        Assert.Equal([sooner.RequestId], soon.Select(request => request.RequestId));
    }

    [Fact]
    public async Task Due_WithinAnySpanOfTime_IsAnswered()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        DataRequest request = await sandbox.RegisterAsync(Now, "dev1");
        var query = new DataRequestQuery { Context = sandbox.Context, Due = true };

        Assert.Equal(request.RequestId, Assert.Single(await sandbox.RequestsAsync(query with { Within = TimeSpan.MaxValue })).RequestId);
        Assert.Empty(await sandbox.RequestsAsync(query with { Within = TimeSpan.MinValue }));
    }

    [Fact]
    public async Task Answer_OfARequestWithoutAnErasure_ClosesIt()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        DataRequest request = await sandbox.RegisterAsync(Now.AddDays(-60), "dev1");
        var answer = new AnswerOptions { RequestId = request.RequestId, Note = "Handed over to Ana Lopez" };
        await sandbox.ExportAsync(export => export with { RequestId = request.RequestId }, "dev1");
        DataRequest exported = await sandbox.RequestAsync();

        DataRequest answered = await sandbox.ChangeAsync(answer);

        // Whether an erasure was asked for, too, is not for an export to say.
        Assert.Equal(DataRequestStatus.Received, exported.Status);
        Assert.Contains("-AnswerNote", exported.NextAction, StringComparison.Ordinal);
        Assert.Equal((DataRequestStatus.Closed, answer.Note), (answered.Status, answered.AnswerNote));

        // Whoever passes all requests to an erasure does not erase for one that was about access, or was withdrawn.
        DsrException prepared = await Assert.ThrowsAsync<DsrException>(() => sandbox.PrepareAsync(request.RequestId));
        ErasurePlan plan = await sandbox.PlanAsync("dev1");
        DsrException refused = await Assert.ThrowsAsync<DsrException>(() => sandbox.EraseAsync(plan, requestId: request.RequestId));
        Assert.Equal(("RequestAnswered", "RequestAnswered"), (prepared.Fault.Id, refused.Fault.Id));
        Assert.Empty(await sandbox.RequestsAsync(new DataRequestQuery { Context = sandbox.Context, Due = true }));
        Assert.DoesNotContain(
            "Lopez",
            File.ReadAllText(Path.Combine(sandbox.RequestStore, request.RequestId, "journal.jsonl")),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task DestroyKey_OfAnOpenRequestWithoutAReason_IsRefusedAndDestroysNothing(bool isErased)
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        DataRequest request = await sandbox.RegisterAsync(null, "dev1");
        if (isErased)
            await sandbox.EraseAsync(await sandbox.PlanAsync("dev1"), requestId: request.RequestId);

        DsrException refused = await Assert.ThrowsAsync<DsrException>(() =>
            sandbox.ChangeAsync(new AnonymiseOptions { RequestId = request.RequestId })
        );

        Assert.Equal("RequestNotClosed", refused.Fault.Id);
        Assert.Equal("dev1", Assert.Single((await sandbox.RequestAsync()).DeviceId));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task DestroyKey_OfAnOpenRequestForAReason_KeepsItDueUntilItsAnswerIsNoted(bool isErased)
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        DataRequest request = await sandbox.RegisterAsync(null, "dev1");
        if (isErased)
            await sandbox.EraseAsync(await sandbox.PlanAsync("dev1"), requestId: request.RequestId);

        DataRequest anonymised = await sandbox.ChangeAsync(
            new AnonymiseOptions { RequestId = request.RequestId, Reason = "A court ordered it" }
        );
        DataRequest due = Assert.Single(await sandbox.RequestsAsync(new DataRequestQuery { Context = sandbox.Context, Due = true }));
        DataRequest answered = await sandbox.ChangeAsync(new AnswerOptions { RequestId = request.RequestId, Note = "Answered by post" });

        Assert.Equal((request.DueAt, "A court ordered it"), (anonymised.NextAt, anonymised.KeyDestructionReason));
        Assert.DoesNotContain("Run ", anonymised.NextAction, StringComparison.Ordinal);
        Assert.Equal((request.RequestId, request.DueAt), (due.RequestId, due.NextAt));
        Assert.Equal((DataRequestStatus.Closed, "Answered by post"), (answered.Status, answered.AnswerNote));
        Assert.Empty(await sandbox.RequestsAsync(new DataRequestQuery { Context = sandbox.Context, Due = true }));
    }

    [Fact]
    public async Task DestroyKey_OfAClosedRequest_TakesNoReason()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        DataRequest request = await sandbox.RegisterAsync(null, "dev1");
        await sandbox.ChangeAsync(new AnswerOptions { RequestId = request.RequestId, Note = "Withdrawn" });

        DataRequest anonymised = await sandbox.ChangeAsync(new AnonymiseOptions { RequestId = request.RequestId });

        Assert.Equal((true, DataRequestStatus.Closed), (anonymised.IsAnonymised, anonymised.Status));
    }

    [Fact]
    public async Task OwnerAction_NotedAsDone_IsNotOpenAnyMoreButNeverCalledErased()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        List<ErasureReceipt> receipts = await sandbox.EraseAsync(await sandbox.PlanAsync("dev1"));
        ErasureReceipt webhook = receipts.First(receipt => receipt.Kind == LocationKinds.Webhook);

        DataRequest changed = await sandbox.ChangeAsync(
            new OwnerActionOptions
            {
                RequestId = webhook.RequestId,
                LocationId = webhook.Location.Id,
                Note = "CRM team deleted it",
            }
        );

        DataRequestLocation location = changed.Locations.Single(one => one.LocationId == webhook.Location.Id);
        Assert.Equal((Verdict.OwnerAction, true), (location.Verdict, location.IsOwnerActionDone));
    }

    [Fact]
    public async Task Verify_AfterTheFlushTime_FindsTheHubsOwnRecordOfTheDeletionAndResumeErasesIt()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        List<ErasureReceipt> receipts = await sandbox.EraseAsync(await sandbox.PlanAsync("dev1"));
        ErasureReceipt pending = receipts.First(receipt =>
            receipt is { Verdict: Verdict.ErasurePending, Kind: LocationKinds.RoutedBlobContainer }
            && receipt.Place.EndsWith("/raw-json", StringComparison.Ordinal)
        );
        int before = sandbox.Server.RequestLog.After(0).Count(request => request.Mutating);
        sandbox.Server.World.Clock.Advance(TimeSpan.FromHours(2));

        List<ErasureReceipt> verified = await sandbox.VerifyAsync(pending.RequestId);

        ErasureReceipt again = verified.Single(receipt => receipt.Location.Id == pending.Location.Id);
        Assert.Equal((Verdict.Present, 1L), (again.Verdict, again.RecordsRemaining));
        Assert.Equal(before, sandbox.Server.RequestLog.After(0).Count(request => request.Mutating));
        DataRequest found = await sandbox.RequestAsync();
        Assert.Equal(DataRequestStatus.ActionNeeded, found.Status);

        // The blob with the record is young until the hub cannot write to it any more.
        sandbox.Server.World.Clock.Advance(TimeSpan.FromHours(2));
        List<ErasureReceipt> resumed = await sandbox.ResumeAsync(pending.RequestId);

        ErasureReceipt erased = resumed.Single(receipt => receipt.Location.Id == pending.Location.Id);
        Assert.Equal(0, erased.RecordsRemaining);
        Assert.Equal(pending.RecordsErased + 1, erased.RecordsErased);
    }
}
