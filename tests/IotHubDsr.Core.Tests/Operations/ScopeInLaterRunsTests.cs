using IotHubDsr.Sandbox.Hub;
using static IotHubDsr.Core.Tests.Operations.ScopedWorld;

namespace IotHubDsr.Core.Tests.Operations;

/// <summary>A request about some of a device's records touches nothing else in later runs, whoever has the ID by then.</summary>
public sealed class ScopeInLaterRunsTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Resume_IdBelongsToAnotherDeviceByNow_LeavesItsRecordsAlone(bool wasThere)
    {
        await using RequestSandbox sandbox = await StartAsync();
        string deviceId = wasThere ? "dev1" : "silent-9";
        Put(sandbox, Messages(deviceId, "old"));
        ErasurePlan plan = await sandbox.PlanAsync(deviceId);
        DataRequest request = await sandbox.RegisterAsync(null, deviceId);
        string locationId = plan.Steps.Single(step => step.Location.Place.EndsWith("/" + Container, StringComparison.Ordinal)).Location.Id;
        var hold = new HoldOptions
        {
            RequestId = request.RequestId,
            LocationId = locationId,
            Ground = "Case 7",
            ReviewAt = Start.AddYears(9),
        };
        await sandbox.ChangeAsync(hold);
        await sandbox.EraseAsync(plan, requestId: request.RequestId);
        await sandbox.ChangeAsync(hold with { Ground = null, ReviewAt = null });

        // Somebody else is given the ID, and sends.
        lock (sandbox.Server.World.Registry.Gate)
            sandbox.Server.World.Registry.Create(deviceId, []);
        Put(sandbox, Messages(deviceId, "old", deviceId, Device(sandbox, deviceId).GenerationId));
        string before = Text(sandbox);
        ErasureReceipt receipt = Of(await sandbox.ResumeAsync(request.RequestId), Container);

        Assert.Equal(before, Text(sandbox));
        Assert.Equal((Verdict.OwnerAction, 0L, 2L), (receipt.Verdict, receipt.RecordsErased, receipt.RecordsRemaining));
        Assert.Contains("the new device was not touched", receipt.Detail, StringComparison.Ordinal);

        // A plan about the old one alone still works.
        await sandbox.EraseAsync(await sandbox.PlanAsync(new RecordScope { GenerationId = "old" }, deviceId));
        Assert.Equal(Text(Messages("x", "y", deviceId, Device(sandbox, deviceId).GenerationId).Skip(1)), Text(sandbox));
    }

    [Fact]
    public async Task Erase_IdWasGivenToAnotherDeviceAfterThePlan_LeavesItsRecordsAlone()
    {
        await using RequestSandbox sandbox = await StartAsync();
        Put(sandbox, Messages("dev1", "old"));
        ErasurePlan plan = await sandbox.PlanAsync("dev1");
        lock (sandbox.Server.World.Registry.Gate)
        {
            sandbox.Server.World.Registry.Delete(Device(sandbox, "dev1"));
            sandbox.Server.World.Registry.Create("dev1", []);
        }

        Put(sandbox, Messages("dev1", "old", "dev1", Device(sandbox, "dev1").GenerationId));
        string before = Text(sandbox);

        List<ErasureReceipt> receipts = await sandbox.EraseAsync(plan);

        Assert.Equal(before, Text(sandbox));
        ErasureReceipt receipt = Of(receipts, Container);
        Assert.Equal((Verdict.OwnerAction, 0L, 2L), (receipt.Verdict, receipt.RecordsErased, receipt.RecordsRemaining));
        Assert.Contains("the new device was not touched", receipt.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("blocklist")]
    [InlineData("/in.txt")]
    public async Task Resume_WithScope_EndsLikeAnUndisturbedRun(string point)
    {
        var scope = new RecordScope
        {
            StartTime = Start.AddSeconds(3),
            EndTime = Start.AddSeconds(7),
            IncludeMentioned = true,
        };
        await using RequestSandbox undisturbed = await StartAsync();
        Fill(undisturbed);
        List<ErasureReceipt> expected = await undisturbed.EraseAsync(await undisturbed.PlanAsync(scope, "dev1"));
        await using RequestSandbox sandbox = await StartAsync();
        Fill(sandbox);

        await sandbox.EraseUntilAsync(await sandbox.PlanAsync(scope, "dev1"), request =>
            request.Method is "PUT" or "DELETE" && request.Target.Contains(point, StringComparison.Ordinal)
        );
        List<ErasureReceipt> receipts = await sandbox.ResumeAsync((await sandbox.RequestAsync()).RequestId);

        Assert.Equal(expected.Select(Facts), receipts.Select(Facts));
        Assert.Equal(Text(undisturbed), Text(sandbox));
        Assert.Equal(3, Device(sandbox, "dev1").PendingCommands);

        static void Fill(RequestSandbox world)
        {
            Put(world, [.. Enumerable.Range(0, 10).Select(number => Message("dev1", "g", number))]);
            PutUpload(world, "dev1/in.txt", Start.AddSeconds(4));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ResumeAndVerify_OfAFinishedRun_StillTouchNothingOutside(bool isWindow)
    {
        await using RequestSandbox sandbox = await StartAsync();
        Put(sandbox, Messages("dev1", "old", "dev1", "new"));
        RecordScope scope = isWindow ? new() { EndTime = Start.AddSeconds(1) } : new() { GenerationId = "old" };
        List<ErasureReceipt> first = await sandbox.EraseAsync(await sandbox.PlanAsync(scope, "dev1"));
        string requestId = first[0].RequestId,
            after = Text(sandbox);
        sandbox.Server.RequestLog.Clear();

        List<ErasureReceipt> resumed = await sandbox.ResumeAsync(requestId);
        List<ErasureReceipt> verified = await sandbox.VerifyAsync(requestId);

        Assert.DoesNotContain(sandbox.Server.RequestLog.After(0), request => request.Mutating);
        Assert.Equal(after, Text(sandbox));
        Assert.Equal(3, Device(sandbox, "dev1").PendingCommands);
        foreach (
            string place in (string[])
                [Container, LocationKinds.DeviceRegistry, LocationKinds.CloudToDeviceQueue, LocationKinds.FileUploadContainer]
        )
        {
            Assert.Equal(Of(first, place).Verdict, Of(resumed, place).Verdict);
            Assert.Equal(Of(first, place).Verdict, Of(verified, place).Verdict);
        }

        Assert.Equal(isWindow ? Verdict.OwnerAction : Verdict.Absent, Of(verified, LocationKinds.CloudToDeviceQueue).Verdict);
    }

    [Fact]
    public async Task Resume_AnotherDeviceTookTheId_LeavesItAndItsQueueAlone()
    {
        await using RequestSandbox sandbox = await StartAsync();
        ErasurePlan plan = await sandbox.PlanAsync(new RecordScope { GenerationId = Device(sandbox, "dev1").GenerationId }, "dev1");
        await sandbox.EraseUntilAsync(plan, request =>
            request.Method == "DELETE" && request.Target.Contains("/commands", StringComparison.Ordinal)
        );
        HubRegistry registry = sandbox.Server.World.Registry;
        lock (registry.Gate)
        {
            registry.Delete(registry.Device("dev1"));
            registry.Create("dev1", []).PendingCommands = 2;
        }

        sandbox.Server.RequestLog.Clear();
        await sandbox.ResumeAsync((await sandbox.RequestAsync()).RequestId);

        Assert.Equal(2, Device(sandbox, "dev1").PendingCommands);
        Assert.DoesNotContain(sandbox.Server.RequestLog.After(0), request => request is { Mutating: true, Service: "hub" });
    }

    [Fact]
    public async Task Erase_WindowThatHasNotEnded_StaysPendingUntilWhatIsInItHasArrived()
    {
        await using RequestSandbox sandbox = await StartAsync();
        DateTimeOffset end = sandbox.Server.World.Clock.GetUtcNow().AddHours(1);
        ErasurePlan plan = await sandbox.PlanAsync(new RecordScope { EndTime = end }, "nobody");

        ErasureReceipt receipt = (await sandbox.EraseAsync(plan)).Single(one =>
            one.Location.Place.EndsWith("/raw-json", StringComparison.Ordinal)
        );

        Assert.Equal(Verdict.ErasurePending, receipt.Verdict);
        Assert.Equal(end + receipt.Location.FlushTime, receipt.Until);
    }
}
