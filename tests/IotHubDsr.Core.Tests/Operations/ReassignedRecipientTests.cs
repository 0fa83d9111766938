using IotHubDsr.Sandbox.Hub;

namespace IotHubDsr.Core.Tests.Operations;

/// <summary>
/// A recipient erases all of an ID: of one that was given to somebody else nobody is asked to, and an answer stays what it is about.
/// </summary>
public sealed class ReassignedRecipientTests
{
    private const string Device = "dev1";

    [Fact]
    public async Task IdIsReassignedBeforeTheErasure_NobodyIsAsked_AndAnAnswerThatComesAllTheSameIsNoted()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        sandbox.Server.Access.Denied = ["hub:RegistryRead"];
        ErasurePlan plan = await sandbox.PlanAsync(Device);
        sandbox.Server.Access.Denied = [];
        Reassign(sandbox);
        string id = (await sandbox.EraseAsync(plan))[0].RequestId;
        DataRequestLocation webhook = Webhook(await sandbox.RequestAsync());
        DateTimeOffset acted = sandbox.Server.World.Clock.GetUtcNow();

        await sandbox.ChangeAsync(Answer(id, webhook, acted));
        List<ErasureReceipt> resumed = await sandbox.ResumeAsync(id);

        DataRequest after = await sandbox.RequestAsync();
        Assert.All(after.Locations, static location => Assert.Null(location.RequestFile));
        Assert.Equal((true, acted), (Webhook(after).IsOwnerActionDone, Webhook(after).OwnerActionAt));
        Assert.Equal(Verdict.OwnerAction, resumed.Single(receipt => receipt.Location.Id == webhook.LocationId).Verdict);
    }

    [Theory]
    [InlineData("silent-9", false)]
    [InlineData("silent-9", true)]
    [InlineData(Device, true)]
    public async Task RegistryDoesNotAnswerInTheRun_NobodyIsAsked_UntilOneTellsThatNobodyElseHasTheId(string deviceId, bool isReassigned)
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        string[] denied = ["hub:RegistryRead"];
        sandbox.Server.Access.Denied = deviceId == Device ? denied : [];
        ErasurePlan plan = await sandbox.PlanAsync(deviceId);
        sandbox.Server.Access.Denied = denied;
        if (isReassigned)
            Reassign(sandbox, deviceId);
        string id = (await sandbox.EraseAsync(plan))[0].RequestId;
        DataRequest unread = await sandbox.RequestAsync();
        sandbox.Server.Access.Denied = [];

        await sandbox.ResumeAsync(id);

        Assert.All(unread.Locations, static location => Assert.Null(location.RequestFile));
        Assert.Equal(isReassigned, Webhook(await sandbox.RequestAsync()).RequestFile is null);
    }

    [Fact]
    public async Task IdIsReassignedAfterRecipientsWereAsked_TheAnswerIsThatOfTheFirstDevice_AndNobodyIsAskedAgain()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        string id = (await sandbox.EraseAsync(await sandbox.PlanAsync(Device)))[0].RequestId;
        DataRequest asked = await sandbox.RequestAsync();
        byte[] content = await File.ReadAllBytesAsync(Webhook(asked).RequestFile!);
        DateTimeOffset acted = sandbox.Server.World.Clock.GetUtcNow();
        string generation = Reassign(sandbox);

        await sandbox.ResumeAsync(id);
        await sandbox.ChangeAsync(Answer(id, Webhook(asked), acted));
        await sandbox.ResumeAsync(id);

        DataRequest after = await sandbox.RequestAsync();
        Assert.Equal(
            asked.Locations.Select(static location => (location.LocationId, location.RequestFileDigest, location.RequestedAt)),
            after.Locations.Select(static location => (location.LocationId, location.RequestFileDigest, location.RequestedAt))
        );
        Assert.Equal(content, await File.ReadAllBytesAsync(Webhook(after).RequestFile!));
        Assert.Equal((true, acted), (Webhook(after).IsOwnerActionDone, Webhook(after).OwnerActionAt));
        Assert.Equal(Verdict.OwnerAction, Webhook(after).Verdict);
        Assert.Equal(generation, sandbox.Server.World.Registry.Device(Device).GenerationId);
    }

    private static OwnerActionOptions Answer(string id, DataRequestLocation location, DateTimeOffset acted) =>
        new()
        {
            RequestId = id,
            LocationId = location.LocationId,
            Note = "They say that it is gone",
            ActedAt = acted,
        };

    private static DataRequestLocation Webhook(DataRequest request) =>
        request.Locations.First(static location => location.Kind == LocationKinds.Webhook);

    /// <summary>Weeks later the ID belongs to somebody else.</summary>
    private static string Reassign(RequestSandbox sandbox, string deviceId = Device)
    {
        sandbox.Server.World.Clock.Advance(TimeSpan.FromDays(20));
        HubRegistry registry = sandbox.Server.World.Registry;
        lock (registry.Gate)
        {
            if (registry.Find(deviceId) is { } former)
                registry.Delete(former);
            return registry.Create(deviceId, []).GenerationId;
        }
    }
}
