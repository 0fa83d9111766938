namespace IotHubDsr.Completion;

/// <summary>
/// Completes blob containers, as account/container, and other places that another hub may write to, from the locations of the present
/// connection.
/// </summary>
public sealed class ContainerCompleter : DsrCompleter
{
    private protected override IEnumerable<Candidate> CandidatesOf(BoundSoFar bound) =>
        bound.Context is { } context
            ? Read<DataLocation>((engine, cancellationToken) => engine.GetLocationsAsync(context, cancellationToken))
                .Where(location =>
                    location.Settings.Keys.Any(setting =>
                        setting is LocationSettings.ContainerUri or LocationSettings.OtherHubs or LocationSettings.SharingUnknown
                    )
                )
                .Select(location => new Candidate(location.Place, location.ToString()))
            : [];
}
