using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.Storage.Blobs;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Operations;

/// <summary>What an operator holds: it stays, whatever else of the request goes on.</summary>
public sealed class HoldTests
{
    private const string Secret = "Court order 17 O 4711";

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private static HoldOptions HoldOn(DataRequest request, ErasureStep step, SeenItem item) =>
        new()
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
        string locationId = (await sandbox.PlanAsync("dev1"))
            .Steps.Single(step => step.Location.Place.EndsWith("/paused-archive", StringComparison.Ordinal))
            .Location.Id;
        var hold = new HoldOptions
        {
            RequestId = request.RequestId,
            LocationId = locationId,
            Ground = Secret,
            ReviewAt = Now.AddDays(30),
        };

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
        Assert.Equal(step.Finding.RecordCount - item.Records, receipt.RecordsErased);
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
        SeenItem item = heldStep.Finding.Items.First(one =>
            one.Records > 0 && other.Finding.Items.Any(its => its.Path == one.Path && its.Records > 0)
        );
        DataRequest request = await sandbox.RegisterAsync(null, "dev1", "Dev1");
        await sandbox.ChangeAsync(HoldOn(request, heldStep, item));

        List<ErasureReceipt> receipts = await sandbox.EraseAsync(plan, requestId: request.RequestId);

        ErasureReceipt[] given = [.. receipts.Where(one => one.Location.Id == heldStep.Location.Id)];
        ErasureReceipt held = given.Single(one => one.DeviceId == "dev1");
        Assert.Equal(
            (Verdict.Held, item.Records, heldStep.Finding.RecordCount - item.Records),
            (held.Verdict, held.RecordsRemaining, held.RecordsErased)
        );
        ErasureReceipt erased = given.Single(one => one.DeviceId == "Dev1");
        Assert.Equal(
            (Verdict.ErasurePending, 0L, other.Finding.RecordCount),
            (erased.Verdict, erased.RecordsRemaining, erased.RecordsErased)
        );
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Hold_ForOneOfTwoDevices_KeepsItsRecordsThatNameTheOther(bool isItem)
    {
        await using RequestSandbox sandbox = await ScopedWorld.StartAsync();
        RoutedMessage own = ScopedWorld.Message("dev1", "g", 0);
        RoutedMessage naming = ScopedWorld.Message("Dev1", "g", 1) with { Body = """{"about":"dev1"}"""u8.ToArray() };
        ScopedWorld.Put(sandbox, [own, naming]);
        ErasurePlan plan = await sandbox.PlanAsync(new RecordScope { IncludeMentioned = true }, "dev1", "Dev1");
        ErasureStep held = plan.Steps.Single(step =>
            step.DeviceId == "Dev1" && step.Location.Place.EndsWith("/" + ScopedWorld.Container, StringComparison.Ordinal)
        );
        DataRequest request = await sandbox.RegisterAsync(null, "dev1", "Dev1");
        HoldOptions hold = HoldOn(request, held, held.Finding.Items[0]);
        await sandbox.ChangeAsync(isItem ? hold : hold with { Item = null });

        List<ErasureReceipt> receipts = await sandbox.EraseAsync(plan, requestId: request.RequestId);

        Assert.Equal(ScopedWorld.Text([naming]), ScopedWorld.Text(sandbox));
        ErasureReceipt[] given = [.. receipts.Where(receipt => receipt.Location.Id == held.Location.Id)];
        Assert.Equal(
            [(Verdict.Held, 0L, 1L), (Verdict.Present, 1L, 1L)],
            given
                .OrderBy(receipt => receipt.DeviceId, StringComparer.Ordinal)
                .Select(receipt => (receipt.Verdict, receipt.RecordsErased ?? -1, receipt.RecordsRemaining ?? -1))
        );
        Assert.Contains(sandbox.Events.OfType<NoticeEvent>(), notice =>
            notice.Text.Contains("1 record stayed, as a device that is held has a part in it", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("/raw-json")]
    [InlineData("/device-uploads")]
    public async Task Hold_OnAnOldCopy_KeepsItWhenOldVersionsAreErased(string container)
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        (string account, string name) =
            container == "/raw-json" ? (WorldNames.PlainAccount, "raw-json") : (WorldNames.UploadAccount, WorldNames.UploadContainer);
        BlobContainer blobs = sandbox.Server.World.Blobs.GetOrAddAccount(account).GetOrAddContainer(name);
        ErasureStep found = (await sandbox.PlanAsync("dev1")).Steps.Single(one =>
            one.Location.Place.EndsWith(container, StringComparison.Ordinal)
        );
        string current = found.Finding.Items.First(one => one is { Records: > 0, IsOldCopy: false }).Path;
        lock (blobs.Gate)
        {
            Assert.True(blobs.TryGetEntry(current, out BlobEntry? entry));
            entry.TakeSnapshot(entry.Current!, entry.Current!);
        }

        ErasurePlan plan = await sandbox.PlanAsync(includeOldVersions: true, "dev1");
        ErasureStep step = plan.Steps.Single(one => one.Location.Id == found.Location.Id);
        SeenItem copy = step.Finding.Items.Single(one =>
            one.IsOldCopy && one.Name == current && one.Path.Contains("?snapshot=", StringComparison.Ordinal)
        );
        DataRequest request = await sandbox.RegisterAsync(null, "dev1");
        await sandbox.ChangeAsync(HoldOn(request, step, copy));

        ErasureReceipt receipt = (await sandbox.EraseAsync(plan, requestId: request.RequestId)).Single(one =>
            one.Location.Id == step.Location.Id
        );

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
        ErasureStep first = (await sandbox.PlanAsync("dev1")).Steps.Single(one =>
            one.Location.Place.EndsWith("/raw-json", StringComparison.Ordinal)
        );
        BlobContainer blobs = sandbox.Server.World.Blobs.GetOrAddAccount(WorldNames.PlainAccount).GetOrAddContainer("raw-json");
        DeviceDataFinding second = (await sandbox.FindAsync("Dev1")).Single(found => found.Location.Id == first.Location.Id);
        string current = first
            .Finding.Items.First(one => one is { Records: > 0, IsOldCopy: false } && second.Items.Any(its => its.Path == one.Path))
            .Path;
        lock (blobs.Gate)
        {
            Assert.True(blobs.TryGetEntry(current, out BlobEntry? entry));
            entry.TakeSnapshot(entry.Current!, entry.Current!);
        }

        ErasurePlan plan = await sandbox.PlanAsync(includeOldVersions: true, "dev1", "Dev1");
        ErasureStep step = plan.Steps.Single(one => one.DeviceId == "dev1" && one.Location.Id == first.Location.Id);
        SeenItem copy = step.Finding.Items.Single(one =>
            one.IsOldCopy && one.Name == current && one.Path.Contains("?snapshot=", StringComparison.Ordinal)
        );
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
        var mistyped = new HoldOptions
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

        DsrException refused = await Assert.ThrowsAsync<DsrException>(() =>
            sandbox.ChangeAsync(new HoldOptions { RequestId = request.RequestId, LocationId = "x" })
        );

        Assert.Equal("HoldNotFound", refused.Fault.Id);
    }
}
