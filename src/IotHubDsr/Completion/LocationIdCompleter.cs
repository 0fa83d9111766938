namespace IotHubDsr.Completion;

/// <summary>
/// Completes IDs of locations: those of the holds when one is released, those of the request's plan, or those of the hub.
/// </summary>
public sealed class LocationIdCompleter : DsrCompleter
{
    private protected override IEnumerable<Candidate> CandidatesOf(BoundSoFar bound)
    {
        DataRequest? request = bound.Text("RequestId") is { } id && RequestsOf(bound, id) is [var one, ..] ? one : null;
        if (request is not null && bound.Has("Release"))
            return request.Holds.Select(hold => new Candidate(hold.LocationId, $"{hold}: {hold.Ground}"));
        if (request?.Locations.Count > 0)
            return request.Locations.Select(location => new Candidate(location.LocationId, location.ToString()));
        return bound.Context is { } context
            ? Read<DataLocation>((engine, cancellationToken) => engine.GetLocationsAsync(context, cancellationToken))
                .Select(location => new Candidate(location.Id, location.ToString()))
            : [];
    }
}
