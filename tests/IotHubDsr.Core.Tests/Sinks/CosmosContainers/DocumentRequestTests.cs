using System.Text.Json;
using IotHubDsr.Core.Tests.Operations;
using IotHubDsr.Core.Topology;
using IotHubDsr.Sandbox;
using IotHubDsr.Sandbox.Cosmos;
using IotHubDsr.Sandbox.Cosmos.Documents;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sinks.CosmosContainers;

/// <summary>A container in a whole request: erased, and dated until the backup of the account has let go of it.</summary>
public sealed class DocumentRequestTests
{
    private const string Device = "dev1";

    [Fact]
    public async Task Request_ErasesTheDocuments_AndIsSettledWhenTheBackupIsOver()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        SandboxClock clock = sandbox.Server.World.Clock;
        long planted = Assert.Single(sandbox.Server.World.Truth.Documents).Records[Device].Direct;

        ErasureReceipt erased = ReceiptOf(await sandbox.EraseAsync(await sandbox.PlanAsync(Device)));
        DateTimeOffset until = clock.GetUtcNow().AddDays(7);

        // What the hub still had is looked for first; only then is it a matter of the backup alone.
        Assert.Equal((Verdict.ErasurePending, planted, 0L), (erased.Verdict, erased.RecordsErased, erased.RecordsRemaining));
        Assert.InRange(erased.Until!.Value, until.AddDays(-7), until.AddDays(-7).AddMinutes(6));
        Assert.Contains("backup keeps deleted documents for 7 days", erased.Detail, StringComparison.Ordinal);
        clock.Advance(TimeSpan.FromMinutes(6));
        erased = ReceiptOf(await sandbox.ResumeAsync((await sandbox.RequestAsync()).RequestId));

        Assert.Equal((Verdict.Expiring, planted, 0L), (erased.Verdict, erased.RecordsErased, erased.RecordsRemaining));
        Assert.InRange(erased.Until!.Value, until.AddMinutes(-5), until.AddMinutes(1));

        // Looking again before that settles nothing, and moves nothing.
        clock.Advance(TimeSpan.FromDays(3));
        string requestId = (await sandbox.RequestAsync()).RequestId;
        ErasureReceipt early = ReceiptOf(await sandbox.ResumeAsync(requestId));
        clock.Advance(TimeSpan.FromDays(5));
        ErasureReceipt late = ReceiptOf(await sandbox.ResumeAsync(requestId));
        ErasureReceipt later = ReceiptOf(await sandbox.ResumeAsync(requestId));

        Assert.Equal((Verdict.Expiring, erased.Until), (early.Verdict, early.Until));
        Assert.Equal(
            [(Verdict.Erased, planted), (Verdict.Erased, planted)],
            new[] { late, later }.Select(one => (one.Verdict, one.RecordsErased ?? 0))
        );
    }

    [Fact]
    public async Task Message_ThatArrivesLate_IsErasedUnderThePlan_AndTheDateMovesWithIt()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        SandboxClock clock = sandbox.Server.World.Clock;
        var target = new CosmosTarget(sandbox.Server.World.Cosmos, CosmosEndpoint.Telemetry);
        string generation = sandbox.Server.World.Registry.Device(Device).GenerationId;
        ErasurePlan plan = await sandbox.PlanAsync(Device);
        ErasureReceipt first = ReceiptOf(await sandbox.EraseAsync(plan));

        target.Accept(new RoutedMessage(plan.CreatedAt, Device, generation, "{}"u8.ToArray()) { IsJson = true });
        clock.Advance(TimeSpan.FromMinutes(6));
        Assert.True((await sandbox.RequestAsync()).NextAt <= clock.GetUtcNow());
        ErasureReceipt resumed = ReceiptOf(await sandbox.ResumeAsync((await sandbox.RequestAsync()).RequestId));

        Assert.Equal(first.RecordsErased + 1, resumed.RecordsErased);
        Assert.Equal(Verdict.Expiring, resumed.Verdict);
        Assert.True(resumed.Until > first.Until);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunThatCouldNotAccountForWhatItDeleted_TheBackupIsDatedByTheAnnouncementUntilThatIsDone(bool isVerified)
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        SandboxClock clock = sandbox.Server.World.Clock;
        long planted = Assert.Single(sandbox.Server.World.Truth.Documents).Records[Device].Direct;
        ErasurePlan plan = await sandbox.PlanAsync(Device);
        await sandbox.EraseUntilAsync(plan, static request => request is { Service: "cosmos", Method: "DELETE" });
        RemoveDocuments(sandbox);
        DateTimeOffset announced = clock.GetUtcNow();
        clock.Advance(TimeSpan.FromDays(2));

        string requestId = (await sandbox.RequestAsync()).RequestId;
        ErasureReceipt again = ReceiptOf(isVerified ? await sandbox.VerifyAsync(requestId) : await sandbox.ResumeAsync(requestId));

        // When in between they went nobody knows: once it is accounted for, the later time counts.
        DateTimeOffset since = isVerified ? announced : clock.GetUtcNow();
        Assert.Equal((Verdict.Expiring, isVerified ? 0 : planted), (again.Verdict, again.RecordsErased));
        Assert.InRange(again.Until!.Value, since.AddDays(7).AddMinutes(-15), since.AddDays(7).AddMinutes(1));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task DocumentsThatAPlanShowed_AndOthersDeletedBeforeTheRun_AreDatedByTheBackup(bool isFurther)
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        SandboxClock clock = sandbox.Server.World.Clock;
        ErasurePlan plan = await sandbox.PlanAsync(Device);
        RemoveDocuments(sandbox);
        string id = (await sandbox.EraseAsync(plan))[0].RequestId;
        DateTimeOffset until = clock.GetUtcNow().AddDays(7);
        clock.Advance(TimeSpan.FromMinutes(6));

        ErasureReceipt gone = ReceiptOf(
            isFurther ? await sandbox.EraseAsync(await sandbox.PlanAsync(Device), requestId: id) : await sandbox.ResumeAsync(id)
        );
        JsonElement certified = await CertifiedAsync(sandbox);
        clock.Advance(TimeSpan.FromDays(3));
        ErasureReceipt early = ReceiptOf(await sandbox.ResumeAsync(id));
        clock.Advance(TimeSpan.FromDays(5));
        ErasureReceipt late = ReceiptOf(await sandbox.ResumeAsync(id));

        Assert.Equal((Verdict.Expiring, 0L, 0L), (gone.Verdict, gone.RecordsErased, gone.RecordsRemaining));
        Assert.InRange(gone.Until!.Value, until.AddMinutes(-5), until.AddMinutes(1));
        Assert.Contains("backup keeps deleted documents for 7 days", gone.Detail, StringComparison.Ordinal);
        Assert.Equal((Verdict.Expiring, gone.Until), (early.Verdict, early.Until));
        Assert.Equal((Verdict.Absent, 0L), (late.Verdict, late.RecordsErased));
        Assert.Equal("Nothing was erased here.", certified.GetProperty("method").GetString());
        Assert.Null(TimeOf(certified, "erasedAt"));
    }

    [Fact]
    public async Task DeviceOfWhichNoPlanShowedADocument_IsAbsent_WhateverTheBackupHoldsOfOthers()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        ErasurePlan plan = await sandbox.PlanAsync(Device, "nobody");
        string id = (await sandbox.EraseAsync(plan))[0].RequestId;
        sandbox.Server.World.Clock.Advance(TimeSpan.FromMinutes(6));

        ErasureReceipt[] receipts =
        [
            .. (await sandbox.ResumeAsync(id))
                .Where(receipt => receipt.Kind == LocationKinds.CosmosContainer)
                .OrderBy(receipt => receipt.DeviceId, StringComparer.Ordinal),
        ];

        Assert.Equal([Verdict.Expiring, Verdict.Absent], receipts.Select(receipt => receipt.Verdict));
    }

    [Fact]
    public async Task Certificate_OfWhatOnlyTheBackupHolds_SaysThatItCanBeRestored_AndWhenItWasErased()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        SandboxClock clock = sandbox.Server.World.Clock;
        string id = (await sandbox.EraseAsync(await sandbox.PlanAsync(Device)))[0].RequestId;
        DateTimeOffset erased = clock.GetUtcNow();
        clock.Advance(TimeSpan.FromMinutes(6));
        await sandbox.ResumeAsync(id);

        JsonElement location = await CertifiedAsync(sandbox);

        Assert.Contains("can be restored, until the time given", location.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.InRange(TimeOf(location, "erasedAt")!.Value, erased.AddMinutes(-5), erased);
    }

    [Fact]
    public async Task Certificate_OfDeletionsThatWereAllRefused_GivesNoTimeOfOne()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ErasurePlan plan = await sandbox.PlanAsync(Device);
        sandbox.Server.Faults.Add(
            new FaultRule
            {
                Service = "cosmos",
                Method = "DELETE",
                Status = 412,
                Times = 100_000,
            }
        );

        ErasureReceipt receipt = ReceiptOf(await sandbox.EraseAsync(plan));
        JsonElement location = await CertifiedAsync(sandbox);

        Assert.Equal((Verdict.Present, 0L), (receipt.Verdict, receipt.RecordsErased));
        Assert.Equal("Nothing was erased here.", location.GetProperty("method").GetString());
        Assert.Null(TimeOf(location, "erasedAt"));
        Assert.NotNull(TimeOf(location, "verifiedAt"));
    }

    [Fact]
    public async Task Container_ThatCannotBeRead_LeavesTheOtherVerdictsAsTheyAre()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        List<DeviceDataFinding> all = await sandbox.FindAsync(Device);
        CosmosAccount account = sandbox.Server.World.Cosmos.GetOrAddAccount(WorldNames.CosmosAccount);
        account.Options = account.Options with { AllowsKeys = false };
        sandbox.Server.Access.Denied = [$"cosmos:{WorldNames.CosmosAccount}"];

        List<DeviceDataFinding> some = await sandbox.FindAsync(Device);

        DeviceDataFinding changed = Assert.Single(all.Zip(some), pair => pair.First.Verdict != pair.Second.Verdict).Second;
        Assert.Equal((LocationKinds.CosmosContainer, Verdict.Unreachable), (changed.Kind, changed.Verdict));
    }

    /// <summary>The container in the last certificate.</summary>
    private static async Task<JsonElement> CertifiedAsync(RequestSandbox sandbox)
    {
        using var envelope = JsonDocument.Parse(await File.ReadAllBytesAsync((await sandbox.RequestAsync()).Certificates[^1].Path!));
        using var payload = JsonDocument.Parse(envelope.RootElement.GetProperty("payload").GetBytesFromBase64());
        return payload
            .RootElement.GetProperty("predicate")
            .GetProperty("locations")
            .EnumerateArray()
            .Single(static location => location.GetProperty("kind").GetString() == LocationKinds.CosmosContainer)
            .Clone();
    }

    private static DateTimeOffset? TimeOf(JsonElement location, string name) =>
        location.TryGetProperty(name, out JsonElement time) && time.ValueKind is not JsonValueKind.Null ? time.GetDateTimeOffset() : null;

    /// <summary>As the rest of an erasure does whose process is killed before it can account for it.</summary>
    private static void RemoveDocuments(RequestSandbox sandbox)
    {
        DocumentTruth truth = Assert.Single(sandbox.Server.World.Truth.Documents);
        CosmosDatabase database = sandbox.Server.World.Cosmos.GetOrAddAccount(truth.Account).GetOrAddDatabase(truth.Database);
        Assert.True(database.TryGetContainer(truth.Container, out CosmosContainer? container));
        lock (container.Gate)
        {
            foreach (StoredDocument document in container.Documents.ToList().Where(IsOfDevice))
                container.Remove(document);
        }

        // In either form: which of the documents the interrupted run still took is chance.
        static bool IsOfDevice(StoredDocument document)
        {
            JsonElement? system = document.Content.GetProperty("SystemProperties");
            return Device.Equals(system.Text("iothub-connection-device-id"), StringComparison.Ordinal)
                || Device.Equals(system.Text("connectionDeviceId"), StringComparison.Ordinal);
        }
    }

    private static ErasureReceipt ReceiptOf(IEnumerable<ErasureReceipt> receipts) =>
        Assert.Single(receipts, receipt => receipt.Kind == LocationKinds.CosmosContainer);
}
