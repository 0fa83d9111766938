using System.Text.Json.Nodes;
using IotHubDsr.Core.Records;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sinks.ProvisioningServices;

/// <summary>Enrollments and registrations are deleted, or disabled, in the state in which they were read.</summary>
public sealed class EnrollmentErasureTests
{
    private const string Alice = EnrollmentSandbox.Alice;
    private const string Bob = EnrollmentSandbox.Bob;

    private static readonly ErasureOptions Blocking = new() { Reprovisioning = Reprovisioning.Block };

    [Fact]
    public async Task Erase_AnnouncesBoth_DeletesTheEnrollmentFirst_AndReadsItAgain()
    {
        await using EnrollmentSandbox sandbox = await EnrollmentSandbox.StartAsync();
        sandbox.Enroll("kit-1", Alice);

        ErasureOutcome outcome = await sandbox.EraseOneAsync();

        Assert.Equal((2L, 2, null), (outcome.RecordsErased, outcome.ItemsChanged, outcome.Fault));
        Assert.Equal(["enrollments/kit-1", "registrations/kit-1"], sandbox.Announced[0].Items.Select(item => item.Path));
        Assert.Single(sandbox.Sent("DELETE"));
        IEnumerable<string> after = sandbox
            .Sent()
            .SkipWhile(request => request.Method != "DELETE")
            .Skip(1)
            .Select(request => $"{request.Method} {request.Target.Split('?')[0]} {request.Status}");
        Assert.Equal(["GET /enrollments/kit-1 404", "GET /registrations/kit-1 404"], after);
    }

    [Fact]
    public async Task Erase_RegistrationOfAGroup_TakesTheSubjectsAlone()
    {
        await using EnrollmentSandbox sandbox = await EnrollmentSandbox.StartAsync();
        sandbox.Service.LargestPage = 1;
        sandbox.AddGroup("group", Alice, Bob, "carol");
        Dictionary<string, string> before = sandbox.Records;

        ErasureOutcome outcome = await sandbox.EraseOneAsync(Bob);

        Assert.Equal((1L, null), (outcome.RecordsErased, outcome.Fault));
        before.Remove("registrations/bob");
        Assert.Equal(before, sandbox.Records);
        Assert.Equal("/registrations/bob", Assert.Single(sandbox.Sent("DELETE")).Target.Split('?')[0]);
    }

    [Theory]
    [InlineData("kit-1", "/enrollments/")]
    [InlineData(null, "/registrations/")]
    public async Task Erase_ChangedBetweenReadingAndDeleting_IsReadAgain(string? enrollment, string path)
    {
        await using EnrollmentSandbox sandbox = await EnrollmentSandbox.StartAsync();
        Plant(sandbox, enrollment);
        BeforeDelete(sandbox, path, 1, () => Touch(sandbox, enrollment));

        ErasureOutcome outcome = await sandbox.EraseOneAsync();

        Assert.Equal((enrollment is null ? 1L : 2L, null), (outcome.RecordsErased, outcome.Fault));
        Assert.Single(sandbox.Sent("DELETE"), request => request.Status == 412);
        Assert.DoesNotContain(sandbox.Records.Keys, key => !key.StartsWith("groups/", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("kit-1", "/enrollments/")]
    [InlineData(null, "/registrations/")]
    public async Task Erase_ChangedAgainAndAgain_IsLeftWithAFault(string? enrollment, string path)
    {
        await using EnrollmentSandbox sandbox = await EnrollmentSandbox.StartAsync();
        Plant(sandbox, enrollment);
        BeforeDelete(sandbox, path, 100, () => Touch(sandbox, enrollment));

        ErasureOutcome outcome = await sandbox.EraseOneAsync();

        Assert.Equal((0L, "ConcurrentChange"), (outcome.RecordsErased, outcome.Fault?.Id));
        Assert.Equal(3, sandbox.Sent("DELETE").Count);
        Assert.Equal(2, sandbox.Records.Count);
    }

    [Fact]
    public async Task Erase_EnrollmentBecameAnotherDevices_IsLeft()
    {
        await using EnrollmentSandbox sandbox = await EnrollmentSandbox.StartAsync();
        sandbox.Enroll("kit-1", Alice, assignedTo: null);
        DeviceDataFinding found = await sandbox.FindOneAsync();
        sandbox.Enroll("kit-1", Bob);

        ErasureOutcome outcome = Assert.Single(await sandbox.EraseAsync(found));

        Assert.Equal(0, outcome.RecordsErased);
        Assert.Equal(2, sandbox.Records.Count);
        Assert.Empty(sandbox.Sent("DELETE"));
    }

    [Fact]
    public async Task Erase_MovedToAnotherHubMeanwhile_IsLeft()
    {
        await using EnrollmentSandbox sandbox = await EnrollmentSandbox.StartAsync();
        sandbox.Enroll("kit-1", Alice);
        sandbox.AddGroup("group", "m-1");
        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(Alice, "m-1");
        lock (sandbox.Service.Gate)
        {
            sandbox.Service.Assign("kit-1", Alice, WorldNames.NeighbourHostName);
            sandbox.Service.Assign("m-1", "m-1", WorldNames.NeighbourHostName, "group");
        }

        Assert.All(await sandbox.EraseAsync([.. found]), outcome => Assert.Equal(0, outcome.RecordsErased));
        Assert.Empty(sandbox.Sent("DELETE"));
    }

    [Fact]
    public async Task Erase_ChangedSinceItWasFound_TakesThatTheIdIsStillTheDevices()
    {
        await using EnrollmentSandbox sandbox = await EnrollmentSandbox.StartAsync();
        sandbox.Enroll("kit-1", Alice);
        DeviceDataFinding found = await sandbox.FindOneAsync();
        Touch(sandbox, "kit-1");
        sandbox.Doubt = device => FaultCatalogue.DeviceUncertain.For(device, "a test");

        Assert.Equal("DeviceUncertain", (await sandbox.EraseAsync(found))[0].Fault?.Id);
        Assert.Empty(sandbox.Sent("DELETE"));

        // Nobody has the ID, and the plan knew nobody: what changed after it can be another person's.
        sandbox.Doubt = _ => null;
        DateTimeOffset past = TimeProvider.System.GetUtcNow().AddHours(-1);
        sandbox.Bounds = new Dictionary<string, RecordBound> { [Alice] = new(past, GenerationId: null, past) };
        Assert.Equal("DeviceUncertain", (await sandbox.EraseAsync(found))[0].Fault?.Id);
        Assert.Empty(sandbox.Sent("DELETE"));

        sandbox.Bounds = new Dictionary<string, RecordBound>();
        Assert.Equal(2, (await sandbox.EraseAsync(found))[0].RecordsErased);
    }

    [Theory]
    [InlineData("enrollments/kit-1")]
    [InlineData("registrations/kit-1")]
    public async Task Erase_OneOfBothIsHeld_LeavesWhatTheServiceWouldDeleteWithIt(string held)
    {
        await using EnrollmentSandbox sandbox = await EnrollmentSandbox.StartAsync();
        sandbox.Enroll("kit-1", Alice);
        DeviceDataFinding found = await sandbox.FindOneAsync();
        sandbox.Held = new[] { held }.ToLookup(path => path, _ => Alice);

        await sandbox.EraseAsync(found with { Items = [.. found.Items.Where(item => item.Path != held)] });

        Assert.Contains(held, sandbox.Records.Keys);
        Assert.Contains("enrollments/kit-1", sandbox.Records.Keys);
    }

    [Fact]
    public async Task Erase_AnswerOfTheDeletionIsLost_Counts()
    {
        await using EnrollmentSandbox sandbox = await EnrollmentSandbox.StartAsync();
        sandbox.Enroll("kit-1", Alice);
        int lost = 0;
        sandbox.Wire.LoseResponse = request => request.Method == HttpMethod.Delete && Interlocked.Increment(ref lost) == 1;

        ErasureOutcome outcome = await sandbox.EraseOneAsync();

        Assert.Equal((2L, null), (outcome.RecordsErased, outcome.Fault));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    public async Task Erase_AnswerIsLostAndTheServiceIsBusyForRounds_Counts(int refusals)
    {
        await using EnrollmentSandbox sandbox = await EnrollmentSandbox.StartAsync();
        sandbox.Enroll("kit-1", Alice);
        int lost = 0;
        sandbox.Wire.LoseResponse = request => request.Method == HttpMethod.Delete && Interlocked.Increment(ref lost) == 1;
        sandbox.Fail(
            new FaultRule
            {
                Method = "DELETE",
                Status = 429,
                Skip = 1,
                Times = refusals,
            }
        );

        ErasureOutcome outcome = await sandbox.EraseOneAsync();

        Assert.Equal((2L, null), (outcome.RecordsErased, outcome.Fault));
        Assert.Equal(refusals, sandbox.Sent("DELETE").Count(static request => request.Status == 429));
    }

    [Fact]
    public async Task Erase_ServiceKeepsTheRegistration_DeletesItByItself()
    {
        await using EnrollmentSandbox sandbox = await EnrollmentSandbox.StartAsync();
        sandbox.Enroll("kit-1", Alice);
        lock (sandbox.Service.Gate)
            sandbox.Service.Registrations["kit-1"] = sandbox.Service.Registrations["kit-1"] with { GroupId = "left" };

        ErasureOutcome outcome = await sandbox.EraseOneAsync();

        Assert.Equal((2L, null), (outcome.RecordsErased, outcome.Fault));
        Assert.Empty(sandbox.Records);
        Assert.Equal(2, sandbox.Sent("DELETE").Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Block_DisablesTheEnrollment_KeepsItsKeysAndTwin_AndDeletesTheRegistration(bool showsKeys)
    {
        await using EnrollmentSandbox sandbox = await EnrollmentSandbox.StartAsync();
        sandbox.Service.ShowsKeys = showsKeys;
        sandbox.Enroll("kit-1", Alice);
        sandbox.Erasure = Blocking;
        string keys = KeysOf(sandbox);

        ErasureOutcome outcome = await sandbox.EraseOneAsync();

        Assert.Equal((1L, 2, null), (outcome.RecordsErased, outcome.ItemsChanged, outcome.Fault));
        Assert.Equal(["enrollments/kit-1"], sandbox.Records.Keys);
        Assert.Equal(keys, KeysOf(sandbox));
        lock (sandbox.Service.Gate)
        {
            JsonObject enrollment = sandbox.Service.Enrollments["kit-1"];
            Assert.Equal("disabled", enrollment["provisioningStatus"]!.ToString());
            Assert.Equal(Alice, enrollment["initialTwin"]!["tags"]!["owner"]!.ToString());
        }

        Assert.False(sandbox.Server.World.Provisioning.Register(WorldNames.ProvisioningName, "kit-1"));
        DeviceDataFinding after = await sandbox.FindOneAsync();
        Assert.Equal((Verdict.OwnerAction, 1L, 1L), (after.Verdict, after.RecordCount, after.LeftCount));
        Assert.Contains("record", after.Detail, StringComparison.Ordinal);
        // Disabled in the service only: a device that is in the hub is not called stopped.
        Assert.Contains("stays there as long as its identity does", after.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("stopped", after.Detail, StringComparison.Ordinal);

        // Again, nothing is left to do.
        ErasureOutcome again = Assert.Single(await sandbox.EraseAsync(after));
        Assert.Equal((0L, 0, null), (again.RecordsErased, again.ItemsChanged, again.Fault));
        Assert.Single(sandbox.Sent("PUT"));
    }

    [Fact]
    public async Task Block_ChangedBetweenReadingAndDisabling_IsReadAgain_AndLosesNothing()
    {
        await using EnrollmentSandbox sandbox = await EnrollmentSandbox.StartAsync();
        sandbox.Enroll("kit-1", Alice, assignedTo: null);
        sandbox.Erasure = Blocking;
        int seen = 0;
        sandbox.Wire.Before = request =>
        {
            if (request.Method == HttpMethod.Put && Interlocked.Increment(ref seen) == 1)
                Touch(sandbox, "kit-1");
            return Task.CompletedTask;
        };

        ErasureOutcome outcome = await sandbox.EraseOneAsync();

        Assert.Equal((1, null), (outcome.ItemsChanged, outcome.Fault));
        Assert.Equal([412, 200], sandbox.Sent("PUT").Select(request => request.Status));
        lock (sandbox.Service.Gate)
            Assert.NotNull(sandbox.Service.Enrollments["kit-1"]["optionalDeviceInformation"]);
    }

    [Fact]
    public async Task Block_KeysCannotBeRead_ChangesNothing_BecauseTheServiceWouldMakeNewOnes()
    {
        await using EnrollmentSandbox sandbox = await EnrollmentSandbox.StartAsync();
        sandbox.Service.ShowsKeys = false;
        sandbox.Enroll("kit-1", Alice, assignedTo: null);
        sandbox.Erasure = Blocking;
        string before = KeysOf(sandbox);
        sandbox.Fail(
            new FaultRule
            {
                PathContains = "/attestationmechanism",
                Status = 500,
                Times = 100,
            }
        );

        ErasureOutcome outcome = await sandbox.EraseOneAsync();

        Assert.Equal("ServiceFailed", outcome.Fault?.Id);
        Assert.Empty(sandbox.Sent("PUT"));
        Assert.Equal(before, KeysOf(sandbox));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("kit-1")]
    public async Task Erase_RegistrationChangedSinceItWasFound_IsLeftWhereTheDeviceIsDoubted(string? enrollment)
    {
        await using EnrollmentSandbox sandbox = await EnrollmentSandbox.StartAsync();
        Plant(sandbox, enrollment);
        DeviceDataFinding found = await sandbox.FindOneAsync();
        string? group = enrollment is null ? "group" : null;
        lock (sandbox.Service.Gate)
            sandbox.Service.Assign(enrollment ?? Alice, Alice, WorldNames.HubHostName, group);

        sandbox.Doubt = device => FaultCatalogue.DeviceUncertain.For(device, "a test");
        ErasureOutcome doubted = Assert.Single(await sandbox.EraseAsync(found));
        int records = sandbox.Records.Count;
        sandbox.Doubt = _ => null;
        ErasureOutcome certain = Assert.Single(await sandbox.EraseAsync(found));

        Assert.Equal((0L, "DeviceUncertain"), (doubted.RecordsErased, doubted.Fault?.Id));
        Assert.Equal(2, records);
        Assert.Equal(enrollment is null ? 1L : 2L, certain.RecordsErased);
    }

    [Fact]
    public async Task Block_IsAnnouncedBeforeItIsDone()
    {
        await using EnrollmentSandbox sandbox = await EnrollmentSandbox.StartAsync();
        sandbox.Enroll("kit-1", Alice, assignedTo: null);
        sandbox.Erasure = Blocking;
        List<string> announced = [];
        sandbox.Wire.Before = request =>
        {
            if (request.Method == HttpMethod.Put)
                announced.AddRange(sandbox.Announced.SelectMany(one => one.Items).Select(item => item.Path));
            return Task.CompletedTask;
        };

        ErasureOutcome outcome = await sandbox.EraseOneAsync();

        Assert.Equal((1, null), (outcome.ItemsChanged, outcome.Fault));
        Assert.Equal(["enrollments/kit-1"], announced);
    }

    private static string KeysOf(EnrollmentSandbox sandbox)
    {
        lock (sandbox.Service.Gate)
            return sandbox.Service.Enrollments["kit-1"]["attestation"]!.ToJsonString();
    }

    private static void Plant(EnrollmentSandbox sandbox, string? enrollment)
    {
        if (enrollment is null)
            sandbox.AddGroup("group", Alice);
        else
            sandbox.Enroll(enrollment, Alice);
    }

    private static void Touch(EnrollmentSandbox sandbox, string? enrollment)
    {
        lock (sandbox.Service.Gate)
        {
            if (enrollment is null)
            {
                sandbox.Service.Assign(Alice, Alice, WorldNames.HubHostName, "group");
                return;
            }

            JsonObject changed = sandbox.Service.Enrollments[enrollment].DeepClone().AsObject();
            changed["optionalDeviceInformation"] = new JsonObject { ["note"] = "changed" };
            sandbox.Service.PutEnrollment(enrollment, changed);
        }
    }

    private static void BeforeDelete(EnrollmentSandbox sandbox, string path, int times, Action change)
    {
        int seen = 0;
        sandbox.Wire.Before = request =>
        {
            if (
                request.Method == HttpMethod.Delete
                && request.RequestUri!.AbsolutePath.StartsWith(path, StringComparison.Ordinal)
                && Interlocked.Increment(ref seen) <= times
            )
            {
                change();
            }

            return Task.CompletedTask;
        };
    }
}
