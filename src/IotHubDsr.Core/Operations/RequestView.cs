using IotHubDsr.Core.Distribution;
using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Requests;
using IotHubDsr.Core.Evidence.Stores;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Operations;

/// <summary>A request as shown to a person: what its journal says, with the names and texts that its key opens.</summary>
internal sealed class RequestView(IEvidenceStore store, TimeProvider time)
{
    /// <summary>Reads one request.</summary>
    /// <exception cref="DsrException">There is none, or its journal is broken.</exception>
    public async Task<DataRequest> ReadAsync(string requestId, CancellationToken cancellationToken) =>
        await ReadAsync(await OpenRequest.ReadAsync(store, requestId, cancellationToken), cancellationToken);

    /// <summary>Reads what belongs to a request whose journal was read.</summary>
    public Task<DataRequest> ReadAsync(StoredRequest stored, CancellationToken cancellationToken) => StoreGuard.RunAsync(store, async () =>
        {
            string? holder = await stored.Folder.ReadHolderAsync(cancellationToken);
            return await BuildAsync(stored.Folder, stored.State, holder, cancellationToken);
        });

    public async Task<DataRequest> BuildAsync(
        IEvidenceFolder folder,
        RequestState state,
        string? holder,
        CancellationToken cancellationToken
    )
    {
        Registered registered = state.Registration!;
        IReadOnlyList<string> devices = await OpenRequest.ReadDeviceIdsAsync(folder, cancellationToken);
        List<DataRequestLocation> locations = [];
        foreach ((string id, LocationState location) in state.Locations)
            locations.Add(await WithRecipientAsync(LocationOf(id, location, state), folder, state, cancellationToken));
        DateTimeOffset now = time.GetUtcNow();
        WorkersProgress? workers = store is ISegmentStore segments
            ? await DistributedProgress.OfRunAsync(segments.OpenSegments(folder.RequestId), state, now, cancellationToken)
            : null;
        var progress = RequestProgress.Of(state, holder is not null, now);
        return new DataRequest
        {
            RequestId = folder.RequestId,
            RequestStore = store.Place,
            HubHostName = registered.HubHostName,
            HubResourceId = registered.HubResourceId,
            ReceivedAt = registered.ReceivedAt,
            DueAt = DueAt(state),
            Status = progress.Status,
            Verdict = locations.Max(location => location.Verdict),
            DeviceId = devices,
            Devices = registered.Subjects.Count,
            IdentityEvidence = await OpenRequest.ReadTextAsync(folder, registered.IdentityEvidence, cancellationToken),
            ExtensionReason = await OpenRequest.ReadTextAsync(folder, state.Extension?.Reason, cancellationToken),
            AnsweredAt = state.AnsweredAt,
            AnswerNote = await OpenRequest.ReadTextAsync(folder, state.Answer?.Note, cancellationToken),
            IsAnonymised = state.IsAnonymised,
            KeyDestructionReason = await OpenRequest.ReadTextAsync(folder, state.Anonymisation?.Reason, cancellationToken),
            RequiresApproval = state.RequiresApproval,
            Scope = state.Plan?.Scope?.ToString(),
            PlanDigest = state.Plan?.Digest,
            JournalDigest = state.Head.Hash,
            Certificates =
            [
                .. state.Certificates.Select(one => new CertificateReference(
                    one.Certificate.File,
                    one.Certificate.Digest,
                    one.At,
                    one.Certificate.IsSigned
                )
                {
                    Path = folder.PlaceOf(one.Certificate.File),
                }),
            ],
            Locations = locations,
            Holds = await HoldsAsync(folder, state, devices, cancellationToken),
            NextAt = progress.NextAt,
            NextAction = progress.NextAction is { } action ? VisibleText.OfLine(action) : null,
            Holder = holder,
            Workers = workers,
        };
    }

    public static DateTimeOffset DueAt(RequestState state) =>
        state.Extension is null ? DueDates.Due(state.Registration!.ReceivedAt) : DueDates.Extended(state.Registration!.ReceivedAt);

    private static DataRequestLocation LocationOf(string id, LocationState location, RequestState state)
    {
        List<(StepState Step, int Subjects)> steps = [.. location.All(state.Registration!.Subjects.Count)];
        bool isServed = location.ReadAt is not null || location.ErasedAt is not null || location.Planned?.Steps > 0;
        return new DataRequestLocation
        {
            LocationId = id,
            Kind = location.Planned?.Kind ?? PlaceKinds.Unknown,
            Place = location.Planned?.Place ?? id,
            Verdict = steps.Max(one => one.Step.Verdict),
            RecordsPlanned =
                isServed || location.Planned?.Records > 0
                    ? location.Planned?.Records + steps.Sum(one => one.Step.ErasedBefore * one.Subjects)
                    : null,
            RecordsErased = isServed ? steps.Sum(one => one.Step.Erased * one.Subjects) : null,
            RecordsRemaining = steps.All(one => one.Step.Remaining is not null)
                ? steps.Sum(one => one.Step.Remaining * one.Subjects)
                : null,
            Until = steps.Max(one => one.Step.Until),
            IsOwnerActionDone = state.HasOwnerActed(id),
            Operations =
            [
                .. location.Tickets.Done.Select(ticket => OperationOf(ticket, isDone: true)),
                .. location.Tickets.Open.Select(ticket => OperationOf(ticket, isDone: false)),
            ],
        };
    }

    private static async Task<DataRequestLocation> WithRecipientAsync(
        DataRequestLocation location,
        IEvidenceFolder folder,
        RequestState state,
        CancellationToken cancellationToken
    )
    {
        RecipientState recipient = state.RecipientOf(location.LocationId);
        bool hasFile = recipient.Digest is not null && !state.IsAnonymised;
        return location with
        {
            RequestFile = hasFile ? folder.PlaceOf(EvidenceFiles.Recipient(location.LocationId)) : null,
            RequestFileDigest = recipient.Digest,
            RequestedAt = recipient.AskedAt,
            OwnerActionAt = recipient.ActedAt,
            OwnerActionNote = await OpenRequest.ReadTextAsync(folder, recipient.Note, cancellationToken),
        };
    }

    private static ServiceOperation OperationOf(TicketTaken ticket, bool isDone) =>
        new(ticket.Operation, ticket.AcceptedAt, ticket.DueBy, isDone);

    /// <summary>Devices and items are known by the key; without it a hold still shows its location and date.</summary>
    private static async Task<IReadOnlyList<DataHold>> HoldsAsync(
        IEvidenceFolder folder,
        RequestState state,
        IReadOnlyList<string> devices,
        CancellationToken cancellationToken
    )
    {
        if (state.Holds.Count == 0)
            return [];
        RequestKey? key = await folder.ReadAsync(EvidenceFiles.Key, cancellationToken) is { } file ? RequestKey.Parse(file) : null;
        Dictionary<string, string> names = key is null ? [] : devices.ToDictionary(key.Subject, StringComparer.Ordinal);
        var holds = new List<DataHold>();
        foreach (Held hold in state.Holds)
        {
            holds.Add(
                new DataHold
                {
                    LocationId = hold.Location,
                    DeviceId = hold.Subject is { } subject ? names.GetValueOrDefault(subject, subject) : null,
                    Item = hold.Item is { } item ? await OpenRequest.ReadTextAsync(folder, item, cancellationToken) ?? item : null,
                    Ground = await OpenRequest.ReadTextAsync(folder, hold.Ground, cancellationToken),
                    ReviewAt = hold.ReviewAt,
                }
            );
        }

        return holds;
    }
}
