using System.Management.Automation;

namespace IotHubDsr.Module.Tests.Pipeline;

/// <summary>Findings, receipts, exports, requests and plans carry their hub; a connection to another hub refuses them.</summary>
public sealed class OtherHubTests(ConnectedSession connected) : IClassFixture<ConnectedSession>
{
    private const string Here = "contoso-hub.azure-devices.net";
    private const string There = "fabrikam-hub.azure-devices.net";

    [Theory]
    [InlineData("Get-IotDeviceDataFootprint dev1")]
    [InlineData("(New-IotErasurePlan dev1).Steps")]
    public void Object_OfAnotherHub_IsRefusedBeforeAnythingIsPlanned(string source)
    {
        object[] others = [.. connected.Session.Run(source).Output.Select(Moved)];
        Assert.NotEmpty(others);
        connected.Session.Sandbox.ClearLog();

        AssertRefused("param($others) $others | Remove-IotDeviceData -Force", [others]);
        AssertRefused("param($others) Remove-IotDeviceData -DeviceId $others -Force", [others]);
        AssertRefused("param($others) , $others | Remove-IotDeviceData -Force", [others]);
        AssertRefused("param($others) $others | New-IotErasurePlan", [others]);
        AssertRefused("param($others) $others | Get-IotDeviceDataFootprint", [others]);
        AssertRefused("param($others) $others | New-IotDataRequest", [others]);
        AssertRefused("param($others) $others | Export-IotDeviceData -Path /tmp/never/made", [others]);
    }

    [Theory]
    [InlineData("[pscustomobject]@{ DeviceId = 'dev1'; HubHostName = 'fabrikam-hub.azure-devices.net' }")]
    [InlineData(
        "[pscustomobject]@{ DeviceId = 'dev1'; HubHostName = 'contoso-hub.azure-devices.net'; HubResourceId = '/subscriptions/other/hub' }"
    )]
    [InlineData("[pscustomobject]@{ DeviceId = 'dev1'; IotHubHostName = 'fabrikam-hub.azure-devices.net' }")]
    [InlineData("[pscustomobject]@{ DeviceId = 'dev1'; AssignedHub = 'fabrikam-hub.azure-devices.net' }")]
    [InlineData("[pscustomobject]@{ Id = 'dev1'; HubName = 'fabrikam-hub' }")]
    [InlineData("[pscustomobject]@{ DeviceId = @('dev1', 'dev2'); HubHostName = 'fabrikam-hub.azure-devices.net' }")]
    [InlineData("'dev10', [pscustomobject]@{ DeviceId = 'dev1'; HubHostName = 'fabrikam-hub.azure-devices.net' }")]
    public void Object_ThatNamesAnotherHub_IsRefused(string source)
    {
        connected.Session.Sandbox.ClearLog();

        ModuleOutcome outcome = connected.Session.TryRun($"{source} | Remove-IotDeviceData -Force");

        outcome.AssertOnly("DeviceOfOtherHub");
        Assert.Empty(outcome.Output);
        Assert.DoesNotContain(connected.Session.Sandbox.Log, request => request.Mutating);
    }

    [Theory]
    [InlineData("[pscustomobject]@{ DeviceId = 'dev1'; HubHostName = 'CONTOSO-hub.azure-devices.net' }")]
    [InlineData("[pscustomobject]@{ DeviceId = 'dev1'; HubName = 'contoso-hub' }")]
    [InlineData("[pscustomobject]@{ DeviceId = 'dev1'; HubHostName = $null }")]
    public void Object_OfThisHub_IsTaken(string source) =>
        Assert.NotEmpty(connected.Session.Run($"{source} | Get-IotDeviceDataFootprint").Output);

    [Fact]
    public void EveryOutput_CarriesItsHub()
    {
        using var folder = new TemporaryFolder();
        ModuleOutcome findings = connected.Session.Run("Get-IotDeviceDataFootprint dev1");
        PSObject plan = connected.Session.Run("New-IotErasurePlan dev1").Single();
        PSObject request = connected.Session.Run("param($s) New-IotDataRequest dev1 -RequestStore $s", folder.Path).Single();
        PSObject export = connected.Session.Run("param($p) Export-IotDeviceData dev1 -Path $p", folder.File("package")).Single();

        Assert.All(findings.Output.Append(plan).Append(request).Append(export), output =>
        {
            Assert.Equal(Here, output.Text("HubHostName"));
            Assert.EndsWith("/contoso-hub", output.Text("HubResourceId"), StringComparison.OrdinalIgnoreCase);
        });
        Assert.All(plan.Items("Steps"), step =>
            Assert.Contains($"Device 'dev1' of {Here} in ", PSObject.AsPSObject(step!).Text("Target"), StringComparison.Ordinal)
        );
    }

    private void AssertRefused(string script, object[] arguments)
    {
        connected.Session.TryRun(script, arguments).AssertOnly("DeviceOfOtherHub");
        Assert.DoesNotContain(connected.Session.Sandbox.Log, request => request.Service == "hub" || request.Mutating);
    }

    /// <summary>The same object as another hub would have given it, after Export-Clixml and Import-Clixml.</summary>
    private static object Moved(PSObject output) =>
        PSSerializer.Deserialize(PSSerializer.Serialize(output).Replace(Here, There, StringComparison.OrdinalIgnoreCase));
}
