using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Requests;
using IotHubDsr.Core.Evidence.Signatures;
using IotHubDsr.Core.Evidence.Stores;

namespace IotHubDsr.Core.Operations;

/// <summary>
/// Checks before anything is planned whether an erasure can be recorded: problems are reported before a person has answered prompts. The
/// run itself checks again.
/// </summary>
internal sealed class Preparing(IEvidenceStore store, RemoveOptions options, TimeProvider time)
{
    /// <summary>What is known of the request that is to go on; null for a new one.</summary>
    public async Task<RequestState?> RunAsync(CancellationToken cancellationToken)
    {
        if (options.Performer.SigningCertificate is { } certificate)
            SigningKey.ForSigning(certificate, time.GetUtcNow());
        if (!options.IsRehearsal)
            await StoreGuard.RequireWritableAsync(store, needed: 0, cancellationToken);
        if (options.RequestId is not { } requestId)
        {
            OpenRequest.RequirePlausible(options.ReceivedAt, time.GetUtcNow());
            return null;
        }

        RequestState state = (await OpenRequest.ReadAsync(store, requestId, cancellationToken)).State;
        RequestHub.Require(state.Registration!, options.Context!);
        OpenRequest.RequireErasable(state);
        RequestApproval.RequireAsked(state, isAsked: options.Planned?.Approval is not null);
        return state;
    }
}
