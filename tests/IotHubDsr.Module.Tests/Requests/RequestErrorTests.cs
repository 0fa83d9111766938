namespace IotHubDsr.Module.Tests.Requests;

public sealed class RequestErrorTests
{
    [Theory]
    [InlineData("Get-IotDataRequest 20200101T000000Z-00000000", "RequestNotFound")]
    [InlineData(@"Get-IotDataRequest '..\x'", "RequestNotFound")]
    [InlineData("Get-IotDataRequest ../requests", "RequestNotFound")]
    [InlineData("Resume-IotDataRequest ../x -Force", "RequestNotFound")]
    [InlineData("Test-IotDeviceDataErasure ../x", "RequestNotFound")]
    [InlineData("Set-IotDataRequest ../x -DestroyKey -Force", "RequestNotFound")]
    [InlineData("Export-IotDataRequestReport ../x $path", "RequestNotFound")]
    [InlineData("Export-IotDeviceData th-001 $path -RequestId ../x", "RequestNotFound")]
    [InlineData("Remove-IotDeviceData th-001 -RequestId ../x -Force", "RequestNotFound")]
    [InlineData("New-IotDataRequest th-001 -ReceivedAt 2100-01-01", "InvalidReceivedAt")]
    [InlineData("New-IotDataRequest th-001 -ReceivedAt 0001-01-02", "InvalidReceivedAt")]
    [InlineData("New-IotDataRequest th-001 -ReceivedAt 2018-05-24T00:00Z", "InvalidReceivedAt")]
    [InlineData("Remove-IotDeviceData th-001 -Force -ReceivedAt 0001-01-02", "InvalidReceivedAt")]
    [InlineData("Remove-IotDeviceData th-001 -Force -ReceivedAt 2100-01-01", "InvalidReceivedAt")]
    [InlineData("New-IotDataRequest 'not a device'", "InvalidDeviceId")]
    [InlineData("Get-IotDataRequest -RequestStore 'http://st.blob.core.windows.net/requests'", "InvalidRequestStore")]
    [InlineData("New-IotDataRequest th-001 -RequestStore 'https://st.blob.core.windows.net/requests?sig=secret'", "InvalidRequestStore")]
    [InlineData("Get-IotDataRequest -RequestStore 'https://st.blob.core.windows.net/requests?sig=secret'", "InvalidRequestStore")]
    [InlineData("Resume-IotDataRequest x -Force -RequestStore 'https://st.blob.core.windows.net/a/b?sig=secret'", "InvalidRequestStore")]
    [InlineData("Connect-IotHubDsr -Sandbox $sandbox -RequestStore 'https://st.blob.core.windows.net/'", "InvalidRequestStore")]
    [InlineData("Get-IotDataRequest -RequestStore 'https://contosoevidence.blob.core.windows.net/no-such'", "RequestStoreUnreadable")]
    [InlineData("New-IotDataRequest th-001 -RequestStore 'https://'", "InvalidRequestStore")]
    [InlineData("New-IotDataRequest th-001 -RequestStore 'file:///requests'", "InvalidRequestStore")]
    [InlineData(
        "Remove-IotDeviceData th-001 -Force -RequestStore 'https://st account.blob.core.windows.net/requests?sig=secret'",
        "InvalidRequestStore"
    )]
    [InlineData("Get-IotDataRequest -RequestStore \"$path/requests\"", "RequestStoreUnreadable")]
    [InlineData("Get-IotDataRequest -Due -RequestStore \"$path/requests\"", "RequestStoreUnreadable")]
    public void WrongInput_IsACataloguedError_AndChangesNothing(string script, string id)
    {
        using var session = new RequestSession();

        ModuleOutcome outcome = session.Module.TryRun($"param($path) {script}", session.File("out"));

        outcome.AssertOnly(id);
        Assert.Empty(outcome.Output);
        Assert.DoesNotContain("secret", outcome.AllText, StringComparison.Ordinal);
        Assert.Empty(session.Written);
        Assert.False(Path.Exists(session.File("out")));
        Assert.DoesNotContain(session.Module.Sandbox.Log, request => request.Mutating);
    }

    [Theory]
    [InlineData("Resume-IotDataRequest $id -Force", "RequestHasNoPlan")]
    [InlineData("Test-IotDeviceDataErasure $id", "RequestHasNoPlan")]
    [InlineData("Remove-IotDeviceData th-002 -RequestId $id -Force", "RequestForOtherDevices")]
    [InlineData("Export-IotDeviceData th-002 $path -RequestId $id", "RequestForOtherDevices")]
    [InlineData("Set-IotDataRequest $id -Hold -LocationId a -DeviceId th-002 -Ground x -ReviewAt 2030-01-01", "RequestForOtherDevices")]
    [InlineData("Set-IotDataRequest $id -Release -LocationId a", "HoldNotFound")]
    [InlineData("$null = Export-IotDataRequestReport $id $path; Export-IotDataRequestReport $id $path", "FileNotWritten")]
    [InlineData("$null = Get-IotDataRequest -Diagnostics $path; Get-IotDataRequest -Diagnostics $path", "FileNotWritten")]
    public void WhatTheRequestIsNotFor_IsRefused(string script, string error)
    {
        using var session = new RequestSession();
        string id = session.Register("th-001");

        ModuleOutcome outcome = session.Module.TryRun($"param($id, $path) {script}", id, session.File("out"));

        outcome.AssertOnly(error);
        Assert.Empty(outcome.Output);
        Assert.DoesNotContain(session.Module.Sandbox.Log, request => request.Mutating);
    }

    [Fact]
    public void AfterTheErasure_TheRequestTakesAFurtherPlanAndNoUnknownLocation()
    {
        using var session = new RequestSession();
        string id = session.Erase("th-001");

        session.Module.Sandbox.ClearLog();
        session.Module.Run("param($id) Get-IotDataRequest $id | Remove-IotDeviceData -IncludeOldVersions -WhatIf", id);
        Assert.DoesNotContain(session.Module.Sandbox.Log, request => request.Mutating);
        session
            .Module.TryRun("param($id) Set-IotDataRequest $id -LocationId nowhere -OwnerActionNote x", id)
            .AssertOnly("LocationNotInRequest");
    }

    [Fact]
    public void RequestOfAnotherHub_IsLeftAlone()
    {
        using var session = new RequestSession();
        string id = session.Register("th-001");
        string journal = Path.Combine(session.Store, id, "journal.jsonl");
        File.WriteAllText(
            journal,
            File.ReadAllText(journal).Replace("contoso-hub.azure-devices.net", "other-hub.azure-devices.net", StringComparison.Ordinal)
        );

        session
            .Module.TryRun(
                "param($id, $path) Remove-IotDeviceData th-001 -RequestId $id -Force; Export-IotDeviceData th-001 $path -RequestId $id; "
                    + "Test-IotDeviceDataErasure $id",
                id,
                session.File("out")
            )
            .AssertOnly("RequestForOtherHub");

        Assert.DoesNotContain(session.Module.Sandbox.Log, request => request.Mutating);
    }

    [Fact]
    public void WithoutAConnection_AFolderCanBeReadAndNoted()
    {
        using var session = new RequestSession();
        string id = session.Register("th-001");
        using var other = ModuleSession.Open();

        ModuleOutcome outcome = other.Run(
            "param($store, $id, $path) Get-IotDataRequest -RequestStore $store; Set-IotDataRequest $id -ExtensionReason x -RequestStore "
                + "$store; Export-IotDataRequestReport $id $path -RequestStore $store",
            session.Store,
            id,
            session.File("report.html")
        );

        Assert.Equal(3, outcome.Output.Count);
        other.TryRun("param($store) Get-IotDataRequest -RequestStore $store", RequestSession.Container).AssertOnly("NotConnected");
        other.TryRun("New-IotDataRequest th-001").AssertOnly("NotConnected");
    }

    [Fact]
    public void JournalThatWasChanged_IsNotReliedOn_AndTheOthersAreGiven()
    {
        using var session = new RequestSession();
        string broken = session.Register("th-001"),
            whole = session.Register("th-002");
        string journal = Path.Combine(session.Store, broken, "journal.jsonl");
        File.WriteAllText(journal, File.ReadAllText(journal).Replace("\"seq\":1", "\"seq\":2", StringComparison.Ordinal));

        ModuleOutcome outcome = session.Module.TryRun("Get-IotDataRequest");

        outcome.AssertOnly("JournalBroken");
        Assert.Equal(whole, outcome.Single().Text("RequestId"));
    }

    [Theory]
    [InlineData("Remove-IotDeviceData th-001 -RequestId ../x -WhatIf", "RequestNotFound")]
    [InlineData("Remove-IotDeviceData th-001 -ReceivedAt 2100-01-01 -WhatIf", "InvalidReceivedAt")]
    [InlineData("Remove-IotDeviceData th-001 -RequestStore 'https://st.blob.core.windows.net/a?sig=secret' -Force", "InvalidRequestStore")]
    [InlineData("New-IotErasurePlan th-001 | Remove-IotDeviceData -RequestId ../x -Force", "RequestNotFound")]
    public void Remove_ThatCannotBePutOnRecord_IsRefusedBeforeAnythingIsAsked(string script, string error)
    {
        using var session = ModuleSession.Connected();

        ModuleOutcome outcome = session.TryRun(script);

        Assert.Equal([error], outcome.ErrorIds);
        Assert.Empty(session.Host.Lines);
        Assert.DoesNotContain(session.Sandbox.Log, request => request.Mutating);
    }
}
