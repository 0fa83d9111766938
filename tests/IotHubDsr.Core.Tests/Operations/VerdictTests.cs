using System.Text;
using System.Text.Json;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.World;
using Microsoft.Extensions.Time.Testing;

namespace IotHubDsr.Core.Tests.Operations;

/// <summary>A verdict is what was seen, when it was seen, by the time of the services; nothing unread is called absent.</summary>
public sealed class VerdictTests
{
    private const string Archive = "/raw-json";

    [Fact]
    public async Task Erase_DeviceLivesOn_WhatTheHubAcceptedBeforeThePlanIsAwaited()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        sandbox.Server.Access.Denied = ["hub:RegistryWrite"];
        ErasurePlan plan = await sandbox.PlanAsync("dev1");

        List<ErasureReceipt> first = await sandbox.EraseAsync(plan);
        sandbox.Server.World.Clock.Advance(TimeSpan.FromHours(3));
        List<ErasureReceipt> later = await sandbox.ResumeAsync(first[0].RequestId);

        ErasureReceipt pending = first.Single(receipt => receipt.Place.EndsWith("/raw-json", StringComparison.Ordinal));
        Assert.Equal(Verdict.ErasurePending, pending.Verdict);
        Assert.InRange(pending.Until!.Value, plan.CreatedAt, plan.CreatedAt + TimeSpan.FromHours(1));
        Assert.Equal(Verdict.Erased, later.Single(receipt => receipt.Place == pending.Place).Verdict);
    }

    [Fact]
    public async Task Resume_KeyFileIsGone_IsRefusedAndDoesNotCountAsARunThatBrokeOff()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        await sandbox.EraseAsync(await sandbox.PlanAsync("dev1"));
        DataRequest before = await sandbox.RequestAsync();
        File.Delete(Path.Combine(sandbox.RequestStore, before.RequestId, "private", "key"));

        DsrException refused = await Assert.ThrowsAsync<DsrException>(() => sandbox.ResumeAsync(before.RequestId));

        DataRequest after = await sandbox.RequestAsync();
        Assert.Equal(("RequestAnonymised", before.Status, before.JournalDigest), (refused.Fault.Id, after.Status, after.JournalDigest));
    }

    [Fact]
    public async Task Erase_DeviceWasDeletedInThePortalMinutesBefore_IsPendingUntilTheHubsLastBatchAndFindsIt()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        DeleteInPortal(sandbox, "dev1");
        sandbox.Server.World.Clock.Advance(TimeSpan.FromMinutes(2));

        List<ErasureReceipt> receipts = await sandbox.EraseAsync(await sandbox.PlanAsync("dev1"));

        ErasureReceipt archive = Of(receipts, Archive);
        Assert.Equal(Verdict.Absent, receipts.Single(receipt => receipt.Kind == LocationKinds.DeviceRegistry).Verdict);
        Assert.Equal(Verdict.ErasurePending, archive.Verdict);
        Assert.All(receipts.Where(receipt => receipt.Location.FlushTime is not null), receipt =>
            Assert.False(receipt.Verdict is Verdict.Absent or Verdict.Erased, receipt.ToString())
        );
        sandbox.Server.World.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(
            (Verdict.Present, 1L),
            (await sandbox.VerifyAsync(archive.RequestId)) is var later
                ? (Of(later, Archive).Verdict, Of(later, Archive).RecordsRemaining)
                : default
        );
    }

    [Fact]
    public async Task Erase_DeviceWasDeletedBetweenPlanAndRun_IsPendingUntilTheFlushTimeAfterItWasFirstSeenAbsent()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ErasurePlan plan = await sandbox.PlanAsync("dev1");
        DeleteInPortal(sandbox, "dev1");
        DateTimeOffset before = sandbox.Server.World.Clock.GetUtcNow();

        ErasureReceipt archive = Of(await sandbox.EraseAsync(plan), Archive);

        Assert.Equal(Verdict.ErasurePending, archive.Verdict);
        Assert.InRange(
            archive.Until!.Value,
            before + archive.Location.FlushTime!.Value - TimeSpan.FromSeconds(2),
            before + archive.Location.FlushTime.Value + TimeSpan.FromMinutes(5)
        );
    }

    [Fact]
    public async Task Erase_DeviceNeverExisted_IsPendingFirstAndAbsentWhenItWasReadAfterTheFlushTime()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();

        List<ErasureReceipt> first = await sandbox.EraseAsync(await sandbox.PlanAsync("nobody"));
        sandbox.Server.World.Clock.Advance(TimeSpan.FromDays(2));
        List<ErasureReceipt> second = await sandbox.VerifyAsync(first[0].RequestId);

        Assert.Equal(Verdict.ErasurePending, Of(first, Archive).Verdict);
        Assert.Equal((Verdict.Absent, null), (Of(second, Archive).Verdict, Of(second, Archive).Until));
        ErasureCertificateCheck certified = await CertifiedAsync(sandbox);
        Assert.All(certified.Locations.Where(location => location.Verdict == Verdict.Absent), location =>
            Assert.NotNull(location.VerifiedAt)
        );
    }

    [Fact]
    public async Task Erase_MachineIsHoursSlow_CountsByTheTimeOfTheServicesAndWarns()
    {
        var service = new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddHours(2));
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(service);

        List<ErasureReceipt> receipts = await sandbox.EraseAsync(await sandbox.PlanAsync("dev1"));

        ErasureReceipt archive = Of(receipts, Archive);
        Assert.Equal(Verdict.ErasurePending, archive.Verdict);
        Assert.True(archive.Until > service.GetUtcNow(), $"{archive.Until:u}");
        Assert.Contains(sandbox.Events, told =>
            told is NoticeEvent { Level: NoticeLevel.Warning } notice && notice.Text.Contains("slow", StringComparison.Ordinal)
        );
        DateTimeOffset issuedAt = IssuedAt((await sandbox.RequestAsync()).Certificates[^1].Path!);
        Assert.True(issuedAt >= service.GetUtcNow().AddSeconds(-2), $"{issuedAt:u}");
        ErasureCertificateCheck certified = await CertifiedAsync(sandbox);
        Assert.True(certified.IsValid, certified.Reason);
    }

    [Fact]
    public async Task Erase_HealthOfTheEndpointsCannotBeRead_IsNotFinalAfterTwoBatches()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        sandbox.Server.Faults.Add(
            new FaultRule
            {
                Service = "arm",
                PathContains = "routingEndpointsHealth",
                Status = 403,
                Times = 1000,
            }
        );
        ErasureReceipt first = Of(await sandbox.EraseAsync(await sandbox.PlanAsync("nobody")), Archive);
        sandbox.Server.World.Clock.Advance(TimeSpan.FromHours(20));

        ErasureReceipt later = Of(await sandbox.VerifyAsync(first.RequestId), Archive);

        Assert.Equal(Verdict.ErasurePending, later.Verdict);
        Assert.Contains("health", later.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Erase_RecordsArrivedAfterThePlanFoundNothing_AreNotCertifiedAbsent()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        string generation;
        lock (sandbox.Server.World.Registry.Gate)
            generation = sandbox.Server.World.Registry.Create("silent-1", []).GenerationId;
        ErasurePlan plan = await sandbox.PlanAsync("silent-1");
        Put(sandbox, "silent-1", records: 7, generation);
        sandbox
            .Server.World.Blobs.GetOrAddAccount(WorldNames.UploadAccount)
            .GetOrAddContainer(WorldNames.UploadContainer)
            .Put("silent-1/late.txt", "x"u8.ToArray(), new BlobSeed());

        List<ErasureReceipt> receipts = await sandbox.EraseAsync(plan);

        Assert.Equal((Verdict.Present, 7L), (Of(receipts, Archive).Verdict, Of(receipts, Archive).RecordsRemaining));
        Assert.Contains("that the plan does not show", Of(receipts, Archive).Detail, StringComparison.Ordinal);
        Assert.Equal(Verdict.Present, receipts.Single(receipt => receipt.Kind == LocationKinds.FileUploadContainer).Verdict);
    }

    [Fact]
    public async Task Resume_RecordsArrivedWhereNothingWasLeft_AreSeenAgain()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ErasureReceipt first = Of(await sandbox.EraseAsync(await sandbox.PlanAsync("nobody")), Archive);
        sandbox.Server.World.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(Verdict.Absent, Of(await sandbox.ResumeAsync(first.RequestId), Archive).Verdict);
        Put(sandbox, "nobody", records: 3);

        Assert.NotEqual(Verdict.Absent, Of(await sandbox.ResumeAsync(first.RequestId), Archive).Verdict);
    }

    [Fact]
    public async Task Erase_ArchiveHasNotChangedSinceThePlan_IsListedAgainAndNoBlobOfItIsReadTwice()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ErasurePlan plan = await sandbox.PlanAsync("nobody");
        long last = sandbox.Server.RequestLog.After(0).Max(request => request.Sequence);

        await sandbox.EraseAsync(plan);

        List<LoggedRequest> since =
        [
            .. sandbox
                .Server.RequestLog.After(last)
                .Where(request =>
                    request is { Service: "blob", Method: "GET" } && request.Target.StartsWith("/raw-json", StringComparison.Ordinal)
                ),
        ];
        Assert.Contains(since, request => request.Target.Contains("comp=list", StringComparison.Ordinal));
        Assert.DoesNotContain(since, request => request.Target.StartsWith("/raw-json/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Certificate_NothingWasErasedInAPlace_SaysThatAndWhenAndHowItWasRead()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        DateTimeOffset before = sandbox.Server.World.Clock.GetUtcNow().AddSeconds(-2);
        await sandbox.EraseAsync(await sandbox.PlanAsync("nobody"));

        ErasureCertificateCheck certified = await CertifiedAsync(sandbox);

        Assert.True(certified.IsValid, certified.Reason);
        CertifiedLocation archive = certified.Locations.Single(location => location.Place.EndsWith(Archive, StringComparison.Ordinal));
        Assert.True(archive.VerifiedAt >= before, $"{archive.VerifiedAt:u}");
        Assert.Contains("ETag", archive.Reading, StringComparison.Ordinal);
        Assert.Equal("Nothing was erased here.", archive.Method);
    }

    [Fact]
    public async Task Certificate_PlaceThatNobodyCounted_HasNoNumbers()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ErasurePlan plan = await sandbox.PlanAsync("dev1");
        List<ErasureReceipt> receipts = await sandbox.EraseAsync(plan);

        ErasureCertificateCheck certified = await CertifiedAsync(sandbox);
        DataRequest request = await sandbox.RequestAsync();

        ErasureReceipt webhook = receipts.First(receipt => receipt.Kind == LocationKinds.Webhook);
        Assert.Equal((null, null, null), (webhook.RecordsPlanned, webhook.RecordsErased, webhook.RecordsRemaining));
        CertifiedLocation location = certified.Locations.Single(one => one.LocationId == webhook.Location.Id);
        Assert.Equal((null, null, null), (location.RecordsPlanned, location.RecordsErased, location.RecordsRemaining));
        DataRequestLocation shown = request.Locations.Single(one => one.LocationId == webhook.Location.Id);
        Assert.Equal((null, null, null), (shown.RecordsPlanned, shown.RecordsErased, shown.RecordsRemaining));
        Assert.Contains(
            "(not counted)",
            plan.Steps.First(step => step.Location.Id == webhook.Location.Id).Target,
            StringComparison.Ordinal
        );
        Assert.True(certified.IsValid, certified.Reason);
    }

    [Fact]
    public async Task Resume_VerdictStays_KeepsTheSentenceOfTheFirstRun()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        List<ErasureReceipt> first = await sandbox.EraseAsync(await sandbox.PlanAsync("dev1"));

        List<ErasureReceipt> second = await sandbox.ResumeAsync(first[0].RequestId);

        Assert.All(first.Zip(second).Where(pair => pair.First.Verdict == pair.Second.Verdict && pair.First.Detail is not null), pair =>
            Assert.NotNull(pair.Second.Detail)
        );
    }

    [Fact]
    public async Task Answer_WhatIsLeftOnlyExpires_IsNotedWithThePlanAndTheRequestIsNoLongerDue()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        List<ErasureReceipt> receipts = await sandbox.EraseAsync(await sandbox.PlanAsync("dev1"));

        DataRequest answered = await sandbox.ChangeAsync(
            new AnswerOptions { RequestId = receipts[0].RequestId, Note = "Written to Ana Lopez" }
        );

        Assert.NotNull(answered.AnsweredAt);
        Assert.Equal("Written to Ana Lopez", answered.AnswerNote);

        // Owners have still to act here: what was noted changes nothing of that.
        Assert.Equal(DataRequestStatus.ActionNeeded, answered.Status);
        Assert.Contains(sandbox.Events, told =>
            told is NoticeEvent { Level: NoticeLevel.Warning } notice && notice.Text.Contains("remains due", StringComparison.Ordinal)
        );
        ErasureCertificateCheck certified = await CertifiedAsync(sandbox);
        Assert.NotNull(certified.Locations.Single(location => location.Kind == LocationKinds.JobHistory).Until);
    }

    private static void DeleteInPortal(RequestSandbox sandbox, string deviceId)
    {
        lock (sandbox.Server.World.Registry.Gate)
            sandbox.Server.World.Registry.Delete(sandbox.Server.World.Registry.Device(deviceId));
    }

    private static void Put(RequestSandbox sandbox, string deviceId, int records, string generation = "g")
    {
        DateTimeOffset then = sandbox.Server.World.Clock.GetUtcNow().AddHours(-3);
        List<RoutedMessage> messages =
        [
            .. Enumerable
                .Range(0, records)
                .Select(number => new RoutedMessage(
                    then.AddSeconds(number),
                    deviceId,
                    generation,
                    Encoding.UTF8.GetBytes($$"""{"n":{{number}}}""")
                )
                {
                    IsJson = true,
                }),
        ];
        sandbox
            .Server.World.Blobs.GetOrAddAccount(WorldNames.PlainAccount)
            .GetOrAddContainer("raw-json")
            .Put(
                $"contoso-hub/00/{then:yyyy/MM/dd/HH/mm}.json",
                RoutedFile.Write(messages, RoutedEncoding.Json),
                new BlobSeed { LastModified = then }
            );
    }

    /// <summary>Without the check, which on a machine whose clock is slow takes a right time for one to come.</summary>
    private static DateTimeOffset IssuedAt(string path)
    {
        using var envelope = JsonDocument.Parse(File.ReadAllBytes(path));
        using var statement = JsonDocument.Parse(envelope.RootElement.GetProperty("payload").GetBytesFromBase64());
        return statement.RootElement.GetProperty("predicate").GetProperty("issuedAt").GetDateTimeOffset();
    }

    private static async Task<ErasureCertificateCheck> CertifiedAsync(RequestSandbox sandbox) =>
        Assert.Single(await sandbox.CheckAsync((await sandbox.RequestAsync()).Certificates[^1].Path!));

    private static ErasureReceipt Of(IEnumerable<ErasureReceipt> receipts, string container) =>
        receipts.Single(receipt => receipt.Place.EndsWith(container, StringComparison.Ordinal));
}
