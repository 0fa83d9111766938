namespace IotHubDsr.Completion;

/// <summary>Completes blob containers, as account/container, from the locations of the present connection.</summary>
public sealed class ContainerCompleter : DsrCompleter
{
    private protected override IEnumerable<Candidate> CandidatesOf(BoundSoFar bound) =>
        bound.Context is { } context
            ? Read<DataLocation>((engine, cancellationToken) => engine.GetLocationsAsync(context, cancellationToken))
                .Where(location => location.Settings.ContainsKey(LocationSettings.ContainerUri))
                .Select(location => new Candidate(location.Place, location.ToString()))
            : [];
}
