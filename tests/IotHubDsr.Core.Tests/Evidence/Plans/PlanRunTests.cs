using System.Text.Json.Nodes;
using IotHubDsr.Core.Evidence.Plans;
using IotHubDsr.Core.Tests.Operations;
using IotHubDsr.Sandbox.Hub;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Evidence.Plans;

/// <summary>A plan is saved, the world moves or does not, and the plan is run.</summary>
public sealed class PlanRunTests
{
    [Fact]
    public async Task Confirm_NothingChanged_ErasesWhatADirectErasureErases()
    {
        await using RequestSandbox direct = await RequestSandbox.StartAsync();
        await using RequestSandbox planned = await RequestSandbox.StartAsync();

        List<ErasureReceipt> expected = await direct.EraseAsync(await direct.PlanAsync("dev1", "it's"));
        ErasurePlan saved = await planned.SavePlanAsync("a.json", "dev1", "it's");
        ErasurePlan confirmed = await planned.ConfirmAsync(saved.Path!);
        List<ErasureReceipt> actual = await planned.EraseAsync(confirmed);

        Assert.Equal((saved.Digest, saved.CreatedAt, saved.Path), (confirmed.Digest, confirmed.CreatedAt, confirmed.Path));
        Assert.DoesNotContain(planned.Events, told => told is NoticeEvent { Level: NoticeLevel.Warning });
        Assert.Equal(expected.Select(Facts), actual.Select(Facts));
        Assert.True(actual.Sum(receipt => receipt.RecordsErased) > 0);
    }

    [Fact]
    public async Task Confirm_NewMessageWithinTolerance_ErasesItTooAndSaysSo()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ErasurePlan saved = await sandbox.SavePlanAsync("a.json", "dev1");
        Receive(sandbox, "dev1");

        ErasurePlan confirmed = await sandbox.ConfirmAsync(saved.Path!, tolerance: 1);
        List<ErasureReceipt> receipts = await sandbox.EraseAsync(confirmed);

        Assert.Contains(sandbox.Events, told =>
            told is NoticeEvent { Level: NoticeLevel.Warning } notice && notice.Text.Contains("/raw-json: ", StringComparison.Ordinal)
        );
        ErasureReceipt receipt = receipts.Single(one => IsRawJson(one.Location));
        Assert.Equal(saved.Steps.Single(step => IsRawJson(step.Location)).Finding.RecordCount + 1, receipt.RecordsErased);
        Assert.Equal(0, receipt.RecordsRemaining);
    }

    [Fact]
    public async Task Confirm_NewMessageBeyondTolerance_IsRefusedBeforeAnythingIsChanged()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ErasurePlan saved = await sandbox.SavePlanAsync("a.json", "dev1");
        Receive(sandbox, "dev1");
        Receive(sandbox, "dev1");

        Fault fault = await RefusalOf(() => sandbox.ConfirmAsync(saved.Path!, tolerance: 1));

        Assert.Equal("PlanChanged", fault.Id);
        Assert.Contains("device 'dev1' in RoutedBlobContainer contosorouted/raw-json", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(sandbox.Server.RequestLog.After(0), request => request.Mutating);
    }

    [Fact]
    public async Task Confirm_DeviceMadeAgain_IsRefusedAtAnyTolerance()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ErasurePlan saved = await sandbox.SavePlanAsync("a.json", "dev1");
        HubRegistry registry = sandbox.Server.World.Registry;
        lock (registry.Gate)
        {
            registry.Delete(registry.Device("dev1"));
            registry.Create("dev1", new JsonObject());
        }

        Fault fault = await RefusalOf(() => sandbox.ConfirmAsync(saved.Path!, tolerance: 1_000_000));

        Assert.Equal("PlanChanged", fault.Id);
        Assert.Contains("the device was deleted and created again", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Confirm_LocationCannotBeReadAnyMore_IsRefused()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ErasurePlan saved = await sandbox.SavePlanAsync("a.json", "dev1");
        sandbox.Server.Access.Denied = [$"blob:{WorldNames.VersionedAccount}"];

        Fault fault = await RefusalOf(() => sandbox.ConfirmAsync(saved.Path!, tolerance: 1_000_000));

        Assert.Equal("PlanChanged", fault.Id);
        Assert.Contains("it was Present, and is now Unreachable", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Confirm_DataWhereThePlanDoesNothing_StaysUntouched()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ErasurePlan saved = await sandbox.SavePlanAsync("a.json", "newcomer");
        Assert.All(saved.Steps, step => Assert.Equal(ErasureAction.None, step.Action));
        Receive(sandbox, "newcomer");

        ErasurePlan confirmed = await sandbox.ConfirmAsync(saved.Path!, tolerance: 1);
        List<ErasureReceipt> receipts = await sandbox.EraseAsync(confirmed);

        Assert.All(confirmed.Steps, step => Assert.Equal(ErasureAction.None, step.Action));
        ErasureReceipt receipt = receipts.Single(one => IsRawJson(one.Location));
        Assert.Equal((Verdict.Present, 1L, 0L), (receipt.Verdict, receipt.RecordsRemaining, receipt.RecordsErased));
        Assert.DoesNotContain(sandbox.Server.RequestLog.After(0), request => request.Mutating);
    }

    [Fact]
    public async Task Confirm_PlanOfAnotherHub_IsRefusedBeforeAnythingIsRead()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ErasurePlan plan = await sandbox.PlanAsync("dev1");
        long before = sandbox.Server.RequestLog.After(0).Max(request => request.Sequence);

        Fault byName = await RefusalOf(() =>
            sandbox.ConfirmAsync(PlanDocument.Seal(plan with { HubHostName = "other.azure-devices.net" }))
        );
        Fault byResource = await RefusalOf(() =>
            sandbox.ConfirmAsync(PlanDocument.Seal(plan with { HubResourceId = $"{plan.HubResourceId}2" }))
        );

        Assert.Equal(("PlanForOtherHub", "PlanForOtherHub"), (byName.Id, byResource.Id));
        Assert.Empty(sandbox.Server.RequestLog.After(before));
    }

    [Fact]
    public async Task Confirm_PlanAtHand_HoldsAndOneSetByHandIsRefused()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ErasurePlan plan = await sandbox.PlanAsync("dev1");

        Assert.Equal(plan.Digest, (await sandbox.ConfirmAsync(plan)).Digest);
        Assert.Equal(
            "InvalidPlan",
            (await RefusalOf(() => sandbox.ConfirmAsync(plan with { Erasure = plan.Erasure with { IncludeOldVersions = true } }))).Id
        );
    }

    [Fact]
    public async Task Plan_PathIsTaken_IsRefusedBeforeAnythingIsRead()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        await sandbox.SavePlanAsync("a.json", "dev1");
        sandbox.Server.RequestLog.Clear();

        Assert.Equal("PlanNotSaved", (await RefusalOf(() => sandbox.SavePlanAsync("a.json", "dev1"))).Id);

        Assert.Empty(sandbox.Server.RequestLog.After(0));
        Assert.Single(sandbox.FilesInFolder);
    }

    /// <summary>The hub writes a blob with one message, long enough ago to be erased from.</summary>
    private static void Receive(RequestSandbox sandbox, string deviceId)
    {
        SandboxWorld world = sandbox.Server.World;
        StorageEndpoint endpoint = world.Routing.Storage.Single(one => one.Container == "raw-json");
        DateTimeOffset time = world.Truth.BaseTime.AddDays(-10);
        IotHubDsr.Sandbox.Storage.BlobContainer container = world
            .Blobs.GetOrAddAccount(endpoint.Account)
            .GetOrAddContainer(endpoint.Container);
        int partition = container.List(endpoint.BlobName(WorldNames.HubName, 0, time)).Count;
        container.Put(
            endpoint.BlobName(WorldNames.HubName, partition, time),
            RoutedFile.Write([new RoutedMessage(time, deviceId, "1", new byte[] { 1 })], endpoint.Encoding),
            new() { LastModified = time }
        );
    }

    private static bool IsRawJson(DataLocation location) => location.Place.EndsWith("/raw-json", StringComparison.Ordinal);

    private static object Facts(ErasureReceipt receipt) =>
        (
            receipt.DeviceId,
            receipt.Location.Id,
            receipt.Verdict,
            receipt.RecordsPlanned,
            receipt.RecordsErased,
            receipt.RecordsRemaining,
            receipt.ItemsChanged
        );

    private static async Task<Fault> RefusalOf(Func<Task> action) => (await Assert.ThrowsAsync<DsrException>(action)).Fault;
}
