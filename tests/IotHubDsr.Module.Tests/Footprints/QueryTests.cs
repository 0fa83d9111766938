namespace IotHubDsr.Module.Tests.Footprints;

public sealed class QueryTests
{
    private const string Devices = " | Where-Object Kind -eq DeviceRegistry | ForEach-Object DeviceId";

    [Fact]
    public void Query_IsReadToItsLastPage()
    {
        using var session = ModuleSession.Connected(scale: 3);

        ModuleOutcome outcome = session.Run("Get-IotDeviceDataFootprint -Query \"tags.site = 'stockholm'\"" + Devices);

        Assert.True(session.Sandbox.World.Devices.Count > 100);
        Assert.Equal(
            session.Sandbox.World.Devices.Order(StringComparer.Ordinal),
            outcome.Output.Select(id => $"{id}").Order(StringComparer.Ordinal)
        );
        Assert.True(session.Sandbox.Log.Count(request => request.Target.StartsWith("/devices/query", StringComparison.Ordinal)) > 1);
    }

    [Fact]
    public void Query_WithAQuote_ReachesItsDevice()
    {
        using var session = ModuleSession.Connected();

        ModuleOutcome outcome = session.Run("Get-IotDeviceDataFootprint -Query \"deviceId = 'it''s'\"" + Devices);

        Assert.Equal("it's", $"{outcome.Single()}");
    }

    [Theory]
    [InlineData("tags.owner = ")]
    [InlineData("DELETE everything")]
    public void Query_ThatTheHubRefuses_IsAnError(string query)
    {
        using var session = ModuleSession.Connected();

        ModuleOutcome outcome = session.TryRun("param($query) Get-IotDeviceDataFootprint -Query $query", query);

        outcome.AssertOnly("InvalidQuery");
        Assert.Empty(outcome.Output);
    }

    [Fact]
    public void Query_ThatMatchesNothing_IsAnErrorAndErasesNothing()
    {
        using var session = ModuleSession.Connected();

        ModuleOutcome outcome = session.TryRun("Remove-IotDeviceData -Query \"tags.owner = 'nobody'\" -Force");

        outcome.AssertOnly("NoDeviceMatched");
        Assert.Empty(outcome.Output);
        Assert.DoesNotContain(session.Sandbox.Log, request => request.Mutating);
    }

    [Fact]
    public void Query_InTheMiddleOfItsPagesUnavailable_IsRetriedWithTheSameResult()
    {
        using var session = ModuleSession.Connected(scale: 3);
        session.Sandbox.AddFault(
            new
            {
                service = "hub",
                pathContains = "/devices/query",
                skip = 1,
                status = 503,
            }
        );

        ModuleOutcome outcome = session.Run("Get-IotDeviceDataFootprint -Query \"tags.site = 'stockholm'\"" + Devices);

        Assert.Equal(0, session.Sandbox.PendingFaults);
        Assert.Equal(
            session.Sandbox.World.Devices.Order(StringComparer.Ordinal),
            outcome.Output.Select(id => $"{id}").Order(StringComparer.Ordinal)
        );
    }
}
