namespace IotHubDsr.Completion;

/// <summary>Completes IDs of requests from the store, the most urgent first.</summary>
public sealed class RequestIdCompleter : DsrCompleter
{
    private protected override IEnumerable<Candidate> CandidatesOf(BoundSoFar bound) =>
        RequestsOf(bound)
            .Select(request => new Candidate(
                request.RequestId,
                $"{request.Status}, due {request.DueAt:yyyy-MM-dd}, {Counted.Of(request.Devices, "device")} of {request.HubHostName}"
            ));
}
