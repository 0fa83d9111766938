using IotHubDsr.Module.Tests.Erasures;

namespace IotHubDsr.Module.Tests.Requests;

public sealed class RequestPipelineTests
{
    [Fact]
    public void Request_BindsToRemove_AndTheReceiptsToTest_OnceEach()
    {
        using var session = new RequestSession();

        ModuleOutcome outcome = session.Run(
            "$request = New-IotDataRequest th-001, th-002; $request | Remove-IotDeviceData -Force | Test-IotDeviceDataErasure"
        );

        string id = session.Run("$request.RequestId").Single().ToString();
        Assert.All(outcome.Output, receipt => Assert.Equal(id, receipt.Text("RequestId")));
        Assert.Equal(
            outcome.Output.Count,
            outcome
                .Output.Select(receipt => $"{receipt.Get("DeviceId")} {receipt.Get("Location.Id")}")
                .Distinct(StringComparer.Ordinal)
                .Count()
        );
        Assert.Equal(2, session.Get(id).Items("Certificates").Count);
        Assert.Single(session.Run("Get-IotDataRequest").Output);
    }

    [Fact]
    public void Due_IsResumed_EachRequestOnce_AndWhatArrivedIsErased()
    {
        using var session = new RequestSession();
        string first = session.Erase("th-001"),
            second = session.Erase("th-002");

        // The hub's own record of the deletion arrives. The clock of the module stands where it is: that the record is there is told by
        // reading.
        session.Module.Sandbox.Advance(TimeSpan.FromMinutes(20));
        ModuleOutcome found = session.Run("Get-IotDataRequest | Test-IotDeviceDataErasure | Where-Object Place -eq contosorouted/raw-json");
        session.Module.Sandbox.Advance(TimeSpan.FromMinutes(20));
        ModuleOutcome outcome = session.Run("Get-IotDataRequest -Due | Resume-IotDataRequest -Force");

        Assert.Equal(["Present", "Present"], found.Output.Select(receipt => receipt.Text("Verdict")));
        Assert.Equal(
            [first, second],
            outcome.Output.Select(receipt => receipt.Text("RequestId")).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
        );
        Assert.Equal(0, new ArchiveState(session.Module.Sandbox).CountOf("th-001"));
        Assert.Empty(session.Module.Host.Questions);
        Assert.Equal([3, 3], session.Run("Get-IotDataRequest").Output.Select(request => request.Items("Certificates").Count));
    }

    [Fact]
    public void Due_Within_GivesOnlyWhatIsUrgent()
    {
        using var session = new RequestSession();
        session.Run("$old = New-IotDataRequest th-001 -ReceivedAt ([DateTimeOffset]::Now.AddDays(-60)); $new = New-IotDataRequest th-002");

        Assert.Equal(2, session.Run("Get-IotDataRequest -Due").Output.Count);
        Assert.Equal("True", session.Run("(Get-IotDataRequest -Due -Within 1.00:00:00).RequestId -eq $old.RequestId").Single().ToString());
        Assert.Equal("True", session.Run("@(Get-IotDataRequest -Due)[0].RequestId -eq $old.RequestId").Single().ToString());
    }

    [Theory]
    [InlineData("$ids | Test-IotDeviceDataErasure")]
    [InlineData("Resume-IotDataRequest $ids -Force")]
    [InlineData("$ids | Set-IotDataRequest -ExtensionReason 'Four hubs'")]
    public void OneThatFails_DoesNotKeepTheOthersFromTheirTurn(string script)
    {
        using var session = new RequestSession();
        string id = session.Erase("th-001");

        ModuleOutcome outcome = session.Module.TryRun($"param($id) $ids = '20200101T000000Z-00000000', $id; {script}", id);

        outcome.AssertOnly("RequestNotFound");
        Assert.NotEmpty(outcome.Output);
        Assert.All(outcome.Output, one => Assert.Equal(id, one.Text("RequestId")));
    }

    [Theory]
    [InlineData("Remove-IotDeviceData -Force")]
    [InlineData("Export-IotDeviceData -Path $path")]
    public void SeveralRequests_AreNotTakenForOne(string command)
    {
        using var session = new RequestSession();

        // The last of them, or the first, is about the devices of both.
        ModuleOutcome outcome = session.Module.TryRun(
            $"param($path) $one = New-IotDataRequest th-001; $both = New-IotDataRequest th-001, th-002; $one, $both | {command}; $both, "
                + $"$one | {command}",
            session.File("package")
        );

        outcome.AssertOnly("RequestForOtherDevices");
        Assert.Contains("one request at a time", $"{outcome.Errors[0]}", StringComparison.Ordinal);
        Assert.False(Path.Exists(session.File("package")));
        Assert.DoesNotContain(session.Module.Sandbox.Log, request => request.Mutating);
    }

    [Fact]
    public void Export_ForARequest_IsOnItsRecord()
    {
        using var session = new RequestSession();

        ModuleOutcome outcome = session.Run(
            "param($path) New-IotDataRequest th-001 | Export-IotDeviceData -Path $path",
            session.File("package")
        );

        string id = session.Run("Get-IotDataRequest").Single().Text("RequestId");
        Assert.Equal(id, outcome.Single().Text("Identifier"));
        Assert.Contains("\"exported\"", File.ReadAllText(Path.Combine(session.Store, id, "journal.jsonl")), StringComparison.Ordinal);
    }
}
