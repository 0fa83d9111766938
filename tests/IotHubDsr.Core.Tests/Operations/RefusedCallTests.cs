using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Operations;

/// <summary>What a run says of calls that a service refuses, or whose answer is lost.</summary>
public sealed class RefusedCallTests
{
    [Theory]
    [InlineData(500, 3)]
    [InlineData(0, 1)]
    public async Task Erase_AnswerToThePurgeIsLost_CountsWhatWaited(int status, int times)
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        ErasurePlan plan = await sandbox.PlanAsync("dev1");
        sandbox.Server.Faults.Add(
            status == 0
                ? new FaultRule
                {
                    Service = "hub",
                    Method = "DELETE",
                    PathContains = "/commands",
                    Times = times,
                    ResetAfterBytes = 0,
                }
                : new FaultRule
                {
                    Service = "hub",
                    Method = "DELETE",
                    PathContains = "/commands",
                    Times = times,
                    Status = status,
                }
        );

        ErasureReceipt queue = (await sandbox.EraseAsync(plan)).Single(receipt => receipt.Kind == LocationKinds.CloudToDeviceQueue);

        Assert.Equal((Verdict.Erased, 3L, 3L), (queue.Verdict, queue.RecordsPlanned, queue.RecordsErased));
    }

    [Fact]
    public async Task Erase_PurgeIsRefusedForWantOfARight_SaysSoAndNeverThatItWasErased()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        ErasurePlan plan = await sandbox.PlanAsync("dev1");
        sandbox.Server.Faults.Add(
            new FaultRule
            {
                Service = "hub",
                Method = "DELETE",
                PathContains = "/commands",
                Times = 100,
                Status = 403,
            }
        );

        ErasureReceipt queue = (await sandbox.EraseAsync(plan)).Single(receipt => receipt.Kind == LocationKinds.CloudToDeviceQueue);

        Assert.NotEqual(Verdict.Erased, queue.Verdict);
        Fault fault = Assert.Single(sandbox.Reported, fault => fault.Id == "PermissionMissing");
        Assert.Contains("IoT Hub Data Contributor", fault.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Erase_DeletionIsRefusedForWantOfARight_IsOneErrorThatNamesRoleAndScope()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        ErasurePlan plan = await sandbox.PlanAsync("dev1", "th-001");
        sandbox.Server.Faults.Add(
            new FaultRule
            {
                Service = "hub",
                Method = "POST",
                PathContains = "/devices",
                Times = 100,
                Status = 403,
            }
        );

        List<ErasureReceipt> receipts = await sandbox.EraseAsync(plan);

        // Queries are posted as well.
        Fault fault = Assert.Single(sandbox.Reported, fault =>
            fault.Id == "PermissionMissing" && !fault.Message.Contains("query device twins", StringComparison.Ordinal)
        );
        Assert.Contains("IoT Hub Data Contributor", fault.RecommendedAction, StringComparison.Ordinal);
        Assert.Contains("/providers/Microsoft.Devices/IotHubs/", fault.RecommendedAction, StringComparison.OrdinalIgnoreCase);
        Assert.All(receipts.Where(receipt => receipt.Kind == LocationKinds.DeviceRegistry), receipt =>
            Assert.Equal((Verdict.Present, 0L), (receipt.Verdict, receipt.RecordsErased))
        );
    }

    [Fact]
    public async Task Erase_WritesToManyBlobsAreRefused_IsOneErrorForThePlace()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        ErasurePlan plan = await sandbox.PlanAsync("dev1");
        Assert.True(At(plan, "raw-json").Finding.Items.Count > 1);
        sandbox.Server.Faults.Add(
            new FaultRule
            {
                Service = "blob",
                Method = "PUT",
                PathContains = "/raw-json/",
                Times = 1000,
                Status = 403,
            }
        );

        await sandbox.EraseAsync(plan);

        Fault fault = Assert.Single(sandbox.Reported, fault =>
            fault.Id == "PermissionMissing" && fault.Message.Contains("raw-json", StringComparison.Ordinal)
        );
        Assert.EndsWith("/raw-json", fault.Target, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resume_PlaceCannotBeRead_DoesNotSayThatItDoesNotExist()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        ErasurePlan plan = await sandbox.PlanAsync("dev1");
        await sandbox.EraseUntilAsync(plan, request =>
            request.Method == "DELETE" && request.Target.Contains("/commands", StringComparison.Ordinal)
        );
        sandbox.Server.Access.Denied = ["hub:RegistryRead"];

        await sandbox.ResumeAsync((await sandbox.RequestAsync()).RequestId);

        Assert.DoesNotContain(sandbox.Reported, fault => fault.Id == "LocationMissing");
        Assert.Contains(sandbox.Reported, fault => fault.Id == "DeviceUncertain");
    }

    [Fact]
    public async Task Resume_PlaceCannotBeRead_SaysInReceiptAndJournalThatItCouldNotBeRead()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        ErasurePlan plan = await sandbox.PlanAsync("dev1");
        await sandbox.EraseUntilAsync(plan, request =>
            request.Method == "DELETE" && request.Target.Contains("/commands", StringComparison.Ordinal)
        );
        sandbox.Server.Access.Denied = [$"blob:{WorldNames.PlainAccount}/raw-json"];
        string requestId = (await sandbox.RequestAsync()).RequestId;

        ErasureReceipt receipt = At(await sandbox.ResumeAsync(requestId), "raw-json");

        Assert.Equal((Verdict.Unreachable, 0L), (receipt.Verdict, receipt.RecordsErased));
        Assert.Contains("/raw-json could not be read, so nothing was changed there: ", receipt.Detail, StringComparison.Ordinal);

        // Whoever reads the journal years later must not take the place for one that was gone.
        string journal = File.ReadAllText(Path.Combine(sandbox.RequestStore, requestId, "journal.jsonl"));
        Assert.Contains("\"LocationUnreadable\"", journal, StringComparison.Ordinal);
        Assert.DoesNotContain("LocationMissing", journal, StringComparison.Ordinal);
    }

    private static ErasureReceipt At(List<ErasureReceipt> receipts, string container) =>
        receipts.Single(receipt => receipt.Location.Place.EndsWith("/" + container, StringComparison.Ordinal));

    private static ErasureStep At(ErasurePlan plan, string container) =>
        plan.Steps.Single(step => step.Location.Place.EndsWith("/" + container, StringComparison.Ordinal));
}
