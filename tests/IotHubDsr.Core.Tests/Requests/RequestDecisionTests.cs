using System.Text;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.Storage.Blobs;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Requests;

/// <summary>What an operator decides about a request, and what the request then says of itself.</summary>
public sealed class RequestDecisionTests
{
    private const string Secret = "Court order 17 O 4711";

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private static HoldRequest HoldOn(DataRequest request, ErasureStep step, SeenItem item) => new()
    {
        RequestId = request.RequestId,
        LocationId = step.Location.Id,
        DeviceId = step.DeviceId,
        Item = item.Path,
        Ground = Secret,
        ReviewAt = Now.AddDays(30),
    };

    [Fact]
    public async Task Hold_OnALocation_IsLeftAndTheRestProceedsAndItsEndResumes()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        DataRequest request = await sandbox.RegisterAsync(Now.AddDays(-10), "dev1");
        string locationId = (await sandbox.PlanAsync("dev1")).Steps.Single(step => step.Location.Place.EndsWith("/paused-archive", StringComparison.Ordinal)).Location.Id;
        var hold = new HoldRequest { RequestId = request.RequestId, LocationId = locationId, Ground = Secret, ReviewAt = Now.AddDays(30) };

        DataRequest held = await sandbox.ChangeAsync(hold);
        List<ErasureReceipt> receipts = await sandbox.EraseAsync(await sandbox.PlanAsync("dev1"), requestId: request.RequestId);

        Assert.Equal(Secret, Assert.Single(held.Holds).Ground);
        ErasureReceipt left = receipts.Single(receipt => receipt.Location.Id == locationId);
        Assert.Equal((Verdict.Held, 0L), (left.Verdict, left.RecordsErased));
        Assert.Contains(Secret, left.Detail, StringComparison.Ordinal);
        Assert.True(left.RecordsRemaining > 0);
        Assert.Equal(Verdict.Erased, receipts.Single(receipt => receipt.Kind == LocationKinds.DeviceRegistry).Verdict);

        DataRequest released = await sandbox.ChangeAsync(hold with { Ground = null, ReviewAt = null });
        List<ErasureReceipt> resumed = await sandbox.ResumeAsync(request.RequestId);

        Assert.Empty(released.Holds);
        Assert.Equal(request.DueAt, released.DueAt);
        ErasureReceipt done = resumed.Single(receipt => receipt.Location.Id == locationId);
        Assert.Equal((Verdict.ErasurePending, left.RecordsRemaining, 0L), (done.Verdict, done.RecordsErased, done.RecordsRemaining));
    }

    [Fact]
    public async Task Hold_OnOneItem_LeavesThatBlobOnly()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ErasurePlan plan = await sandbox.PlanAsync("dev1");
        ErasureStep step = plan.Steps.Single(one => one.Location.Place.EndsWith("/paused-archive", StringComparison.Ordinal));
        SeenItem item = step.Finding.Items.First(one => one.Records > 0);
        DataRequest request = await sandbox.RegisterAsync(null, "dev1");
        await sandbox.ChangeAsync(HoldOn(request, step, item));

        List<ErasureReceipt> receipts = await sandbox.EraseAsync(plan, requestId: request.RequestId);

        ErasureReceipt receipt = receipts.Single(one => one.Location.Id == step.Location.Id);
        Assert.Equal((Verdict.Held, item.Records), (receipt.Verdict, receipt.RecordsRemaining));
        Assert.Equal(step.Finding.Records - item.Records, receipt.RecordsErased);
        Assert.Equal(item.Path, Assert.Single((await sandbox.RequestAsync()).Holds).Item);
    }

    [Fact]
    public async Task Hold_OnOneItemForOneOfTwoDevices_KeepsThatDevicesRecordsWhenTheOthersAreErased()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ErasurePlan plan = await sandbox.PlanAsync("dev1", "Dev1");
        ErasureStep[] steps = [.. plan.Steps.Where(one => one.Location.Place.EndsWith("/paused-archive", StringComparison.Ordinal))];
        ErasureStep heldStep = steps.Single(one => one.DeviceId == "dev1");
        ErasureStep other = steps.Single(one => one.DeviceId == "Dev1");
        SeenItem item = heldStep.Finding.Items.First(one => one.Records > 0 && other.Finding.Items.Any(its => its.Path == one.Path && its.Records > 0));
        DataRequest request = await sandbox.RegisterAsync(null, "dev1", "Dev1");
        await sandbox.ChangeAsync(HoldOn(request, heldStep, item));

        List<ErasureReceipt> receipts = await sandbox.EraseAsync(plan, requestId: request.RequestId);

        ErasureReceipt[] given = [.. receipts.Where(one => one.Location.Id == heldStep.Location.Id)];
        ErasureReceipt held = given.Single(one => one.DeviceId == "dev1");
        Assert.Equal((Verdict.Held, item.Records, heldStep.Finding.Records - item.Records), (held.Verdict, held.RecordsRemaining, held.RecordsErased));
        ErasureReceipt erased = given.Single(one => one.DeviceId == "Dev1");
        Assert.Equal((Verdict.ErasurePending, 0L, other.Finding.Records), (erased.Verdict, erased.RecordsRemaining, erased.RecordsErased));
    }

    [Theory]
    [InlineData("/raw-json")]
    [InlineData("/device-uploads")]
    public async Task Hold_OnAnOldCopy_KeepsItWhenOldVersionsAreErased(string container)
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        (string account, string name) = container == "/raw-json" ? (WorldNames.PlainAccount, "raw-json") : (WorldNames.UploadAccount, WorldNames.UploadContainer);
        BlobContainer blobs = sandbox.Server.World.Blobs.GetOrAddAccount(account).GetOrAddContainer(name);
        ErasureStep found = (await sandbox.PlanAsync("dev1")).Steps.Single(one => one.Location.Place.EndsWith(container, StringComparison.Ordinal));
        string current = found.Finding.Items.First(one => one is { Records: > 0, IsOldCopy: false }).Path;
        lock (blobs.Gate)
        {
            Assert.True(blobs.TryGetEntry(current, out BlobEntry? entry));
            entry.TakeSnapshot(entry.Current!, entry.Current!);
        }

        ErasurePlan plan = await sandbox.PlanAsync(includeOldVersions: true, "dev1");
        ErasureStep step = plan.Steps.Single(one => one.Location.Id == found.Location.Id);
        SeenItem copy = step.Finding.Items.Single(one => one.IsOldCopy && one.Name == current && one.Path.Contains("?snapshot=", StringComparison.Ordinal));
        DataRequest request = await sandbox.RegisterAsync(null, "dev1");
        await sandbox.ChangeAsync(HoldOn(request, step, copy));

        ErasureReceipt receipt = (await sandbox.EraseAsync(plan, requestId: request.RequestId)).Single(one => one.Location.Id == step.Location.Id);

        Assert.Equal(Verdict.Held, receipt.Verdict);
        Assert.Contains(blobs.List(includeOld: true), blob => blob.Name == current && !blob.IsCurrent);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Hold_OnAnOldCopyForADeviceThatIsNotErased_KeepsItWhenThoseOfAnotherAre(bool isItem, bool isApproved)
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ErasureStep first = (await sandbox.PlanAsync("dev1")).Steps.Single(one => one.Location.Place.EndsWith("/raw-json", StringComparison.Ordinal));
        BlobContainer blobs = sandbox.Server.World.Blobs.GetOrAddAccount(WorldNames.PlainAccount).GetOrAddContainer("raw-json");
        DeviceDataFinding second = (await sandbox.FindAsync("Dev1")).Single(found => found.Location.Id == first.Location.Id);
        string current = first.Finding.Items.First(one => one is { Records: > 0, IsOldCopy: false } && second.Items.Any(its => its.Path == one.Path)).Path;
        lock (blobs.Gate)
        {
            Assert.True(blobs.TryGetEntry(current, out BlobEntry? entry));
            entry.TakeSnapshot(entry.Current!, entry.Current!);
        }

        ErasurePlan plan = await sandbox.PlanAsync(includeOldVersions: true, "dev1", "Dev1");
        ErasureStep step = plan.Steps.Single(one => one.DeviceId == "dev1" && one.Location.Id == first.Location.Id);
        SeenItem copy = step.Finding.Items.Single(one => one.IsOldCopy && one.Name == current && one.Path.Contains("?snapshot=", StringComparison.Ordinal));
        DataRequest request = await sandbox.RegisterAsync(null, "dev1", "Dev1");
        await sandbox.ChangeAsync(HoldOn(request, step, copy) with { Item = isItem ? copy.Path : null });

        List<ErasureReceipt> receipts = await sandbox.EraseAsync(plan, one => isApproved || one.DeviceId != "dev1", request.RequestId);

        Assert.Contains(blobs.List(includeOld: true), blob => blob.Name == current && !blob.IsCurrent);
        Assert.NotEqual(Verdict.Erased, receipts.Single(one => one.DeviceId == "Dev1" && one.Location.Id == step.Location.Id).Verdict);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Hold_OnWhatThePlanDoesNotKnow_StopsTheErasureBeforeAnythingIsChanged(bool isLocation)
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ErasurePlan plan = await sandbox.PlanAsync("dev1");
        ErasureStep step = plan.Steps.Single(one => one.Location.Place.EndsWith("/paused-archive", StringComparison.Ordinal));
        string item = step.Finding.Items.First(one => one.Records > 0).Path;
        DataRequest request = await sandbox.RegisterAsync(null, "dev1");
        var mistyped = new HoldRequest
        {
            RequestId = request.RequestId,
            LocationId = isLocation ? step.Location.Place : step.Location.Id,
            Item = isLocation ? null : $"{step.Location.Place}/{item}",
            Ground = Secret,
            ReviewAt = Now.AddDays(30),
        };

        // With a connection the name of a location is looked up at once.
        await sandbox.ChangeAsync(mistyped, connected: !isLocation);

        DsrException refused = await Assert.ThrowsAsync<DsrException>(() => sandbox.EraseAsync(plan, requestId: request.RequestId));

        Assert.Equal("HoldUnmatched", refused.Fault.Id);
        Assert.Contains(mistyped.Item ?? mistyped.LocationId, refused.Fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(sandbox.Server.RequestLog.After(0), logged => logged.Mutating);

        await sandbox.ChangeAsync(mistyped with { Ground = null, ReviewAt = null });
        await sandbox.ChangeAsync(mistyped with { LocationId = step.Location.Id, Item = isLocation ? null : item });
        List<ErasureReceipt> receipts = await sandbox.EraseAsync(plan, requestId: request.RequestId);

        Assert.Equal(Verdict.Held, receipts.Single(receipt => receipt.Location.Id == step.Location.Id).Verdict);
    }

    [Fact]
    public async Task Hold_ThatDoesNotStand_CannotBeReleased()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        DataRequest request = await sandbox.RegisterAsync(null, "dev1");

        DsrException refused = await Assert.ThrowsAsync<DsrException>(() => sandbox.ChangeAsync(new HoldRequest { RequestId = request.RequestId, LocationId = "x" }));

        Assert.Equal("HoldNotFound", refused.Fault.Id);
    }

    [Theory]
    [InlineData("2026-01-31T10:00:00Z", "2026-02-28T10:00:00Z", "2026-04-30T10:00:00Z")]
    [InlineData("2026-03-15T23:59:59Z", "2026-04-15T23:59:59Z", "2026-06-15T23:59:59Z")]
    public async Task Register_AndExtend_CountMonthsFromTheReceipt(string received, string due, string extended)
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();

        DataRequest request = await sandbox.RegisterAsync(DateTimeOffset.Parse(received, null), "dev1");
        DataRequest later = await sandbox.ChangeAsync(new ExtendRequest { RequestId = request.RequestId, Reason = "Forty archives" });

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
        var extension = new ExtendRequest { RequestId = request.RequestId, Reason = "Forty archives" };

        await sandbox.ChangeAsync(extension);
        DsrException refused = await Assert.ThrowsAsync<DsrException>(() => sandbox.ChangeAsync(extension));

        Assert.Equal("RequestExtended", refused.Fault.Id);
        Assert.Contains(sandbox.Events, told => told is NoticeEvent { Level: NoticeLevel.Warning } notice && notice.Text.Contains("12(3)", StringComparison.Ordinal));
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

        DataRequest anonymised = await sandbox.ChangeAsync(new AnonymiseRequest { RequestId = request.RequestId, Reason = "A new request was made" });

        Assert.True(anonymised.IsAnonymised);
        Assert.Empty(anonymised.DeviceId);
        Assert.Equal((1, (string?)null), (anonymised.Devices, anonymised.IdentityEvidence));
        Assert.NotEmpty(anonymised.Locations);
        Assert.All(
            Directory.GetFiles(sandbox.RequestStore, "*", SearchOption.AllDirectories),
            file => Assert.DoesNotContain("dev1", Encoding.Latin1.GetString(File.ReadAllBytes(file)), StringComparison.Ordinal));
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
        List<DataRequest> soon = await sandbox.RequestsAsync(new DataRequestQuery { Context = sandbox.Context, Due = true, Within = TimeSpan.FromDays(15) });

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
        var answer = new AnswerRequest { RequestId = request.RequestId, Note = "Handed over to Ana Lopez" };
        await sandbox.ExportAsync(export => export with { RequestId = request.RequestId }, "dev1");
        DataRequest exported = await sandbox.RequestAsync();

        DataRequest answered = await sandbox.ChangeAsync(answer);

        // Whether an erasure was asked for, too, is not for an export to say.
        Assert.Equal(DataRequestStatus.Received, exported.Status);
        Assert.Contains("-AnswerNote", exported.NextAction, StringComparison.Ordinal);
        Assert.Equal((DataRequestStatus.Closed, answer.Note), (answered.Status, answered.AnswerNote));
        Assert.Empty(await sandbox.RequestsAsync(new DataRequestQuery { Context = sandbox.Context, Due = true }));
        Assert.DoesNotContain("Lopez", File.ReadAllText(Path.Combine(sandbox.RequestStore, request.RequestId, "journal.jsonl")), StringComparison.Ordinal);

        await sandbox.EraseAsync(await sandbox.PlanAsync("dev1"), requestId: request.RequestId);

        // That answer was about the export.
        DataRequest erased = await sandbox.RequestAsync();
        Assert.Equal((DataRequestStatus.ActionNeeded, null), (erased.Status, erased.AnsweredAt));
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

        DsrException refused = await Assert.ThrowsAsync<DsrException>(() => sandbox.ChangeAsync(new AnonymiseRequest { RequestId = request.RequestId }));

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

        DataRequest anonymised = await sandbox.ChangeAsync(new AnonymiseRequest { RequestId = request.RequestId, Reason = "A court ordered it" });
        DataRequest due = Assert.Single(await sandbox.RequestsAsync(new DataRequestQuery { Context = sandbox.Context, Due = true }));
        DataRequest answered = await sandbox.ChangeAsync(new AnswerRequest { RequestId = request.RequestId, Note = "Answered by post" });

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
        await sandbox.ChangeAsync(new AnswerRequest { RequestId = request.RequestId, Note = "Withdrawn" });

        DataRequest anonymised = await sandbox.ChangeAsync(new AnonymiseRequest { RequestId = request.RequestId });

        Assert.Equal((true, DataRequestStatus.Closed), (anonymised.IsAnonymised, anonymised.Status));
    }

    [Fact]
    public async Task OwnerAction_NotedAsDone_IsNotOpenAnyMoreButNeverCalledErased()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        List<ErasureReceipt> receipts = await sandbox.EraseAsync(await sandbox.PlanAsync("dev1"));
        ErasureReceipt webhook = receipts.First(receipt => receipt.Kind == LocationKinds.Webhook);

        DataRequest changed = await sandbox.ChangeAsync(new OwnerActionRequest { RequestId = webhook.RequestId, LocationId = webhook.Location.Id, Note = "CRM team deleted it" });

        DataRequestLocation location = changed.Locations.Single(one => one.LocationId == webhook.Location.Id);
        Assert.Equal((Verdict.OwnerAction, true), (location.Verdict, location.IsOwnerActionDone));
    }

    [Fact]
    public async Task Verify_AfterTheFlushTime_FindsTheHubsOwnRecordOfTheDeletionAndResumeErasesIt()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        List<ErasureReceipt> receipts = await sandbox.EraseAsync(await sandbox.PlanAsync("dev1"));
        ErasureReceipt pending = receipts.First(receipt => receipt is { Verdict: Verdict.ErasurePending, Kind: LocationKinds.RoutedBlobContainer } && receipt.Place.EndsWith("/raw-json", StringComparison.Ordinal));
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
