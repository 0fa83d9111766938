using IotHubDsr.Module.Tests.Erasures;
using IotHubDsr.Module.Tests.Footprints;

namespace IotHubDsr.Module.Tests.Faults;

public sealed class StopTests
{
    [Fact]
    public void Stop_InAFootprint_JoinsTheWorkers()
    {
        using var session = ModuleSession.Connected();

        StopDuring(session, "Get-IotDeviceDataFootprint dev1");

        StreamingTests.AssertQuiet(session, "blob");
    }

    [Theory]
    [InlineData("")]
    [InlineData("-AsZip")]
    public void Stop_InAnExport_LeavesNoPackage(string form)
    {
        using var session = ModuleSession.Connected();
        using var folder = new TemporaryFolder();

        StopDuring(session, $"param($path) Export-IotDeviceData dev1 $path {form}", folder.File("package"));

        Assert.Empty(folder.Entries);
        StreamingTests.AssertQuiet(session, "blob");
    }

    [Fact]
    public void Stop_InAnErasure_LeavesEveryBlobWholeAndErasesNothingMore()
    {
        using var session = ModuleSession.Connected();
        var before = new ArchiveState(session.Sandbox);
        session.Sandbox.AddFault(
            new
            {
                service = "blob",
                method = "PUT",
                times = 1000,
                latencyMilliseconds = 200,
            }
        );

        RunningScript script = session.Start("Remove-IotDeviceData dev1 -Force");
        WaitFor(session, request => request.Mutating && request.Service == "blob");
        script.Stop();
        ModuleOutcome outcome = script.End();

        StreamingTests.AssertQuiet(session, "blob");
        var after = new ArchiveState(session.Sandbox);
        Assert.True(after.CountOf("dev1") > 0);
        before.AssertOnlyLost(after, record => record.IsOf("dev1"), blob => after.Records[blob].Count < before.Records[blob].Count);
        Assert.Empty(outcome.Errors);
    }

    [Theory]
    [InlineData("Remove-IotDeviceData dev1 -RequestStore $store")]
    [InlineData("'dev1', 'dev2' | Remove-IotDeviceData -RequestStore $store")]
    [InlineData("New-IotErasurePlan dev1 | Remove-IotDeviceData -RequestStore $store")]
    public void Stop_WhileAsking_IsNoAgreementEvenIfYesIsSaidAfterwards(string command)
    {
        using var session = ModuleSession.Connected();
        using var folder = new TemporaryFolder();
        using var asked = new ManualResetEventSlim();
        using var stopping = new ManualResetEventSlim();
        session.Host.Answer = _ =>
        {
            asked.Set();
            return stopping.Wait(TimeSpan.FromMinutes(1)) ? "Yes to All" : "No to All";
        };

        RunningScript script = session.Start(
            $"param($store, $signal) {command} | Watch-Stop -Signal $signal",
            folder.File("store"),
            stopping
        );
        Assert.True(asked.Wait(TimeSpan.FromMinutes(1)));
        script.Stop();
        ModuleOutcome outcome = script.End();

        Assert.Empty(outcome.Errors);
        Assert.Single(session.Host.Questions);
        StreamingTests.AssertQuiet(session, "blob");
        Assert.DoesNotContain(session.Sandbox.Log, request => request.Mutating);
        Assert.False(Directory.Exists(folder.File("store")));
    }

    [Fact]
    public void Session_WorksAfterAStop()
    {
        using var session = ModuleSession.Connected();

        StopDuring(session, "Get-IotDeviceDataFootprint dev1");
        session.Sandbox.ClearFaults();

        Assert.NotEmpty(session.Run("Get-IotDeviceDataFootprint dev1").Output);
    }

    /// <summary>Stops a script when it reads blobs, each of which takes a while.</summary>
    private static void StopDuring(ModuleSession session, string command, params object[] arguments)
    {
        session.Sandbox.AddFault(
            new
            {
                service = "blob",
                times = 10000,
                latencyMilliseconds = 200,
            }
        );
        RunningScript script = session.Start(command, arguments);
        WaitFor(session, request => request.Service == "blob");
        Assert.True(script.IsRunning);

        script.Stop();

        Assert.False(script.IsRunning);
        Assert.Empty(script.End().Errors);
    }

    private static void WaitFor(ModuleSession session, Func<LoggedRequest, bool> arrival)
    {
        for (int round = 0; round < 5000; round++)
        {
            if (session.Sandbox.Log.Any(arrival))
                return;
        }

        Assert.Fail("The request that the test waits for is not made.");
    }
}
