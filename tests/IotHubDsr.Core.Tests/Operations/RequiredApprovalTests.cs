namespace IotHubDsr.Core.Tests.Operations;

/// <summary>A request that takes an approval takes it on every path.</summary>
public sealed class RequiredApprovalTests
{
    [Fact]
    public async Task Remove_RequestTakesAnApprovalAndThePlanHasNone_IsRefusedBeforeAndWhenItRuns()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        DataRequest request = await sandbox.RegisterAsync(null, requireApproval: true, "dev1");
        ErasurePlan plan = await sandbox.PlanAsync("dev1");

        DsrException before = await Assert.ThrowsAsync<DsrException>(() => sandbox.PrepareAsync(request.RequestId));
        DsrException running = await Assert.ThrowsAsync<DsrException>(() => sandbox.EraseAsync(plan, requestId: request.RequestId));

        Assert.True(request.RequiresApproval);
        Assert.Equal(("ApprovalMissing", "ApprovalMissing"), (before.Fault.Id, running.Fault.Id));
        Assert.Null((await sandbox.RequestAsync()).PlanDigest);
        await sandbox.PrepareAsync(request.RequestId, requiresApproval: true);
    }

    [Fact]
    public async Task Resume_HoldWasReleasedAfterTheApproval_TakesAnotherApproval()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        DataRequest request = await sandbox.RegisterAsync(null, requireApproval: true, "dev1");
        ErasurePlan plan = await sandbox.PlanAsync("dev1");
        ErasureStep step = plan.Steps.First(step =>
            step is { Action: ErasureAction.Erase, Location.Kind: LocationKinds.RoutedBlobContainer }
        );
        var hold = new HoldOptions
        {
            RequestId = request.RequestId,
            LocationId = step.Location.Id,
            Ground = "Case 7",
            ReviewAt = plan.CreatedAt.AddYears(1),
        };
        await sandbox.ChangeAsync(hold);
        await sandbox.EraseAsync(Approved(plan, plan.CreatedAt.AddMinutes(1)), requestId: request.RequestId);
        await sandbox.ResumeAsync(request.RequestId);
        sandbox.Server.World.Clock.Advance(TimeSpan.FromHours(1));

        // Any answer of the services tells the time.
        await sandbox.PlanAsync("dev1");
        await sandbox.ChangeAsync(hold with { Ground = null, ReviewAt = null });

        DsrException refused = await Assert.ThrowsAsync<DsrException>(() => sandbox.ResumeAsync(request.RequestId));
        ErasurePlan again = await sandbox.PlanAsync("dev1");
        DsrException old = await Assert.ThrowsAsync<DsrException>(() =>
            sandbox.EraseAsync(Approved(again, plan.CreatedAt.AddMinutes(2)), requestId: request.RequestId)
        );
        List<ErasureReceipt> receipts = await sandbox.EraseAsync(
            Approved(again, again.CreatedAt.AddMinutes(1)),
            requestId: request.RequestId
        );

        Assert.Equal(("ApprovalMissing", "ApprovalMissing"), (refused.Fault.Id, old.Fault.Id));
        Assert.Contains("a hold was released", refused.Fault.Message, StringComparison.Ordinal);
        Assert.True(receipts.Single(receipt => receipt.Location.Id == step.Location.Id).RecordsErased > 0);
    }

    private static ErasurePlan Approved(ErasurePlan plan, DateTimeOffset at) =>
        plan with
        {
            Approval = new ErasurePlanApproval
            {
                Path = "plan.json",
                SignaturePath = "plan.json.p7s",
                PlanDigest = plan.Digest,
                ApprovedBy = "Privacy Office",
                CertificateSha256 = new string('a', 64),
                SignedAt = at,
            },
        };
}
