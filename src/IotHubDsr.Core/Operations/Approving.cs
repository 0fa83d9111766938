using IotHubDsr.Core.Evidence.Plans;
using IotHubDsr.Core.Evidence.Signatures;

namespace IotHubDsr.Core.Operations;

/// <summary>Signs a plan's file as its approver. The signed bytes are the ones that were read as a plan and shown.</summary>
internal sealed class Approving(ApprovePlanOptions options, OperationEvents events, TimeProvider time)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        string signaturePath = options.SignaturePath ?? PlanApproval.SignaturePathOf(options.Path);
        if (Path.Exists(signaturePath))
            throw FaultCatalogue.FileNotWritten.Exception(signaturePath, "it already exists.");
        var key = SigningKey.ForSigning(options.Certificate, time.GetUtcNow());
        byte[] file = await PlanFile.ReadBytesAsync(options.Path, cancellationToken);
        ErasurePlan plan = PlanDocument.Read(options.Path, file);
        if (plan.Digest != options.Digest)
            throw FaultCatalogue.InvalidPlan.Exception(options.Path, "it was replaced while its approver was being asked.");
        if (PlanItems.AreMissing(PlanFile.WithItems(plan, options.Path)))
        {
            string what =
                $"The items of the plan are not beside it, in '{PlanFile.ItemsPathOf(options.Path)}'. The approval covers them by number and "
                + "digest; nobody can see here which they are.";
            await events.EmitAsync(new NoticeEvent(NoticeLevel.Warning, what), cancellationToken);
        }

        foreach (ErasureStep step in plan.Steps.Where(step => step.Action == ErasureAction.Erase))
            await events.EmitAsync(new NoticeEvent(NoticeLevel.Verbose, $"Approved for erasure: {step.Target}"), cancellationToken);

        byte[] signature = PlanApproval.Sign(file, key, time.GetUtcNow());
        var own = new ApprovalRequirement { SignaturePath = signaturePath, Approvers = [options.Certificate] };
        ErasurePlanApproval approval = PlanApproval.Verify(plan, file, signature, own, time);
        await PlanFile.SaveAsync(signature, signaturePath, FaultCatalogue.FileNotWritten, cancellationToken);
        await events.OutputAsync(approval, cancellationToken);
    }
}
