namespace IotHubDsr.Core.Tests.Operations;

/// <summary>The workflow of Remove-IotDeviceData: prepare, plan, ask, run.</summary>
public sealed class RemovingTests
{
    [Fact]
    public async Task Remove_AsksForEachStepBeforeAnythingIsChanged_AndErasesWhatIsApproved()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ErasurePlan plan = await sandbox.PlanAsync("dev1");
        sandbox.Server.RequestLog.Clear();
        var asked = new List<ConfirmationEvent>();
        bool isChanged = false;
        sandbox.Answers = question =>
        {
            asked.Add(question);
            isChanged |= sandbox.Server.RequestLog.After(0).Any(request => request.Mutating);
            return !question.Target.Contains("FileUploadContainer", StringComparison.Ordinal);
        };

        List<ErasureReceipt> receipts = await sandbox.RemoveAsync(sandbox.Removal("dev1"));

        Assert.False(isChanged);
        Assert.Equal(
            plan.Steps.Where(step => step.Action == ErasureAction.Erase).Select(step => (step.Target, "Erase device data")),
            asked.Select(question => (question.Target, question.Action))
        );
        Assert.Contains(receipts, receipt => receipt.RecordsErased > 0);
        Assert.All(receipts.Where(receipt => receipt.Kind == "FileUploadContainer"), receipt => Assert.Equal(0, receipt.RecordsErased));
    }

    [Fact]
    public async Task Remove_Rehearsal_AsksAndChangesNothingWhateverTheAnswers()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        sandbox.Server.RequestLog.Clear();

        List<ErasureReceipt> receipts = await sandbox.RemoveAsync(sandbox.Removal("dev1") with { IsRehearsal = true });

        Assert.Empty(receipts);
        Assert.NotEmpty(sandbox.Events.OfType<ConfirmationEvent>());
        Assert.DoesNotContain(sandbox.Server.RequestLog.After(0), request => request.Mutating);
        Assert.Empty(Directory.EnumerateFileSystemEntries(sandbox.RequestStore));
    }

    [Fact]
    public async Task Remove_OneOfTwoPlansNoLongerHolds_AsksAndRunsNeither()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ErasurePlan good = await sandbox.PlanAsync("dev1");
        ErasurePlan changed = await sandbox.PlanAsync("dev2");
        await sandbox.EraseAsync(await sandbox.PlanAsync("dev2"));
        sandbox.Server.RequestLog.Clear();
        sandbox.Events.Clear();

        DsrException refused = await Assert.ThrowsAsync<DsrException>(() =>
            sandbox.RemoveAsync(sandbox.Removal(good), sandbox.Removal(changed))
        );

        Assert.Equal("PlanChanged", refused.Fault.Id);
        Assert.Empty(sandbox.Events.OfType<ConfirmationEvent>());
        Assert.DoesNotContain(sandbox.Server.RequestLog.After(0), request => request.Mutating);
    }

    [Fact]
    public async Task Resume_Declined_DoesNothing()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        List<ErasureReceipt> receipts = await sandbox.EraseAsync(await sandbox.PlanAsync("dev1"));
        DataRequest before = await sandbox.RequestAsync();
        sandbox.Server.RequestLog.Clear();
        sandbox.Events.Clear();
        sandbox.Answers = _ => false;

        Assert.Empty(await sandbox.ResumeAsync(receipts[0].RequestId));

        ConfirmationEvent question = Assert.Single(sandbox.Events.OfType<ConfirmationEvent>());
        Assert.StartsWith($"Request {before.RequestId}: 1 device of {before.HubHostName} in ", question.Target, StringComparison.Ordinal);
        Assert.Equal("Continue erasing device data", question.Action);
        Assert.Empty(sandbox.Server.RequestLog.After(0));
        Assert.Equal(before.JournalDigest, (await sandbox.RequestAsync()).JournalDigest);
    }
}
