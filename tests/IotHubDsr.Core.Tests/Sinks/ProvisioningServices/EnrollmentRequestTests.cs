using System.Text.Json;
using System.Text.Json.Nodes;
using IotHubDsr.Core.Tests.Operations;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.Hub;
using IotHubDsr.Sandbox.Provisioning;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sinks.ProvisioningServices;

/// <summary>A provisioning service in a whole request: before the hub's registry, and after a device came back.</summary>
public sealed class EnrollmentRequestTests
{
    private const string Device = "dev1";
    private const string GroupDevice = "th-001";

    [Theory]
    [InlineData(Reprovisioning.Erase, "DELETE /enrollments/dev1")]
    [InlineData(Reprovisioning.Block, "PUT /enrollments/dev1")]
    public async Task Request_EndsTheEnrollmentBeforeTheIdentity_AndReadsBothAgain(Reprovisioning option, string first)
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ErasurePlan plan = await sandbox.PlanAsync(new ErasureOptions { Reprovisioning = option }, Device);
        sandbox.Server.RequestLog.Clear();

        List<ErasureReceipt> receipts = await sandbox.EraseAsync(plan);

        List<string> sent = Sent(sandbox);
        int ended = sent.IndexOf(first);
        int readAgain = sent.IndexOf("GET /enrollments/dev1", ended);
        int deleted = sent.IndexOf("DELETE /devices/dev1");
        Assert.True(ended >= 0 && ended < readAgain && readAgain < deleted, string.Join('\n', sent));
        Assert.Contains("POST /enrollments/query", sent[deleted..]);
        Assert.Contains("GET /twins/dev1", sent[deleted..]);
        ErasureReceipt service = Of(receipts, LocationKinds.ProvisioningService);
        Assert.Equal(option == Reprovisioning.Erase ? (Verdict.Erased, 2L, 0L) : (Verdict.OwnerAction, 1L, 1L), Counts(service));
        Assert.Equal(Verdict.Erased, Of(receipts, LocationKinds.DeviceRegistry).Verdict);
    }

    [Fact]
    public async Task Block_IsKeptOnResumeAndVerification_AndTheEnrollmentStaysDisabled()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        await sandbox.EraseAsync(await sandbox.PlanAsync(new ErasureOptions { Reprovisioning = Reprovisioning.Block }, Device));
        string id = (await sandbox.RequestAsync()).RequestId;

        foreach (List<ErasureReceipt> later in (List<ErasureReceipt>[])[await sandbox.VerifyAsync(id), await sandbox.ResumeAsync(id)])
        {
            ErasureReceipt service = Of(later, LocationKinds.ProvisioningService);
            Assert.Equal((Verdict.OwnerAction, 1L, 1L), Counts(service));
            Assert.Contains("itself a record", service.Detail, StringComparison.Ordinal);
        }

        ProvisioningInstance instance = ServiceOf(sandbox);
        lock (instance.Gate)
            Assert.Equal("disabled", instance.Enrollments[Device]["provisioningStatus"]!.ToString());
    }

    [Theory]
    [InlineData(true, Verdict.Erased)]
    [InlineData(false, Verdict.OwnerAction)]
    public async Task Ask_AsksOnce_AndTheAnswerHoldsForRunsThatContinue(bool deletes, Verdict expected)
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        List<ConfirmationEvent> asked = [];
        sandbox.Answers = question =>
        {
            if (question.Action.StartsWith("Delete the enrollments", StringComparison.Ordinal))
                asked.Add(question);
            return deletes || !question.Action.StartsWith("Delete the enrollments", StringComparison.Ordinal);
        };
        RemoveOptions removal = sandbox.Removal(Device, "dev10");

        List<ErasureReceipt> receipts = await sandbox.RemoveAsync(
            removal with
            {
                Planning = removal.Planning! with { Erasure = new ErasureOptions { Reprovisioning = Reprovisioning.Ask } },
            }
        );

        Assert.Contains("2 devices", Assert.Single(asked).Target, StringComparison.Ordinal);
        string id = (await sandbox.RequestAsync()).RequestId;
        foreach (List<ErasureReceipt> run in (List<ErasureReceipt>[])[receipts, await sandbox.ResumeAsync(id)])
        {
            IEnumerable<Verdict> verdicts = run.Where(receipt => receipt.Kind == LocationKinds.ProvisioningService)
                .Select(receipt => receipt.Verdict);
            Assert.Equal([expected, expected], verdicts);
        }

        Assert.Single(asked);
    }

    [Fact]
    public async Task DisabledInTheServiceOnly_IsNotCalledStopped_AndTheHubsIdentityIsStillThere()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ErasurePlan plan = await sandbox.PlanAsync(new ErasureOptions { Reprovisioning = Reprovisioning.Block }, Device);

        List<ErasureReceipt> receipts = await sandbox.EraseAsync(plan, step => step.Location.Kind == LocationKinds.ProvisioningService);

        ErasureReceipt service = Of(receipts, LocationKinds.ProvisioningService);
        Assert.Equal(Verdict.OwnerAction, service.Verdict);
        Assert.Contains("a device that is in the hub stays there", service.Detail, StringComparison.Ordinal);
        Assert.Equal(Verdict.Present, Of(receipts, LocationKinds.DeviceRegistry).Verdict);
    }

    [Fact]
    public async Task Device_ThatCameBackByItsGroup_IsReportedWithItsNewGenerationAndTheWay()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        List<ErasureReceipt> first = await sandbox.EraseAsync(await sandbox.PlanAsync(GroupDevice));
        ErasureReceipt erased = Of(first, LocationKinds.ProvisioningService);
        Assert.Equal((Verdict.Erased, 1L, 0L), Counts(erased));
        Assert.Contains(ProvisioningSeed.Group, erased.Detail, StringComparison.Ordinal);
        string id = (await sandbox.RequestAsync()).RequestId;

        Assert.True(sandbox.Server.World.Provisioning.Register(WorldNames.ProvisioningName, GroupDevice, ProvisioningSeed.Group));
        string generation = sandbox.Server.World.Registry.Device(GroupDevice).GenerationId;
        List<ErasureReceipt> verified = await sandbox.VerifyAsync(id);

        ErasureReceipt registry = Of(verified, LocationKinds.DeviceRegistry);
        Assert.Equal(Verdict.OwnerAction, registry.Verdict);
        Assert.Contains($"generation {generation}", registry.Detail, StringComparison.Ordinal);
        Assert.Contains(WorldNames.ProvisioningName, registry.Detail, StringComparison.Ordinal);
        Assert.Equal(Verdict.Present, Of(verified, LocationKinds.ProvisioningService).Verdict);

        // It may be another person's by now: a further run touches neither.
        await sandbox.ResumeAsync(id);
        Assert.NotNull(sandbox.Server.World.Registry.Find(GroupDevice));
        Assert.True(ServiceOf(sandbox).Registrations.ContainsKey(GroupDevice));
    }

    [Fact]
    public async Task Device_ThatSomebodyMadeAgain_IsReportedWithoutAWay()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        await sandbox.EraseAsync(await sandbox.PlanAsync(Device));
        HubRegistry registry = sandbox.Server.World.Registry;
        lock (registry.Gate)
            registry.Create(Device, new JsonObject());

        ErasureReceipt receipt = Of(await sandbox.VerifyAsync((await sandbox.RequestAsync()).RequestId), LocationKinds.DeviceRegistry);

        Assert.Contains($"generation {registry.Device(Device).GenerationId}", receipt.Detail, StringComparison.Ordinal);
        Assert.Contains("no provisioning service", receipt.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DELETE /enrollments/dev1", Reprovisioning.Erase)]
    [InlineData("GET /registrations/dev1", Reprovisioning.Erase)]
    [InlineData("PUT /enrollments/dev1", Reprovisioning.Block)]
    [InlineData("DELETE /registrations/dev1", Reprovisioning.Block)]
    [InlineData("DELETE /devices/dev1", Reprovisioning.Erase)]
    public async Task Resume_RunWasStoppedAtARequest_EndsLikeAnUndisturbedRun(string point, Reprovisioning option)
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ErasurePlan plan = await sandbox.PlanAsync(new ErasureOptions { Reprovisioning = option }, Device);
        bool isErasing = false;
        await sandbox.EraseUntilAsync(plan, request =>
            (
                isErasing |=
                    request.Target.Contains("/enrollments/dev1", StringComparison.Ordinal)
                    || point.Contains("/devices/", StringComparison.Ordinal)
            )
            && TextOf(request) == point
        );

        List<ErasureReceipt> receipts = await sandbox.ResumeAsync((await sandbox.RequestAsync()).RequestId);

        ErasureReceipt service = Of(receipts, LocationKinds.ProvisioningService);
        Assert.Equal(option == Reprovisioning.Erase ? (Verdict.Erased, 2L, 0L) : (Verdict.OwnerAction, 1L, 1L), Counts(service));
        Assert.Equal(Verdict.Erased, Of(receipts, LocationKinds.DeviceRegistry).Verdict);
    }

    [Fact]
    public async Task Resume_RunWasKilledBetweenAnnouncementAndDeletion_CountsOnce()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ErasurePlan plan = await sandbox.PlanAsync(Device);

        // The deletion arrives, and the run that sent it does not live to hear of it.
        await sandbox.EraseUntilAsync(plan, request => TextOf(request) == "DELETE /enrollments/dev1");
        ProvisioningInstance instance = ServiceOf(sandbox);
        lock (instance.Gate)
            instance.RemoveEnrollment(Device);

        ErasureReceipt service = Of(await sandbox.ResumeAsync((await sandbox.RequestAsync()).RequestId), LocationKinds.ProvisioningService);

        Assert.Equal((Verdict.Erased, 2L, 0L), Counts(service));
    }

    [Fact]
    public async Task Service_CannotBeRead_LeavesTheOtherVerdictsAsTheyAre()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        sandbox.Server.Access.Denied = [$"provisioning:{WorldNames.ProvisioningName}"];
        sandbox.Server.Faults.Add(
            new FaultRule
            {
                Service = "arm",
                PathContains = "contoso-dps/listkeys",
                Status = 403,
                Times = 100,
            }
        );

        List<DeviceDataFinding> found = await sandbox.FindAsync(Device);

        Assert.Equal(Verdict.Unreachable, found.Single(finding => finding.Kind == LocationKinds.ProvisioningService).Verdict);
        Assert.Single(found, finding => finding.Verdict == Verdict.Unreachable);
    }

    [Theory]
    [InlineData(Reprovisioning.Erase, "DELETE")]
    [InlineData(Reprovisioning.Block, "PUT")]
    public async Task Service_Fails_AndTheIdentityIsNotDeleted_UntilTheDeviceCannotComeBack(Reprovisioning option, string method)
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ErasurePlan plan = await sandbox.PlanAsync(new ErasureOptions { Reprovisioning = option }, Device);
        sandbox.Server.Faults.Add(
            new FaultRule
            {
                Service = "provisioning",
                Method = method,
                Status = 403,
                Times = 100,
            }
        );

        List<ErasureReceipt> first = await sandbox.EraseAsync(plan);
        bool isThere = sandbox.Server.World.Registry.Find(Device) is not null;
        sandbox.Server.Faults.Clear();
        List<ErasureReceipt> second = await sandbox.ResumeAsync(first[0].RequestId);

        Assert.True(isThere);
        Assert.Equal(Verdict.Present, Of(first, LocationKinds.DeviceRegistry).Verdict);
        Assert.Contains(sandbox.Reported, fault => fault.Id == "DeviceWouldReturn");
        Assert.Equal(Verdict.Erased, Of(second, LocationKinds.DeviceRegistry).Verdict);
        Assert.Null(sandbox.Server.World.Registry.Find(Device));
    }

    [Theory]
    [InlineData(true, "disabled")]
    [InlineData(false, null)]
    public async Task FurtherPlan_KeepsTheEnrollmentDisabled_UnlessItSaysOtherwise(bool keeps, string? status)
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        await sandbox.EraseAsync(await sandbox.PlanAsync(new ErasureOptions { Reprovisioning = Reprovisioning.Block }, Device));
        RemoveOptions removal = sandbox.Removal(Device) with
        {
            RequestId = (await sandbox.RequestAsync()).RequestId,
            KeepsReprovisioning = keeps,
        };

        List<ErasureReceipt> receipts = await sandbox.RemoveAsync(removal);

        ProvisioningInstance instance = ServiceOf(sandbox);
        lock (instance.Gate)
            Assert.Equal(status, instance.Enrollments.GetValueOrDefault(Device)?["provisioningStatus"]!.ToString());
        Assert.Equal(keeps ? Verdict.OwnerAction : Verdict.Erased, Of(receipts, LocationKinds.ProvisioningService).Verdict);
        Assert.Equal(
            keeps,
            sandbox
                .Events.OfType<NoticeEvent>()
                .Any(notice => notice.Text.StartsWith("Enrollments stay disabled", StringComparison.Ordinal))
        );

        // And so does one after that.
        if (keeps)
        {
            await sandbox.RemoveAsync(removal);
            lock (instance.Gate)
                Assert.Equal(status, instance.Enrollments[Device]["provisioningStatus"]!.ToString());
        }
    }

    [Fact]
    public async Task Certificate_OfABlockedDevice_SaysThatItsEnrollmentWasKept_AndNotThatRecordsCannotBeToldApart()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ProvisioningInstance instance = ServiceOf(sandbox);
        lock (instance.Gate)
        {
            instance.Enrollments[Device]["provisioningStatus"] = "disabled";
            instance.Registrations.Remove(Device);
        }

        await sandbox.EraseAsync(await sandbox.PlanAsync(new ErasureOptions { Reprovisioning = Reprovisioning.Block }, Device));

        string[] certificates = Directory.GetFiles(sandbox.RequestStore, "*.dsse.json", SearchOption.AllDirectories);
        using var statement = JsonDocument.Parse(Notebooks.NotebookTests.Statement(certificates.Order(StringComparer.Ordinal).Last()));
        JsonElement service = statement
            .RootElement.GetProperty("predicate")
            .GetProperty("locations")
            .EnumerateArray()
            .Single(location => location.GetProperty("kind").GetString() == LocationKinds.ProvisioningService);

        Assert.Equal("OwnerAction", service.GetProperty("verdict").GetString());
        string text = $"{service.GetProperty("method")} {service.GetProperty("detail")}";
        Assert.Contains("is itself a record of it", text, StringComparison.Ordinal);
        Assert.DoesNotContain("cannot be distinguished", text, StringComparison.Ordinal);
        Assert.DoesNotContain("which of its records", text, StringComparison.Ordinal);
    }

    private static ProvisioningInstance ServiceOf(RequestSandbox sandbox) =>
        sandbox.Server.World.Provisioning.Find(WorldNames.ProvisioningName)!;

    private static ErasureReceipt Of(IEnumerable<ErasureReceipt> receipts, string kind) =>
        Assert.Single(receipts, receipt => receipt.Kind == kind);

    private static (Verdict Verdict, long Erased, long Remaining) Counts(ErasureReceipt receipt) =>
        (receipt.Verdict, receipt.RecordsErased ?? -1, receipt.RecordsRemaining ?? -1);

    private static List<string> Sent(RequestSandbox sandbox) => [.. sandbox.Server.RequestLog.After(0).Select(TextOf)];

    private static string TextOf(LoggedRequest request) => $"{request.Method} {request.Target.Split('?')[0]}";
}
