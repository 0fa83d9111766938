using System.Management.Automation;

namespace IotHubDsr.Module.Tests;

public sealed class StreamTests
{
    [Theory]
    [InlineData("Get-IotDeviceDataFootprint dev1")]
    [InlineData("Remove-IotDeviceData dev1 -Force")]
    public void Progress_IsShownAndAlwaysCompleted(string command)
    {
        using var session = ModuleSession.Connected();

        AssertCompleted(session.Run(command).Progress);
    }

    [Fact]
    public void Progress_IsCompletedAlsoWhenTheCommandFails()
    {
        using var session = ModuleSession.Connected();
        using var folder = new TemporaryFolder();
        session.Sandbox.Deny("blob:contosorouted");

        AssertCompleted(session.TryRun("param($path) 'dev1' | Export-IotDeviceData -Path $path", folder.File("package")).Progress);
    }

    [Fact]
    public void Streams_TellOfRequestsAndDecisions_AndShowNoSecret()
    {
        using var session = ModuleSession.WithSandbox();
        using var folder = new TemporaryFolder();

        ModuleOutcome outcome = session.Run(
            """
            param($path)
            Connect-IotHubDsr -Sandbox $sandbox -HubAuthentication SharedAccessKey -Verbose -Debug
            Export-IotDeviceData dev1 $path -Verbose -Debug
            Remove-IotDeviceData dev1 -Force -Verbose -Debug
            """,
            folder.File("package")
        );

        Assert.NotEmpty(outcome.Verbose);
        Assert.Contains(outcome.Debug, line => line.Contains("/devices/dev1", StringComparison.Ordinal));
        Assert.All((string[])["sig=", "SharedAccessKey=", "Bearer ey", "primaryKey", "client_secret"], secret =>
            Assert.DoesNotContain(secret, outcome.AllText, StringComparison.OrdinalIgnoreCase)
        );
    }

    private static void AssertCompleted(IReadOnlyList<ProgressRecord> records)
    {
        Assert.NotEmpty(records);
        Assert.All(records.GroupBy(record => record.ActivityId), activity =>
            Assert.Equal(ProgressRecordType.Completed, activity.Last().RecordType)
        );
        Assert.All(records, record => Assert.InRange(record.PercentComplete, -1, 100));
    }
}
