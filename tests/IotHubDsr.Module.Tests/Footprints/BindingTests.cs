using System.Management.Automation;

namespace IotHubDsr.Module.Tests.Footprints;

public sealed class BindingTests(ConnectedSession connected) : IClassFixture<ConnectedSession>
{
    private const string Devices = " | Where-Object Kind -eq DeviceRegistry | ForEach-Object DeviceId";

    [Theory]
    [InlineData("'dev1' | Get-IotDeviceDataFootprint")]
    [InlineData("Get-IotDeviceDataFootprint dev1")]
    [InlineData("Get-IotDeviceDataFootprint -Id dev1")]
    [InlineData("[pscustomobject]@{ DeviceId = 'dev1' } | Get-IotDeviceDataFootprint")]
    [InlineData("[pscustomobject]@{ Id = 'dev1' } | Get-IotDeviceDataFootprint")]
    [InlineData("[pscustomobject]@{ Id = 'another'; DeviceId = 'dev1' } | Get-IotDeviceDataFootprint")]
    [InlineData("[pscustomobject]@{ DeviceId = @('dev1') } | Get-IotDeviceDataFootprint")]
    [InlineData("Get-IotDeviceDataFootprint -DeviceId ([pscustomobject]@{ DeviceId = 'dev1'; Twin = 'x' })")]
    [InlineData("@('dev1', 'dev1') | Get-IotDeviceDataFootprint")]
    public void Device_IsTakenFromWhatIsGiven(string script) =>
        Assert.Equal(["dev1"], connected.Session.Run(script + Devices).Output.Select(id => $"{id}"));

    [Fact]
    public void Device_IsTakenFromAFindingThatWasStoredAsClixml()
    {
        PSObject finding = connected.Session.Run("Get-IotDeviceDataFootprint dev2 | Where-Object Kind -eq DeviceRegistry").Single();
        object stored = PSSerializer.Deserialize(PSSerializer.Serialize(finding));

        ModuleOutcome outcome = connected.Session.Run("param($stored) $stored | Get-IotDeviceDataFootprint" + Devices, stored);

        Assert.StartsWith("Deserialized.", ((PSObject)stored).TypeNames[0], StringComparison.Ordinal);
        Assert.Equal("dev2", $"{outcome.Single()}");
    }

    [Theory]
    [InlineData("[pscustomobject]@{ Name = 'dev1' }")]
    [InlineData("[pscustomobject]@{ Id = 5 }")]
    [InlineData("@{ Name = 'dev1' }")]
    public void Object_WithoutADevice_IsAnErrorAndNeverItsText(string value)
    {
        connected.Session.Sandbox.ClearLog();

        ModuleOutcome outcome = connected.Session.TryRun($"{value} | Get-IotDeviceDataFootprint");

        Assert.Contains("has no DeviceId or Id property", $"{Assert.Single(outcome.Errors)}", StringComparison.Ordinal);
        Assert.Empty(outcome.Output);
        Assert.DoesNotContain(connected.Session.Sandbox.Log, request => request.Service == "hub");
    }

    [Theory]
    [InlineData("a device")]
    [InlineData("../dev1")]
    [InlineData("dev1?x=1&y")]
    [InlineData("d\u00e9v1")]
    public void IllegalId_IsReported_AndTheOthersGoOn(string id)
    {
        ModuleOutcome outcome = connected.Session.TryRun("param($id) $id, 'dev1' | Get-IotDeviceDataFootprint" + Devices, id);

        outcome.AssertOnly("InvalidDeviceId");
        Assert.Equal(id, Assert.Single(outcome.Errors).TargetObject);
        Assert.Equal("dev1", $"{outcome.Single()}");
    }

    [Fact]
    public void TooLongId_IsReported() =>
        connected.Session.TryRun("param($id) Get-IotDeviceDataFootprint $id", new string('a', 129)).AssertOnly("InvalidDeviceId");

    [Theory]
    [InlineData("Get-IotDeviceDataFootprint")]
    [InlineData("Export-IotDeviceData -Path /nowhere")]
    [InlineData("Remove-IotDeviceData -Force")]
    public void NoDevice_IsNeverAllDevices(string command)
    {
        connected.Session.Sandbox.ClearLog();

        ModuleOutcome outcome = connected.Session.TryRun($"@() | {command}");

        Assert.Empty(outcome.Output);
        Assert.DoesNotContain(connected.Session.Sandbox.Log, request => request.Service == "hub" || request.Mutating);
    }
}
