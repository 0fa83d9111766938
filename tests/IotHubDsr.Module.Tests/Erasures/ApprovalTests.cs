using System.Management.Automation;

namespace IotHubDsr.Module.Tests.Erasures;

public sealed class ApprovalTests
{
    [Theory]
    [InlineData("No")]
    [InlineData("No to All")]
    public void Refusal_SendsNoMutatingRequest_AndIsSaidInTheReceipts(string answer)
    {
        using var session = ModuleSession.Connected();
        session.Host.Answer = _ => answer;
        int steps = session.Run("(New-IotErasurePlan dev1).Steps | Where-Object Action -eq Erase").Output.Count;

        ModuleOutcome outcome = session.Run("Remove-IotDeviceData dev1");

        Assert.True(steps > 10, $"{steps}");
        Assert.Equal(answer == "No" ? steps : 1, session.Host.Questions.Count);
        Assert.DoesNotContain(session.Sandbox.Log, request => request.Mutating);
        List<PSObject> refused =
        [
            .. outcome.Output.Where(receipt => receipt.Text("Detail").Contains("Not approved", StringComparison.Ordinal)),
        ];
        Assert.Equal(steps, refused.Count);
        Assert.All(refused, receipt => Assert.Equal(("Present", 0), (receipt.Text("Verdict"), receipt.Number("RecordsErased"))));
    }

    [Theory]
    [InlineData("No", "OwnerAction")]
    [InlineData("Yes", "Erased")]
    public void YesToAll_DoesNotChooseWhatBecomesOfEnrollments(string answer, string verdict)
    {
        using var session = ModuleSession.Connected();
        session.Host.Answer = question => question.Contains("Delete the enrollments", StringComparison.Ordinal) ? answer : "Yes to All";

        ModuleOutcome outcome = session.Run(
            "Remove-IotDeviceData dev1 -Reprovisioning Ask | Where-Object Kind -eq ProvisioningService | ForEach-Object { \"$($_.Verdict)\" }"
        );

        Assert.Equal(2, session.Host.Questions.Count);
        Assert.Contains("Delete the enrollments", session.Host.Questions.Last(), StringComparison.Ordinal);
        Assert.Equal(verdict, outcome.Output.Single().ToString());
    }

    [Theory]
    [InlineData("-Force")]
    [InlineData("-Confirm:$false")]
    public void Ask_WithoutPrompts_DeletesEnrollments(string parameter)
    {
        using var session = ModuleSession.Connected();

        ModuleOutcome outcome = session.Run(
            $"Remove-IotDeviceData dev1 -Reprovisioning Ask {parameter} | Where-Object Kind -eq ProvisioningService | "
                + "ForEach-Object { \"$($_.Verdict)\" }"
        );

        Assert.Equal("Erased", outcome.Output.Single().ToString());
        Assert.Empty(session.Host.Questions);
    }

    [Fact]
    public void Question_NamesDevicePlaceAndSize()
    {
        using var session = ModuleSession.Connected();
        session.Host.Answer = _ => "No";

        session.Run("Remove-IotDeviceData dev1 | Out-Null");

        Assert.Contains(session.Host.Questions, question =>
            question.Contains(
                "Device 'dev1' of contoso-hub.azure-devices.net in DeviceRegistry contoso-hub (4 records in 4 items, ",
                StringComparison.Ordinal
            )
        );
    }

    [Fact]
    public void SomeApproved_OnlyTheyAreErased()
    {
        using var session = ModuleSession.Connected();
        session.Host.Answer = question => question.Contains("CloudToDeviceQueue", StringComparison.Ordinal) ? "Yes" : "No";

        ModuleOutcome outcome = session.Run("Remove-IotDeviceData dev1");

        LoggedRequest mutation = Assert.Single(session.Sandbox.Log, request => request.Mutating);
        Assert.StartsWith("/devices/dev1/commands", mutation.Target, StringComparison.Ordinal);
        Assert.Equal(3, RemoveTests.Receipt(outcome, "contoso-hub", "CloudToDeviceQueue").Number("RecordsErased"));
        Assert.Equal("Present", RemoveTests.Receipt(outcome, "contoso-hub", "DeviceRegistry").Text("Verdict"));
    }

    [Theory]
    [InlineData("Remove-IotDeviceData dev1 -Force")]
    [InlineData("Remove-IotDeviceData dev1 -Confirm:$false")]
    [InlineData("$ConfirmPreference = 'None'; Remove-IotDeviceData dev1")]
    public void NoPrompt_WhenNoneIsWanted(string script)
    {
        using var session = ModuleSession.Connected();

        session.Run(script);

        Assert.Empty(session.Host.Questions);
        Assert.Equal(0, new ArchiveState(session.Sandbox).CountOf("dev1"));
    }

    [Fact]
    public void ForceAndConfirm_Asks()
    {
        using var session = ModuleSession.Connected();
        session.Host.Answer = _ => "No to All";

        session.Run("Remove-IotDeviceData dev1 -Force -Confirm | Out-Null");

        Assert.NotEmpty(session.Host.Questions);
        Assert.DoesNotContain(session.Sandbox.Log, request => request.Mutating);
    }

    [Fact]
    public void PlanThatSettlesMessages_IsAskedAboutInSpiteOfForce()
    {
        using var session = ModuleSession.Connected();
        session.Host.Answer = _ => "No";

        session.Run("$plan = New-IotErasurePlan dev1 -SettleMessages; Remove-IotDeviceData -Plan $plan -Force | Out-Null");

        Assert.NotEmpty(session.Host.Questions);
        Assert.All(session.Host.Questions, question => Assert.Matches("ServiceBus|StorageQueue", question));
        Assert.Equal(0, new ArchiveState(session.Sandbox).CountOf("dev1"));
    }

    [Theory]
    [InlineData("$plan = New-IotErasurePlan dev1 -SettleMessages; Remove-IotDeviceData -Plan $plan -SettleMessages -Force | Out-Null")]
    [InlineData("Remove-IotDeviceData dev1 -SettleMessages -Force | Out-Null")]
    public void SettleMessages_OnTheCommandLine_IsTheConsent(string script)
    {
        using var session = ModuleSession.Connected();

        session.Run(script);

        Assert.Empty(session.Host.Questions);
    }
}
