using IotHubDsr.Core.Azure.Logs;
using IotHubDsr.Core.Sinks.LogAnalyticsWorkspaces;
using IotHubDsr.Core.Tests.Azure;
using IotHubDsr.Core.Tests.Azure.Logs;

namespace IotHubDsr.Core.Tests.Sinks.LogAnalyticsWorkspaces;

/// <summary>Whether an account may purge is known before anything is announced, as far as it can be.</summary>
public sealed class PurgeRightsTests
{
    private const string Permissions = FakeLogs.Workspace + "/providers/Microsoft.Authorization/permissions";

    [Theory]
    [InlineData("""[{"actions":["*/read"],"notActions":[]}]""", false)]
    [InlineData("""[{"actions":["*"],"notActions":[]}]""", true)]
    [InlineData("""[{"actions":["*"],"notActions":["Microsoft.OperationalInsights/workspaces/purge/*"]}]""", false)]
    [InlineData(
        """[{"actions":["*"],"notActions":["*/action"]},{"actions":["microsoft.operationalinsights/workspaces/purge/action"]}]""",
        true
    )]
    [InlineData(
        """[{"actions":["Microsoft.OperationalInsights/workspaces/*/read","Microsoft.OperationalInsights/workspaces/purge/action"]}]""",
        true
    )]
    [InlineData("[]", false)]
    public async Task Permissions_AreThoseOfAnyAssignment(string permissions, bool may)
    {
        FakeArm arm = new FakeArm().On(Permissions, $$"""{"value":{{permissions}}}""");

        Exception? refused = await Record.ExceptionAsync(() =>
            PurgeRights.RequireAsync(arm.Reader(), FakeLogs.Place, CancellationToken.None)
        );

        Assert.Equal(may, refused is null);
        if (refused is DsrException { Fault: var fault })
        {
            Assert.Equal("PermissionMissing", fault.Id);
            Assert.Contains(PurgeClient.Action, fault.Message, StringComparison.Ordinal);
            Assert.Contains("Data Purger", fault.RecommendedAction, StringComparison.Ordinal);
            Assert.Contains(FakeLogs.Workspace, fault.RecommendedAction, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Permissions_ThatCannotBeListed_AreLeftToTheOrder() =>
        await PurgeRights.RequireAsync(
            new FakeArm().On(Permissions, """{"error":{"code":"AuthorizationFailed"}}""", 403).Reader(),
            FakeLogs.Place,
            CancellationToken.None
        );
}
