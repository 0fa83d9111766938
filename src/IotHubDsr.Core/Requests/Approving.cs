using IotHubDsr.Certificates;
using IotHubDsr.Engine;
using IotHubDsr.Plans;

namespace IotHubDsr.Requests;

/// <summary>Signs a plan's file as its approver. What is signed was read as a plan first, and is what is told of it.</summary>
internal sealed class Approving(ApprovePlanRequest request, OperationEvents events, TimeProvider time)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        string signaturePath = request.SignaturePath ?? PlanApproval.SignaturePathOf(request.Path);
        if (Path.Exists(signaturePath))
            throw FaultCatalogue.FileNotWritten.Exception(signaturePath, "it exists already.");
        SigningKey key = SigningKey.ForSigning(request.Certificate, time.GetUtcNow());
        byte[] file = await PlanFile.ReadBytesAsync(request.Path, cancellationToken).ConfigureAwait(false);
        ErasurePlan plan = PlanDocument.Read(request.Path, file);
        if (plan.Digest != request.Digest)
            throw FaultCatalogue.InvalidPlan.Exception(request.Path, "it was replaced while its approver was asked about it.");
        foreach (ErasureStep step in plan.Steps.Where(step => step.Action == ErasureAction.Erase))
            await events.EmitAsync(new NoticeEvent(NoticeLevel.Verbose, $"Approved to be erased: {step.Target}"), cancellationToken).ConfigureAwait(false);

        byte[] signature = PlanApproval.Sign(file, key, time.GetUtcNow());
        var own = new ApprovalRequirement { SignaturePath = signaturePath, Approvers = [request.Certificate] };
        ErasurePlanApproval approval = PlanApproval.Verify(plan, file, signature, own, time);
        await PlanFile.SaveAsync(signature, signaturePath, FaultCatalogue.FileNotWritten, cancellationToken).ConfigureAwait(false);
        await events.OutputAsync(approval, cancellationToken).ConfigureAwait(false);
    }
}
