namespace IotHubDsr.Module.Tests.Requests;

public sealed class RequestWhatIfTests
{
    [Theory]
    [InlineData("New-IotDataRequest th-002 -WhatIf", "Register a data subject request")]
    [InlineData("Set-IotDataRequest $id -ExtensionReason x -WhatIf -Force", "Extend the time limit by two months")]
    [InlineData("Set-IotDataRequest $id -Hold -LocationId a -Ground x -ReviewAt 2030-01-01 -WhatIf", "Hold a")]
    [InlineData("Set-IotDataRequest $id -Release -LocationId a -WhatIf", "Release the hold on a")]
    [InlineData("Set-IotDataRequest $id -LocationId a -OwnerActionNote x -WhatIf", "Record the owner's action in a")]
    [InlineData("Set-IotDataRequest $id -AnswerNote x -WhatIf -Force", "Record the answer")]
    [InlineData("Set-IotDataRequest $id -DestroyKey -WhatIf -Force", "Destroy the key")]
    [InlineData("Resume-IotDataRequest $id -WhatIf -Force", "1 device of contoso-hub.azure-devices.net in ")]
    [InlineData("Export-IotDataRequestReport $id $path -WhatIf", "report.html")]
    [InlineData("Remove-IotDeviceData th-002 -WhatIf -Force", "Device 'th-002' of contoso-hub.azure-devices.net in DeviceRegistry")]
    public void WhatIf_SaysWhat_AndWritesNothing(string script, string said)
    {
        using var session = new RequestSession();
        string id = script.Contains("Resume", StringComparison.Ordinal) ? session.Erase("th-001") : session.Register("th-001");
        session.Module.Sandbox.ClearLog();
        IReadOnlyList<string> before = session.Written;

        ModuleOutcome outcome = session.Run($"param($id, $path) {script}", id, session.File("report.html"));

        Assert.Empty(outcome.Output);
        Assert.Contains(session.Module.Host.Lines, line => line.Contains(said, StringComparison.Ordinal));
        Assert.All(session.Module.Host.Lines.Where(line => line.StartsWith("What if", StringComparison.Ordinal)), line =>
            Assert.Contains("contoso-hub.azure-devices.net", line, StringComparison.Ordinal)
        );
        Assert.Equal(before, session.Written);
        Assert.False(File.Exists(session.File("report.html")));
        Assert.DoesNotContain(session.Module.Sandbox.Log, request => request.Mutating);
        Assert.Empty(session.Module.Host.Questions);
    }

    [Fact]
    public void Remove_WhatIf_MakesNoRequestStore()
    {
        using var session = new RequestSession();

        session.Run("Remove-IotDeviceData th-001 -WhatIf");

        Assert.False(Directory.Exists(session.Store));
    }
}
