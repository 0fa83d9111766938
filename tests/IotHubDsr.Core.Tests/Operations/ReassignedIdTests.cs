using System.Text;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Sandbox.Hub;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Operations;

/// <summary>An ID that was given to somebody else is not the planned device, whatever the plan could not know of it.</summary>
public sealed class ReassignedIdTests
{
    private const string NewFile = "dev1/new-owner.bin";

    [Fact]
    public async Task Resume_RegistryWasUnreadableWhenPlannedAndTheIdIsReassigned_TouchesNothingOfTheNewDevice()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        sandbox.Server.Access.Denied = ["hub:RegistryRead"];
        await sandbox.EraseAsync(await sandbox.PlanAsync("dev1"));
        sandbox.Server.Access.Denied = [];
        string generation = Reassign(sandbox);
        string blob = PutNewOwnersData(sandbox, generation);

        List<ErasureReceipt> receipts = await sandbox.ResumeAsync((await sandbox.RequestAsync()).RequestId);

        AssertNewOwnerIsWhole(sandbox, generation, blob);
        Assert.Equal(Verdict.OwnerAction, receipts.Single(receipt => receipt.Kind == LocationKinds.DeviceRegistry).Verdict);
        Assert.Contains(sandbox.Reported, fault => fault.Id == "DeviceRecreated");
        Assert.Contains("| Remove-IotDeviceData", (await sandbox.RequestAsync()).NextAction, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ResumeAndVerify_DeviceWasAbsentWhenPlannedAndTheIdIsReassigned_LeaveItAndAdviseAFurtherPlan()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        Delete(sandbox);
        sandbox.Server.World.Clock.Advance(TimeSpan.FromHours(3));
        await sandbox.EraseAsync(await sandbox.PlanAsync("dev1"));
        string requestId = (await sandbox.RequestAsync()).RequestId;
        string generation = Reassign(sandbox);
        string blob = PutNewOwnersData(sandbox, generation);

        ErasureReceipt verified = (await sandbox.VerifyAsync(requestId)).Single(receipt => receipt.Kind == LocationKinds.DeviceRegistry);
        string? advice = (await sandbox.RequestAsync()).NextAction;
        List<ErasureReceipt> receipts = await sandbox.ResumeAsync(requestId);

        Assert.Equal(Verdict.OwnerAction, verified.Verdict);
        Assert.Contains("| Remove-IotDeviceData", advice, StringComparison.Ordinal);
        AssertNewOwnerIsWhole(sandbox, generation, blob);
        Assert.All(receipts.Where(receipt => receipt.Kind is LocationKinds.DeviceRegistry or LocationKinds.CloudToDeviceQueue), receipt =>
            Assert.Equal(0, receipt.RecordsErased)
        );
        Assert.Contains(sandbox.Reported, fault => fault.Id == "DeviceRecreated");
    }

    [Fact]
    public async Task EraseAndExport_IdIsReassignedBetweenRegistrationAndPlan_TouchNothingOfTheNewDevice()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        string requestId = (await sandbox.RegisterAsync(null, "dev1")).RequestId;
        string generation = Reassign(sandbox);
        string blob = PutNewOwnersData(sandbox, generation);
        ErasurePlan plan = await sandbox.PlanAsync("dev1");

        DsrException erased = await Assert.ThrowsAsync<DsrException>(() => sandbox.EraseAsync(plan, requestId: requestId));
        DsrException exported = await Assert.ThrowsAsync<DsrException>(() =>
            sandbox.ExportAsync(options => options with { RequestId = requestId }, "dev1")
        );

        Assert.Equal(("DeviceReassigned", "DeviceReassigned"), (erased.Fault.Id, exported.Fault.Id));
        AssertNewOwnerIsWhole(sandbox, generation, blob);
        Assert.False(Path.Exists(sandbox.PackagePath));
        Assert.Null((await sandbox.RequestAsync()).PlanDigest);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task FindAndExport_RecordsOfAnEarlierDeviceOfTheId_CountThemAndWarn(bool newOwnerHasSent)
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        DeviceDataFinding before = (await sandbox.FindAsync("dev1")).Single(found =>
            found.Place.EndsWith("/raw-json", StringComparison.Ordinal)
        );
        bool warnedBefore = Warnings(sandbox).Any();
        string generation = Reassign(sandbox);
        if (newOwnerHasSent)
            PutNewOwnersData(sandbox, generation);

        DeviceDataFinding after = (await sandbox.FindAsync("dev1")).Single(found =>
            found.Place.EndsWith("/raw-json", StringComparison.Ordinal)
        );
        string found = Assert.Single(Warnings(sandbox));
        sandbox.Events.Clear();
        DataExport export = await sandbox.ExportAsync("dev1");
        string exported = Assert.Single(Warnings(sandbox));
        sandbox.Events.Clear();
        ErasurePlan narrowed = await sandbox.PlanAsync(new RecordScope { GenerationId = generation }, "dev1");

        Assert.False(warnedBefore);
        Assert.Equal(0, before.OtherGenerationRecords);
        // Of the hub's two records of the change, that of the deletion is the first device's.
        Assert.Equal(
            (before.RecordCount + 1, newOwnerHasSent ? 8L : 1),
            (after.OtherGenerationRecords, after.RecordCount - after.OtherGenerationRecords)
        );
        Assert.Contains("sent under another generation ID", after.Detail, StringComparison.Ordinal);
        Assert.Contains("-GenerationId", found, StringComparison.Ordinal);
        Assert.Contains("'dev1' (", exported, StringComparison.Ordinal);
        Assert.Contains(export.Completeness, line =>
            line.OtherGenerationRecords == after.OtherGenerationRecords && line.Place == after.Place
        );
        Assert.Empty(Warnings(sandbox));
        Assert.All(narrowed.Steps, step => Assert.Equal(0, step.Finding.OtherGenerationRecords));
    }

    [Fact]
    public async Task Resume_RecordsOfAnotherDeviceOfTheIdFromTheMomentOfThePlan_LeavesThemAndAdvisesAFurtherPlan()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        ErasurePlan plan = await sandbox.PlanAsync("dev1");
        await sandbox.EraseAsync(plan);
        string requestId = (await sandbox.RequestAsync()).RequestId;

        // The plan's time is that of the services, which tell it in whole seconds.
        DateTimeOffset then = plan.CreatedAt.AddMilliseconds(-700);
        string blob = $"{WorldNames.HubName}/07/{then:yyyy/MM/dd/HH/mm}-late.json";
        RoutedMessage theirs = new(then, "dev1", "638000000000000000", "{}"u8.ToArray()) { IsJson = true };
        Routed(sandbox).Put(blob, RoutedFile.Write([theirs], RoutedEncoding.Json), new BlobSeed { LastModified = then });
        sandbox.Server.World.Clock.Advance(TimeSpan.FromHours(3));

        ErasureReceipt receipt = (await sandbox.ResumeAsync(requestId)).Single(one =>
            one.Place.EndsWith("/raw-json", StringComparison.Ordinal)
        );

        Assert.Equal(1, Lines(sandbox, blob));
        Assert.Equal((Verdict.OwnerAction, 1L), (receipt.Verdict, receipt.RecordsRemaining));
        Assert.Contains("another generation ID", receipt.Detail, StringComparison.Ordinal);
        Assert.Contains("| Remove-IotDeviceData", (await sandbox.RequestAsync()).NextAction, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task FurtherPlanAndExport_IdIsReassignedAfterTheErasure_TouchNothingOfTheNewDevice(bool namesGeneration)
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        string requestId = (await sandbox.RegisterAsync(null, "dev1")).RequestId;
        await sandbox.EraseAsync(await sandbox.PlanAsync("dev1"), requestId: requestId);
        string generation = Reassign(sandbox);
        string blob = PutNewOwnersData(sandbox, generation);
        ErasurePlan further = await sandbox.PlanAsync(
            namesGeneration ? new RecordScope { GenerationId = generation } : RecordScope.All,
            "dev1"
        );

        DsrException erased = await Assert.ThrowsAsync<DsrException>(() => sandbox.EraseAsync(further, requestId: requestId));
        DsrException exported = await Assert.ThrowsAsync<DsrException>(() =>
            sandbox.ExportAsync(options => options with { RequestId = requestId }, "dev1")
        );

        Assert.Equal(("DeviceReassigned", "DeviceReassigned"), (erased.Fault.Id, exported.Fault.Id));
        AssertNewOwnerIsWhole(sandbox, generation, blob);
        Assert.False(Path.Exists(sandbox.PackagePath));
    }

    [Fact]
    public async Task FurtherPlan_OfARequestThatCouldNotTellItsDevices_GoesByTheFirstPlan()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        sandbox.Server.Access.Denied = ["hub:RegistryRead"];
        string requestId = (await sandbox.RegisterAsync(null, "dev1")).RequestId;
        sandbox.Server.Access.Denied = [];
        await sandbox.EraseAsync(await sandbox.PlanAsync("dev1"), requestId: requestId);
        string generation = Reassign(sandbox);
        string blob = PutNewOwnersData(sandbox, generation);
        ErasurePlan further = await sandbox.PlanAsync("dev1");

        DsrException erased = await Assert.ThrowsAsync<DsrException>(() => sandbox.EraseAsync(further, requestId: requestId));

        Assert.Equal("DeviceReassigned", erased.Fault.Id);
        AssertNewOwnerIsWhole(sandbox, generation, blob);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Resume_AnotherDeviceHadTheIdAndIsGoneAgain_LeavesWhatDoesNotTellWhoseItIs(bool isFurtherPlan)
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        string requestId = (await sandbox.RegisterAsync(null, "dev1")).RequestId;
        await sandbox.EraseAsync(await sandbox.PlanAsync("dev1"), requestId: requestId);
        sandbox.Server.World.Clock.Advance(TimeSpan.FromMinutes(1));
        string generation = Create(sandbox);
        DateTimeOffset then = sandbox.Server.World.Clock.GetUtcNow();
        string blob = PutNewOwnersData(sandbox, generation, then);
        Delete(sandbox);
        sandbox.Server.World.Clock.Advance(TimeSpan.FromDays(2));

        List<ErasureReceipt> receipts = isFurtherPlan
            ? await sandbox.EraseAsync(await sandbox.PlanAsync("dev1"), requestId: requestId)
            : await sandbox.ResumeAsync(requestId);

        Assert.Equal(7, Lines(sandbox, blob));
        Assert.Single(Uploads(sandbox).List(NewFile));
        Assert.Equal(Verdict.OwnerAction, receipts.Single(receipt => receipt.Kind == LocationKinds.FileUploadContainer).Verdict);
        Assert.Contains(sandbox.Reported, fault => fault.Id == "DeviceUncertain");
    }

    [Fact]
    public async Task Resume_AnotherDeviceWasMetByTheFirstRunAndIsGoneAgain_LeavesWhatDoesNotTellWhoseItIs()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        ErasurePlan plan = await sandbox.PlanAsync("dev1");
        Delete(sandbox);
        Create(sandbox);
        DateTimeOffset then = sandbox.Server.World.Clock.GetUtcNow();
        Uploads(sandbox).Put(NewFile, new byte[100], new BlobSeed { LastModified = then });
        await sandbox.EraseAsync(plan);
        Delete(sandbox);
        sandbox.Server.World.Clock.Advance(TimeSpan.FromDays(2));

        List<ErasureReceipt> receipts = await sandbox.ResumeAsync((await sandbox.RequestAsync()).RequestId);

        Assert.Single(Uploads(sandbox).List(NewFile));
        Assert.Equal(Verdict.OwnerAction, receipts.Single(receipt => receipt.Kind == LocationKinds.FileUploadContainer).Verdict);
    }

    [Fact]
    public async Task Erase_RegistryWasUnreadableAtTheRegistration_GoesByThePlan()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        sandbox.Server.Access.Denied = ["hub:RegistryRead"];
        string requestId = (await sandbox.RegisterAsync(null, "dev1")).RequestId;
        sandbox.Server.Access.Denied = [];

        List<ErasureReceipt> receipts = await sandbox.EraseAsync(await sandbox.PlanAsync("dev1"), requestId: requestId);

        Assert.Equal(Verdict.Erased, receipts.Single(receipt => receipt.Kind == LocationKinds.DeviceRegistry).Verdict);
    }

    [Fact]
    public async Task Erase_DeviceWasAbsentWhenPlanned_ErasesOnlyWhatIsOlderThanTheReceipt()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        Delete(sandbox);
        DataRequest request = await sandbox.RegisterAsync(sandbox.Server.World.Clock.GetUtcNow(), "dev1");
        sandbox.Server.World.Clock.Advance(TimeSpan.FromDays(22));
        string blob = PutNewOwnersData(sandbox, "of-somebody-who-is-gone");

        await sandbox.EraseAsync(await sandbox.PlanAsync("dev1"), requestId: request.RequestId);

        Assert.Equal(7, Lines(sandbox, blob));
        Assert.Single(Uploads(sandbox).List(NewFile));
        Assert.Contains(sandbox.Reported, fault => fault.Id == "DeviceUncertain");
        Assert.DoesNotContain(
            (await sandbox.FindAsync("dev1")).Single(found => found.Kind == LocationKinds.FileUploadContainer).Items,
            item => item.Path != NewFile && !item.IsOldCopy
        );
    }

    [Fact]
    public async Task Erase_IdIsReassignedBetweenTwoStagesAndItsFileIsWrittenAgain_LeavesTheNewFile()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        ErasurePlan plan = await sandbox.PlanAsync("dev1");
        string file = plan
            .Steps.Single(step => step.Location.Kind == LocationKinds.FileUploadContainer)
            .Finding.Items.First(item => !item.IsOldCopy)
            .Path;
        bool done = false;
        sandbox.Server.RequestLog.Observer = request =>
        {
            if (!done && request.Method == "DELETE" && request.Target.Contains(file, StringComparison.Ordinal) && request.Status == 0)
            {
                done = true;
                Create(sandbox);
                Uploads(sandbox).Put(file, "new"u8.ToArray(), new BlobSeed { LastModified = sandbox.Server.World.Clock.GetUtcNow() });
            }
        };

        await sandbox.EraseAsync(plan);

        Assert.True(done);
        Assert.Equal(
            "new",
            Encoding.UTF8.GetString(Uploads(sandbox).List(file).Single(blob => blob.Name == file && blob.IsCurrent).Content.Span)
        );
        Assert.Contains(sandbox.Reported, fault => fault.Id == "DeviceRecreated");
    }

    private static IEnumerable<string> Warnings(RequestSandbox sandbox) =>
        sandbox
            .Events.OfType<NoticeEvent>()
            .Where(notice => notice.Level == NoticeLevel.Warning && notice.Text.Contains("another generation ID", StringComparison.Ordinal))
            .Select(notice => notice.Text);

    private static void Delete(RequestSandbox sandbox)
    {
        HubRegistry registry = sandbox.Server.World.Registry;
        lock (registry.Gate)
        {
            if (registry.Devices.Any(device => device.DeviceId == "dev1"))
                registry.Delete(registry.Device("dev1"));
        }
    }

    private static string Create(RequestSandbox sandbox)
    {
        lock (sandbox.Server.World.Registry.Gate)
            return sandbox.Server.World.Registry.Create("dev1", []).GenerationId;
    }

    /// <summary>Weeks later the ID belongs to somebody else.</summary>
    private static string Reassign(RequestSandbox sandbox)
    {
        sandbox.Server.World.Clock.Advance(TimeSpan.FromDays(20));
        Delete(sandbox);
        string generation = Create(sandbox);
        sandbox.Server.World.Clock.Advance(TimeSpan.FromDays(2));
        return generation;
    }

    private static string PutNewOwnersData(RequestSandbox sandbox, string generation) =>
        PutNewOwnersData(sandbox, generation, sandbox.Server.World.Clock.GetUtcNow().AddDays(-1));

    private static string PutNewOwnersData(RequestSandbox sandbox, string generation, DateTimeOffset then)
    {
        string blob = $"{WorldNames.HubName}/07/{then:yyyy/MM/dd/HH/mm}.json";
        Routed(sandbox)
            .Put(
                blob,
                RoutedFile.Write(
                    [
                        .. Enumerable
                            .Range(0, 7)
                            .Select(_ => new RoutedMessage(then, "dev1", generation, "{}"u8.ToArray()) { IsJson = true }),
                    ],
                    RoutedEncoding.Json
                ),
                new BlobSeed { LastModified = then }
            );
        Uploads(sandbox).Put(NewFile, new byte[100], new BlobSeed { LastModified = then });
        return blob;
    }

    private static void AssertNewOwnerIsWhole(RequestSandbox sandbox, string generation, string blob)
    {
        Assert.Single(sandbox.Server.World.Registry.Devices, device => device.DeviceId == "dev1" && device.GenerationId == generation);
        Assert.Equal(7, Lines(sandbox, blob));
        Assert.Single(Uploads(sandbox).List(NewFile));
    }

    private static int Lines(RequestSandbox sandbox, string blob) =>
        Encoding.UTF8.GetString(Routed(sandbox).List(blob).Single().Content.Span).Split('\n').Count(line => line.Length > 0);

    private static BlobContainer Routed(RequestSandbox sandbox) =>
        sandbox.Server.World.Blobs.GetOrAddAccount(WorldNames.PlainAccount).GetOrAddContainer("raw-json");

    private static BlobContainer Uploads(RequestSandbox sandbox) =>
        sandbox.Server.World.Blobs.GetOrAddAccount(WorldNames.UploadAccount).GetOrAddContainer(WorldNames.UploadContainer);
}
