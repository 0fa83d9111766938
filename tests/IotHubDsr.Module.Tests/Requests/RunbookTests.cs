using System.Management.Automation;

namespace IotHubDsr.Module.Tests.Requests;

/// <summary>The runbook of module/Examples, with requests in a blob container.</summary>
public sealed class RunbookTests : IDisposable
{
    private static readonly string Runbook = Path.Combine(RepositoryPaths.Root, "module", "Examples", "Reverify-DataRequests.ps1");

    private readonly RequestSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void NothingOpen_Ends() => Assert.Equal("No action is needed.", Run().Single().ToString());

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
        Assert.Contains(
            "the person who answers requests must act. Run Get-IotDataRequest | Remove-IotDeviceData for it, or Export-IotDeviceData",
            warning,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain('\n', warning);
        Assert.DoesNotContain(outcome.Output, line => $"{line}" == "No action is needed.");
        Assert.Empty(outcome.Errors);
    }

    [Fact]
    public void Answered_SaysThatNobodyHasToAct()
    {
        Register("[DateTimeOffset]::Now");
        _session.Run(
            "param($store) Get-IotDataRequest -RequestStore $store | Set-IotDataRequest -RequestStore $store -AnswerNote 'Nothing is "
                + "held' | Out-Null",
            RequestSession.Container
        );

        Assert.Equal("No action is needed.", Run().Single().ToString());
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
            "param($store) Get-IotDataRequest -RequestStore $store | Set-IotDataRequest -RequestStore $store -DestroyKey -Reason 'A new "
                + "request' -Force | Out-Null",
            RequestSession.Container
        );

        ModuleOutcome outcome = Run();

        Assert.Contains(
            "the person who answers requests must act. The key was destroyed",
            Assert.Single(outcome.Warnings),
            StringComparison.Ordinal
        );
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

    [Theory]
    [InlineData(27)]
    [InlineData(0)]
    public void ErasureThatOnlyWaits_WarnsWhenItsAnswerIsDueSoonAndNotBefore(int days)
    {
        // Of a window in which nothing was sent, what is left are places that only time empties.
        Erase($"[DateTimeOffset]::Now.AddDays(-{days})", "-StartTime ([DateTimeOffset]::Now)");
        NoteOwners("*");

        ModuleOutcome outcome = Run();

        string line = days > 0 ? Assert.Single(outcome.Warnings) : $"{outcome.Output[0]}";
        Assert.Contains(": Waiting, the answer is due on", line, StringComparison.Ordinal);
        Assert.Contains("; no action is needed before ", line, StringComparison.Ordinal);
        Assert.Equal(days == 0, outcome.Output.Any(output => $"{output}" == "No action is needed."));
        Assert.Empty(outcome.Errors);
    }

    [Fact]
    public void PlaceIsUnreadableUnplannedOrNotEmpty_FailsAndSaysWhoHasToDoWhatThere()
    {
        _session.Module.Sandbox.Deny("blob:contosorouted/raw-json");
        _session.Module.Sandbox.AddFault(
            new
            {
                service = "arm",
                pathContains = "diagnosticSettings",
                times = 1_000,
                status = 403,
            }
        );
        Erase("[DateTimeOffset]::Now", "-ErrorAction SilentlyContinue");

        _session.Module.Sandbox.ClearFaults();
        _session.Module.TryRun(
            "param($store) Get-IotDataRequest -RequestStore $store | Test-IotDeviceDataErasure -RequestStore $store | Out-Null",
            RequestSession.Container
        );

        string failure = $"{Run().Terminating}";

        Assert.Contains(
            "the administrator of RoutedBlobContainer contosorouted/raw-json must make it readable",
            failure,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "the operator must check what is left in RoutedBlobContainer contosoarchive/cold-archive",
            failure,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "the operator must plan an erasure for LogArchive contosouploads/insights-logs-connections",
            failure,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void OwnerHasActed_IsNotNamedAgain()
    {
        Erase("[DateTimeOffset]::Now");
        NoteOwners("Webhook");

        string failure = $"{Run().Terminating}";

        Assert.Contains("the owner of AzureFunction ", failure, StringComparison.Ordinal);
        Assert.DoesNotContain("the owner of Webhook ", failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HoldStands_IsNobodysDutyUntilItsReviewDateHasCome()
    {
        var review = (DateTimeOffset)
            _session
                .Run(
                    """
                    param($store)
                    $id = (New-IotDataRequest th-001 -RequestStore $store).RequestId
                    $avro = (Get-IotDataLocation | Where-Object Place -EQ 'contosorouted/raw-avro').Id
                    $json = (Get-IotDataLocation | Where-Object Place -EQ 'contosorouted/raw-json').Id
                    $review = [DateTimeOffset]::Now.AddSeconds(5)
                    Set-IotDataRequest $id -Hold -LocationId $avro -Ground 'Case 7' -ReviewAt $review -RequestStore $store | Out-Null
                    Set-IotDataRequest $id -Hold -LocationId $json -Ground 'Case 8' -ReviewAt $review.AddYears(1) -RequestStore $store | Out-Null
                    Remove-IotDeviceData th-001 -Force -RequestId $id -RequestStore $store | Out-Null
                    $review
                    """,
                    RequestSession.Container
                )
                .Single()
                .BaseObject;
        while (TimeProvider.System.GetUtcNow() <= review)
            await Task.Delay(TimeSpan.FromMilliseconds(100));

        string failure = $"{Run().Terminating}";

        Assert.Contains(
            "the person who decides on the hold on RoutedBlobContainer contosorouted/raw-avro must review it",
            failure,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("raw-json", failure, StringComparison.Ordinal);
    }

    [Fact]
    public void RunIsInterruptedAndCannotBeGoneOnWith_FailsAndSaysWhyAndWhoHasToAct()
    {
        // As of a process that dies: it cannot even put its own end on record.
        _session.Module.Sandbox.AddFault(
            new
            {
                service = "blob",
                host = "contosoevidence.blob.core.windows.net",
                method = "PUT",
                pathContains = "comp=appendblock",
                skip = 5,
                times = 1_000,
                status = 403,
            }
        );
        _session.Module.TryRun("param($store) Remove-IotDeviceData th-001 -Force -RequestStore $store", RequestSession.Container);

        string[] failure = $"{Run().Terminating}".Split(Environment.NewLine);

        string requestId = _session
            .Run("param($store) Get-IotDataRequest -RequestStore $store", RequestSession.Container)
            .Single()
            .Text("RequestId");
        Assert.Contains(failure, line => line.StartsWith($"{requestId}: EvidenceFailed. ", StringComparison.Ordinal));
        Assert.Contains(failure, line =>
            line.StartsWith($"{requestId}: Interrupted, the answer is due on ", StringComparison.Ordinal)
            && line.Contains("; the operator must act. Run Resume-IotDataRequest", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void RequestThatCannotBeRead_FailsBesideTheOthers()
    {
        Register("[DateTimeOffset]::Now");
        _session.Module.Sandbox.WriteBlob(
            "contosoevidence",
            "data-requests",
            "20260101T000000Z-00000000/journal.000001.jsonl",
            "No journal\n"u8.ToArray()
        );

        ModuleOutcome outcome = Run();

        Assert.Contains("A request could not be read. The journal of ", $"{outcome.Terminating}", StringComparison.Ordinal);
        Assert.Contains(": Received, ", Assert.Single(outcome.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void AnsweredRequest_IsNotOverdueWhileItWaits()
    {
        Erase("[DateTimeOffset]::Now.AddDays(-60)", "-StartTime ([DateTimeOffset]::Now)");
        NoteOwners("*");
        _session.Run(
            "param($store) Get-IotDataRequest -RequestStore $store | Set-IotDataRequest -RequestStore $store -AnswerNote 'Told what "
                + "remains' | Out-Null",
            RequestSession.Container
        );

        ModuleOutcome outcome = Run();

        Assert.Contains(": Waiting, answered; no action is needed before ", $"{outcome.Output[0]}", StringComparison.Ordinal);
        Assert.Equal("No action is needed.", $"{outcome.Output[^1]}");
        Assert.Empty(outcome.Warnings);
    }

    private void Register(string receivedAt) =>
        _session.Run(
            $"param($store) $null = New-IotDataRequest th-001 -RequestStore $store -ReceivedAt ({receivedAt})",
            RequestSession.Container
        );

    private void Erase(string receivedAt, string options = "") =>
        _session.Run(
            $"param($store) Remove-IotDeviceData th-001 -Force -RequestStore $store -ReceivedAt ({receivedAt}) {options} | Out-Null",
            RequestSession.Container
        );

    /// <summary>Notes that owners have done what was theirs.</summary>
    private void NoteOwners(string kind) =>
        _session.Run(
            """
            param($store, $kind)
            $request = Get-IotDataRequest -RequestStore $store
            foreach ($location in $request.Locations | Where-Object { "$($_.Verdict)" -eq 'OwnerAction' -and $_.Kind -like $kind }) {
                Set-IotDataRequest $request.RequestId -LocationId $location.LocationId -OwnerActionNote 'Done' -RequestStore $store | Out-Null
            }
            """,
            RequestSession.Container,
            kind
        );

    private ModuleOutcome Run() =>
        _session.Module.TryRun(
            "param($script, $store) & $script -RequestStore $store -Context $context",
            Runbook,
            RequestSession.Container
        );
}
