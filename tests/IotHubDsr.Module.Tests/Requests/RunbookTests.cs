using System.Management.Automation;

namespace IotHubDsr.Module.Tests.Requests;

/// <summary>The runbook of module/Examples, with requests in a blob container.</summary>
public sealed class RunbookTests : IDisposable
{
    private static readonly string Runbook = Path.Combine(RepositoryPaths.Root, "module", "Examples", "Reverify-DataRequests.ps1");

    private readonly RequestSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void NothingOpen_Ends() => Assert.Equal("Nobody has to act.", Run().Single().ToString());

    [Fact]
    public void AnswerDueSoon_WarnsAndEnds()
    {
        Register("[DateTimeOffset]::Now.AddDays(-27)");

        ModuleOutcome outcome = Run();

        Assert.Contains("the answer is due on", Assert.Single(outcome.Warnings), StringComparison.Ordinal);
        Assert.Empty(outcome.Errors);
    }

    [Fact]
    public void ReceivedAndNotAnswered_WarnsWhoHasToAnswerUntilWhen_AndDoesNotSayThatNobodyHasToAct()
    {
        Register("[DateTimeOffset]::Now");

        ModuleOutcome outcome = Run();

        string warning = Assert.Single(outcome.Warnings);
        Assert.Contains("Received, the answer is due on", warning, StringComparison.Ordinal);
        Assert.Contains("whoever answers requests has to act. Run Get-IotDataRequest | Remove-IotDeviceData for it, or Export-IotDeviceData", warning, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', warning);
        Assert.DoesNotContain(outcome.Output, line => $"{line}" == "Nobody has to act.");
        Assert.Empty(outcome.Errors);
    }

    [Fact]
    public void Answered_SaysThatNobodyHasToAct()
    {
        Register("[DateTimeOffset]::Now");
        _session.Run("param($store) Get-IotDataRequest -RequestStore $store | Set-IotDataRequest -RequestStore $store -AnswerNote 'Nothing is held' | Out-Null", RequestSession.Container);

        Assert.Equal("Nobody has to act.", Run().Single().ToString());
    }

    [Fact]
    public void LocationNeedsItsOwnerNow_FailsBeforeTheAnswerIsDueAndNamesTheOwner()
    {
        Erase("[DateTimeOffset]::Now");

        string failure = $"{Run().Terminating}";

        string line = Assert.Single(failure.Split(Environment.NewLine), one => one.Contains("ActionNeeded", StringComparison.Ordinal));
        Assert.Contains("the answer is due on", line, StringComparison.Ordinal);
        Assert.Contains("the owner of ", line, StringComparison.Ordinal);
    }

    [Fact]
    public void KeyOfAnOpenRequestIsGone_WarnsAndIsNotGoneOnWith()
    {
        Erase("[DateTimeOffset]::Now");
        _session.Run(
            "param($store) Get-IotDataRequest -RequestStore $store | Set-IotDataRequest -RequestStore $store -DestroyKey -Reason 'A new request' -Force | Out-Null",
            RequestSession.Container);

        ModuleOutcome outcome = Run();

        Assert.Contains("whoever answers requests has to act. The key was destroyed", Assert.Single(outcome.Warnings), StringComparison.Ordinal);
        Assert.Empty(outcome.Errors);
    }

    [Fact]
    public void AnswerOverdue_Fails()
    {
        Register("[DateTimeOffset]::Now.AddDays(-60)");

        ModuleOutcome outcome = Run();

        Assert.Contains("overdue since", $"{outcome.Terminating}", StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsDue_IsReadAgainWithoutAPrompt_AndFailsWhenSomebodyHasToAct()
    {
        Erase("[DateTimeOffset]::Now.AddDays(-60)");

        ModuleOutcome outcome = Run();

        PSObject request = _session.Run("param($store) Get-IotDataRequest -RequestStore $store", RequestSession.Container).Single();
        Assert.Equal(2, request.Items("Certificates").Count);
        Assert.Contains(request.Text("RequestId"), $"{outcome.Terminating}", StringComparison.Ordinal);
        Assert.Empty(_session.Module.Host.Questions);
    }

    [Fact]
    public void StoreThatCannotBeRead_Fails()
    {
        _session.Module.Sandbox.Deny("blob:contosoevidence");

        Assert.StartsWith("PermissionMissing", Run().Terminating!.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    private void Register(string receivedAt) =>
        _session.Run($"param($store) $null = New-IotDataRequest th-001 -RequestStore $store -ReceivedAt ({receivedAt})", RequestSession.Container);

    private void Erase(string receivedAt) => _session.Run(
        $"param($store) Remove-IotDeviceData th-001 -Force -RequestStore $store -ReceivedAt ({receivedAt}) | Out-Null", RequestSession.Container);

    private ModuleOutcome Run() => _session.Module.TryRun(
        "param($script, $store) & $script -RequestStore $store -Context $context", Runbook, RequestSession.Container);
}
