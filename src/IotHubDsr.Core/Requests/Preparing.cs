using IotHubDsr.Certificates;
using IotHubDsr.Evidence;

namespace IotHubDsr.Requests;

/// <summary>
/// Looks before anything is planned whether an erasure can be put on record: what is wrong is told before a person has answered prompts.
/// The run itself looks again.
/// </summary>
internal sealed class Preparing(IEvidenceStore store, ErasurePreparation request, TimeProvider time)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (request.Performer.SigningCertificate is { } certificate)
            SigningKey.ForSigning(certificate, time.GetUtcNow());
        if (request.RequestId is not { } requestId)
        {
            OpenRequest.RequirePlausible(request.ReceivedAt, time.GetUtcNow());
            return;
        }

        IEvidenceFolder folder = await OpenRequest.FindAsync(store, requestId, cancellationToken).ConfigureAwait(false);
        byte[] journal = await OpenRequest.GuardAsync(store, () => folder.ReadJournalAsync(cancellationToken)).ConfigureAwait(false) ?? [];
        RequestState state = RequestState.Read(folder.PlaceOf(string.Empty), journal);
        RequestHub.Require(state.Registration!, request.Context!);
        if (state.IsAnonymised)
            throw FaultCatalogue.RequestAnonymised.Exception(requestId);
        RequestApproval.RequireAsked(state, request);
    }
}
