namespace IotHubDsr.Completion;

/// <summary>Completes IDs of devices from the request that is named.</summary>
public sealed class RequestDeviceCompleter : DsrCompleter
{
    private protected override IEnumerable<Candidate> CandidatesOf(BoundSoFar bound) =>
        bound.Text("RequestId") is { } id
            ? RequestsOf(bound, id)
                .SelectMany(request => request.DeviceId, (request, deviceId) => new Candidate(deviceId, $"device of {request.HubHostName}"))
            : [];
}
