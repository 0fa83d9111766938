namespace IotHubDsr.Module.Tests.Erasures;

public sealed class WhatIfTests
{
    [Theory]
    [InlineData("Remove-IotDeviceData dev1 -WhatIf")]
    [InlineData("Remove-IotDeviceData dev1 -WhatIf -Force")]
    [InlineData("$WhatIfPreference = $true; Remove-IotDeviceData dev1 -Force")]
    [InlineData("$WhatIfPreference = $true; 'dev1' | Remove-IotDeviceData -Confirm:$false")]
    public void Remove_WhatIf_NamesThePlanAndSendsNoMutatingRequest(string script)
    {
        using var session = ModuleSession.Connected();

        ModuleOutcome outcome = session.Run(script);

        Assert.Empty(outcome.Output);
        Assert.NotEmpty(session.Sandbox.Log);
        Assert.DoesNotContain(session.Sandbox.Log, request => request.Mutating);
        Assert.Contains(session.Host.Lines, line =>
            line.Contains("Device 'dev1' of contoso-hub.azure-devices.net in DeviceRegistry contoso-hub (", StringComparison.Ordinal)
        );
        Assert.Contains(session.Host.Lines, line =>
            line.Contains(
                "Device 'dev1' of contoso-hub.azure-devices.net in CloudToDeviceQueue contoso-hub (3 records",
                StringComparison.Ordinal
            )
        );
        Assert.Equal(
            session.Sandbox.World.Containers.Count,
            session.Host.Lines.Count(line =>
                line.Contains("Device 'dev1' of contoso-hub.azure-devices.net in RoutedBlobContainer ", StringComparison.Ordinal)
            )
        );
        Assert.Empty(session.Host.Questions);
    }
}
