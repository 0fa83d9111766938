using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sinks.ProvisioningServices;

/// <summary>Whose records are found, in which pages, and what is said of those that are another's.</summary>
public sealed class EnrollmentFindTests
{
    private const string Alice = EnrollmentSandbox.Alice;
    private const string Bob = EnrollmentSandbox.Bob;
    private const string OtherHub = WorldNames.NeighbourHostName;

    [Theory]
    [InlineData("it's")]
    [InlineData("100%")]
    [InlineData("a:b")]
    [InlineData("x'=(y)!*")]
    [InlineData("q?z#,@;$.+_")]
    [InlineData("0042")]
    [InlineData("7")]
    public async Task Find_HostileOrNumericId_IsFoundByTheEnrollmentThatNamesIt(string device)
    {
        await using EnrollmentSandbox sandbox = await EnrollmentSandbox.StartAsync();
        sandbox.Enroll("kit-1", device);
        sandbox.Enroll("kit-2", device + "0");
        sandbox.Enroll("kit-3", "0" + device);

        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(device, Bob);

        Assert.Equal([(Verdict.Present, 2L), (Verdict.Absent, 0L)], found.Select(finding => (finding.Verdict, finding.RecordCount)));
        Assert.Equal(["enrollments/kit-1", "registrations/kit-1"], found[0].Items.Select(item => item.Path));
        Assert.Equal(2, (await sandbox.EraseAsync(found[0]))[0].RecordsErased);
        Assert.Equal(4, sandbox.Records.Count);
    }

    [Fact]
    public async Task Find_IdsThatDifferByCase_AreTwoDevices_AlthoughTheServiceTakesTheirRegistrationsForOne()
    {
        await using EnrollmentSandbox sandbox = await EnrollmentSandbox.StartAsync();
        sandbox.Enroll("ALICE", "Alice");
        sandbox.Enroll("kit-1", "alice");
        sandbox.AddGroup("group", "BOB");

        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync("alice", "Alice", "ALICE", "bob", "BOB");

        Assert.Equal([2L, 2, 0, 0, 1], found.Select(finding => finding.RecordCount));
        Assert.Equal(["enrollments/kit-1", "registrations/kit-1"], found[0].Items.Select(item => item.Path));
    }

    [Fact]
    public async Task Find_PagesOfOne_FindsAll_InOneScanOfAllDevices()
    {
        await using EnrollmentSandbox sandbox = await EnrollmentSandbox.StartAsync();
        sandbox.Service.LargestPage = 1;
        for (int number = 0; number < 4; number++)
            sandbox.Enroll($"kit-{number}", $"{(number % 2 == 0 ? Alice : Bob)}-{number}");
        sandbox.AddGroup("group", "m-1", "m-2", "m-3");

        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync("alice-0", "bob-1", "alice-2", "bob-3", "m-3");

        Assert.Equal([2L, 2, 2, 2, 1], found.Select(finding => finding.RecordCount));
        Assert.Equal(4, sandbox.Sent().Count(request => request.Target.StartsWith("/enrollments/query", StringComparison.Ordinal)));
        Assert.Equal(3, sandbox.Sent().Count(request => request.Target.StartsWith("/registrations/group/query", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Find_GroupWasDeleted_FindsTheRegistrationThatItLeft()
    {
        await using EnrollmentSandbox sandbox = await EnrollmentSandbox.StartAsync();
        sandbox.AddGroup("group", Alice, Bob);
        lock (sandbox.Service.Gate)
            sandbox.Service.Groups.Remove("group");

        DeviceDataFinding found = await sandbox.FindOneAsync();

        Assert.Equal(["registrations/alice"], found.Items.Select(item => item.Path));
        Assert.Equal(1, (await sandbox.EraseAsync(found))[0].RecordsErased);
        Assert.Equal(["registrations/bob"], sandbox.Records.Keys);
    }

    [Fact]
    public async Task Find_GroupIsThere_SaysThatItLetsTheDeviceRegisterAgain()
    {
        await using EnrollmentSandbox sandbox = await EnrollmentSandbox.StartAsync();
        sandbox.AddGroup("line 7", Alice);

        Assert.Contains("'line 7'", (await sandbox.FindOneAsync()).Detail, StringComparison.Ordinal);

        await sandbox.EraseOneAsync();
        sandbox.ErasedAt = TimeProvider.System.GetUtcNow();
        DeviceDataFinding after = await sandbox.FindOneAsync();
        Assert.Equal(Verdict.Absent, after.Verdict);
        Assert.Contains("'line 7'", after.Detail, StringComparison.Ordinal);
        Assert.Contains("groups/line 7", sandbox.Records.Keys);
    }

    [Fact]
    public async Task Find_AssignedToAnotherHub_IsThatHubs()
    {
        await using EnrollmentSandbox sandbox = await EnrollmentSandbox.StartAsync();
        sandbox.Enroll(Alice, assignedTo: OtherHub);

        DeviceDataFinding found = await sandbox.FindOneAsync();

        Assert.Equal((Verdict.Absent, 0L), (found.Verdict, found.RecordCount));
        Assert.Contains("2 records", found.Detail, StringComparison.Ordinal);
        Assert.Equal(0, (await sandbox.EraseAsync(found))[0].RecordsErased);
        Assert.Equal(2, sandbox.Records.Count);
    }

    [Theory]
    [InlineData(null, WorldNames.HubHostName, Verdict.Present)]
    [InlineData(null, $"{WorldNames.HubHostName}\n{OtherHub}", Verdict.OwnerAction)]
    [InlineData(null, OtherHub, Verdict.Absent)]
    [InlineData(null, null, Verdict.OwnerAction)]
    [InlineData(WorldNames.HubHostName, $"{WorldNames.HubHostName}\n{OtherHub}", Verdict.Present)]
    [InlineData(OtherHub, WorldNames.HubHostName, Verdict.Absent)]
    [InlineData("CONTOSO-HUB.azure-devices.net", null, Verdict.Present)]
    public async Task Find_NotAssignedYet_IsOfTheHubsThatTheEnrollmentMayLeadTo(string? named, string? linked, Verdict expected)
    {
        await using EnrollmentSandbox sandbox = await EnrollmentSandbox.StartAsync();
        sandbox.Linked = linked;
        sandbox.Enroll(Alice, assignedTo: null, change: model => model["iotHubHostName"] = named);

        DeviceDataFinding found = await sandbox.FindOneAsync();

        Assert.Equal(expected, found.Verdict);
        Assert.Equal(expected == Verdict.Present ? 1 : 0, found.RecordCount);
        (IReadOnlyList<ExportCompleteness> accounts, _) = await sandbox.ExportAsync(Alice);
        Assert.Equal(expected == Verdict.OwnerAction ? 1L : 0, accounts[0].Withheld);
    }

    [Fact]
    public async Task Find_EnrollmentWasGivenToAnotherDevice_CountsTheOldRegistrationAlone()
    {
        await using EnrollmentSandbox sandbox = await EnrollmentSandbox.StartAsync();
        sandbox.Enroll("kit-1", Alice);
        lock (sandbox.Service.Gate)
        {
            JsonObject changed = sandbox.Service.Enrollments["kit-1"].DeepClone().AsObject();
            changed["deviceId"] = Bob;
            sandbox.Service.PutEnrollment("kit-1", changed);
        }

        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(Alice, Bob);

        Assert.Equal(["registrations/kit-1"], found[0].Items.Select(item => item.Path));
        Assert.Equal(Verdict.OwnerAction, found[1].Verdict);
        Assert.Equal(1, (await sandbox.EraseAsync(found[0]))[0].RecordsErased);
        Assert.Equal(["enrollments/kit-1"], sandbox.Records.Keys);
        Assert.Equal(Verdict.Present, (await sandbox.FindOneAsync(Bob)).Verdict);
    }

    [Theory]
    [InlineData("/enrollments/query")]
    [InlineData("/registrations/group/query")]
    public async Task Find_SecondPageFails_IsTriedAgain_OrReadsNothing(string path)
    {
        await using EnrollmentSandbox sandbox = await EnrollmentSandbox.StartAsync();
        sandbox.Service.LargestPage = 1;
        sandbox.Enroll("kit-1", Bob);
        sandbox.Enroll("kit-2", Alice);
        sandbox.AddGroup("group", "m-1", "m-2");

        foreach (
            FaultRule fault in (FaultRule[])[new() { Status = 429, RetryAfterSeconds = 0 }, new() { Status = 503 }, new() { Reset = true }]
        )
        {
            sandbox.Fail(fault with { PathContains = path, Skip = 1 });
            Assert.Equal([2L, 1], (await sandbox.FindAsync(Alice, "m-2")).Select(finding => finding.RecordCount));
        }

        sandbox.Fail(
            new FaultRule
            {
                PathContains = path,
                Skip = 1,
                Times = 100,
                Status = 500,
            }
        );
        DsrException failed = await Assert.ThrowsAsync<DsrException>(() => sandbox.FindAsync(Alice, "m-2"));
        Assert.Equal("ServiceFailed", failed.Fault.Id);
    }

    [Theory]
    [InlineData("/enrollments/query")]
    [InlineData("/enrollmentGroups/query")]
    [InlineData("/registrations/alice")]
    public async Task Find_BodyCutOff_IsNotAbsent(string path)
    {
        await using EnrollmentSandbox sandbox = await EnrollmentSandbox.StartAsync();
        sandbox.Enroll("kit-1", Bob);
        sandbox.AddGroup("group", "m-1");

        // Of a group that is gone: no list shows it.
        sandbox.AddGroup("left", Alice);
        lock (sandbox.Service.Gate)
            sandbox.Service.Groups.Remove("left");
        sandbox.Fail(
            new FaultRule
            {
                PathContains = path,
                Times = 10,
                TruncateAfterBytes = 5,
            }
        );

        await Assert.ThrowsAsync<DsrException>(() => sandbox.FindOneAsync());
    }

    [Theory]
    [InlineData(null, Verdict.OwnerAction)]
    [InlineData("kit", Verdict.Absent)]
    public async Task Find_EnrollmentWhoseIdDiffersByCase_CanMakeTheDevice_UnlessItNamesAnother(string? deviceId, Verdict expected)
    {
        await using EnrollmentSandbox sandbox = await EnrollmentSandbox.StartAsync();
        sandbox.Enroll("ALICE", deviceId, assignedTo: null);

        DeviceDataFinding found = await sandbox.FindOneAsync();

        Assert.Equal((expected, 0L), (found.Verdict, found.RecordCount));
        Assert.Empty(found.Items);
        if (expected == Verdict.OwnerAction)
            Assert.Contains("whose ID differs by case", found.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ALICE", Verdict.OwnerAction)]
    [InlineData("malice", Verdict.Absent)]
    public async Task Find_RegistrationOfAGroupWithoutADevice_WhoseIdDiffersByCase_CanBeTheDevices(string registration, Verdict expected)
    {
        await using EnrollmentSandbox sandbox = await EnrollmentSandbox.StartAsync();
        sandbox.AddGroup("group", registration);
        sandbox.Service.Registrations[registration].Document.Remove("deviceId");
        sandbox.Service.Registrations[registration].Document.Remove("assignedHub");
        sandbox.Service.Registrations[registration].Document["status"] = "failed";

        DeviceDataFinding found = await sandbox.FindOneAsync();

        Assert.Equal((expected, 0L), (found.Verdict, found.RecordCount));
        Assert.Empty(found.Items);
    }

    [Theory]
    [InlineData(WorldNames.HubHostName, OtherHub)]
    [InlineData(OtherHub, WorldNames.HubHostName)]
    public async Task Find_EnrollmentLeadsElsewhereThanItsDeviceWasAssigned_IsUndecided_AndLeft(string assigned, string allowed)
    {
        await using EnrollmentSandbox sandbox = await EnrollmentSandbox.StartAsync();
        sandbox.Enroll("kit-1", Alice, assigned, model => model["iotHubs"] = new JsonArray(allowed));

        DeviceDataFinding found = await sandbox.FindOneAsync();
        await sandbox.EraseAsync(found);

        Assert.Equal((Verdict.OwnerAction, 0L), (found.Verdict, found.RecordCount));
        Assert.Contains("led to another since", found.Detail, StringComparison.Ordinal);
        Assert.Equal(2, sandbox.Records.Count);
        Assert.Empty(sandbox.Sent("DELETE"));
    }

    [Theory]
    [InlineData(Reprovisioning.Block, Verdict.OwnerAction)]
    [InlineData(Reprovisioning.Erase, Verdict.Absent)]
    public async Task Find_DeviceIsToBeKeptOut_AndAGroupLetsItIn_IsForTheOwner(Reprovisioning option, Verdict expected)
    {
        await using EnrollmentSandbox sandbox = await EnrollmentSandbox.StartAsync();
        sandbox.AddGroup("group", Bob);
        sandbox.Erasure = new ErasureOptions { Reprovisioning = option };
        sandbox.ErasedAt = TimeProvider.System.GetUtcNow();

        DeviceDataFinding found = await sandbox.FindOneAsync();

        Assert.Equal(expected, found.Verdict);
        Assert.Contains("'group'", found.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Find_AsksForRegistrationsThatNoListShows_AndForNoOthers()
    {
        await using EnrollmentSandbox sandbox = await EnrollmentSandbox.StartAsync();
        sandbox.Enroll("kit-1", Alice);
        sandbox.Enroll("kit-2", "new", assignedTo: null);
        sandbox.AddGroup("group", Bob);

        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(Alice, Bob, "new", "nobody");

        Assert.Equal([2L, 1, 1, 0], found.Select(finding => finding.RecordCount));
        Assert.Equal(
            ["/registrations/alice", "/registrations/kit-2", "/registrations/new", "/registrations/nobody"],
            sandbox.Sent("GET").Select(request => request.Target.Split('?')[0]).Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [InlineData(1, 10_000, 0, 1, 594)]
    [InlineData(0.1, 10_000, 0, 2, 11_994)]
    [InlineData(1, 0, 1_000, 2, 294)]
    [InlineData(1, 100, 0, 1, 0)]
    public async Task Time_IsThatOfTheCallsForEachDevice_AtTheShareOfTheConnection(
        double share,
        int unlisted,
        int listed,
        int readings,
        int seconds
    )
    {
        await using EnrollmentSandbox sandbox = await EnrollmentSandbox.StartAsync();
        sandbox.Enroll("kit-1", Alice);
        DeviceDataFinding none = await sandbox.FindOneAsync("nobody");
        DeviceDataFinding some = await sandbox.FindOneAsync();
        IReadOnlyCollection<DeviceDataFinding> findings = [.. Enumerable.Repeat(none, unlisted), .. Enumerable.Repeat(some, listed)];

        TimeSpan time = sandbox.SinkOf(share).TimeFor(none.Location, findings, readings);

        Assert.Equal(seconds, time.TotalSeconds, tolerance: 1);
    }

    [Fact]
    public async Task Find_ProxyAnswers404_IsNotAbsent()
    {
        await using EnrollmentSandbox sandbox = await EnrollmentSandbox.StartAsync();
        sandbox.Fail(
            new FaultRule
            {
                PathContains = "/registrations/alice",
                Times = 10,
                Status = 410,
            }
        );

        await Assert.ThrowsAsync<DsrException>(() => sandbox.FindOneAsync());
    }

    [Theory]
    [InlineData("contoso-dps.example.org")]
    [InlineData("two words")]
    [InlineData("")]
    public async Task Place_IsNotTheNameOfAService_GetsNoToken(string place)
    {
        await using EnrollmentSandbox sandbox = await EnrollmentSandbox.StartAsync();
        sandbox.Place = place;

        DsrException refused = await Assert.ThrowsAsync<DsrException>(() => sandbox.FindOneAsync());

        Assert.Equal("LocationMissing", refused.Fault.Id);
        Assert.Empty(sandbox.Sent());
    }
}
