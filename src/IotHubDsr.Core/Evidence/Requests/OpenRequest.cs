using System.Globalization;
using System.Text;
using System.Text.Json;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Plans;
using IotHubDsr.Core.Evidence.Stores;

namespace IotHubDsr.Core.Evidence.Requests;

/// <summary>A request under its lease: nobody else writes to its journal while it is open.</summary>
internal sealed class OpenRequest : IAsyncDisposable
{
    /// <summary>When the GDPR began to apply, where the day began first.</summary>
    private static readonly DateTimeOffset FirstReceipt = new(2018, 5, 25, 0, 0, 0, TimeSpan.FromHours(14));

    private readonly IEvidenceFolder _folder;
    private readonly RequestKey? _key;
    private ErasurePlan? _ahead;

    private OpenRequest(IEvidenceFolder folder, Journal journal, RequestKey? key, IReadOnlyList<string> deviceIds)
    {
        _folder = folder;
        _key = key;
        Journal = journal;
        DeviceIds = deviceIds;
    }

    public IEvidenceFolder Folder => _folder;

    public Journal Journal { get; }

    public RequestState State => Journal.State;

    /// <summary>IDs of the devices, in the order of their registration; empty when the key was destroyed.</summary>
    public IReadOnlyList<string> DeviceIds { get; }

    /// <exception cref="DsrException">It was destroyed.</exception>
    public RequestKey Key => _key ?? throw FaultCatalogue.RequestAnonymised.Exception(_folder.RequestId);

    /// <summary>Registers a request and keeps it open.</summary>
    public static async Task<OpenRequest> RegisterAsync(
        IEvidenceStore store,
        NewRequest request,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        DateTimeOffset now = time.GetUtcNow();
        RequirePlausible(request.ReceivedAt, now);
        IEvidenceFolder folder = store.Open(RequestIds.Make(now));
        var key = RequestKey.Make();
        return await StoreGuard.RunAsync(store, async () =>
        {
            var journal = new Journal(
                await RequestLock.TakeAsync(folder, isNew: true, TimeSpan.Zero, time, cancellationToken),
                new RequestState(),
                time
            );
            var open = new OpenRequest(folder, journal, key, request.DeviceIds);
            try
            {
                await folder.SaveAsync(EvidenceFiles.Key, key.ToFile(), cancellationToken);
                await folder.SaveAsync(EvidenceFiles.Subjects, JsonSerializer.SerializeToUtf8Bytes(request.DeviceIds), cancellationToken);
                var registered = new Registered(
                    folder.RequestId,
                    request.Context.HubHostName,
                    request.Context.ResourceId,
                    request.ReceivedAt ?? time.GetLocalNow(),
                    [.. request.DeviceIds.Select(key.Subject)],
                    request.IdentityEvidence is { } evidence ? await open.SaveTextAsync(evidence, cancellationToken) : null,
                    Tool.Version,
                    request.RequiresApproval ? true : null,
                    request.GenerationIds is { } generationIds ? [.. request.DeviceIds.Zip(generationIds, key.Generation)] : null
                );
                await journal.AppendAsync(registered, cancellationToken);
                await MarkAsync(folder, open.State, cancellationToken);
                return open;
            }
            catch
            {
                await open.DisposeAsync();
                if (open.State.Registration is null)
                    await folder.DeleteAsync(EvidenceFiles.Private, CancellationToken.None);
                throw;
            }
        });
    }

    /// <summary>The request is on record: that the mark is missing must not look like a failure to register it.</summary>
    private static async Task MarkAsync(IEvidenceFolder folder, RequestState state, CancellationToken cancellationToken)
    {
        try
        {
            await folder.SaveAsync(EvidenceFiles.Registration, Encoding.ASCII.GetBytes(state.Head.Hash + "\n"), cancellationToken);
        }
        catch (Exception exception) when (StoreGuard.IsOfStore(exception))
        {
            // Without it, a journal that is lost before there is a plan looks like a registration that was cut off.
        }
    }

    /// <summary>The clock by which it was received may be a little ahead of that of the services.</summary>
    /// <exception cref="DsrException">The time is still to come, or before there were such requests.</exception>
    public static void RequirePlausible(DateTimeOffset? receivedAt, DateTimeOffset now)
    {
        if (receivedAt > now + ServiceClock.Tolerance)
            throw FaultCatalogue.InvalidReceivedAt.Exception($"{receivedAt:u}", "that is in the future");
        if (receivedAt < FirstReceipt)
        {
            throw FaultCatalogue.InvalidReceivedAt.Exception(
                $"{receivedAt:u}",
                "the GDPR, whose time limits count from the receipt, applies since 25 May 2018"
            );
        }
    }

    /// <summary>Checks whether anything may still be erased for a request.</summary>
    /// <exception cref="DsrException">Its key is gone, or it was answered without an erasure.</exception>
    public static void RequireErasable(RequestState state)
    {
        if (state.IsAnonymised)
            throw FaultCatalogue.RequestAnonymised.Exception(state.RequestId);
        if (state is { Plan: null, AnsweredAt: { } answeredAt })
        {
            throw FaultCatalogue.RequestAnswered.Exception(
                state.RequestId,
                string.Create(CultureInfo.InvariantCulture, $"{answeredAt.UtcDateTime:yyyy-MM-dd}")
            );
        }
    }

    /// <summary>Opens an existing request; waits for another process that is working on it, if asked to.</summary>
    public static async Task<OpenRequest> OpenAsync(
        IEvidenceStore store,
        string requestId,
        TimeSpan wait,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        StoredRequest found = await ReadAsync(store, requestId, cancellationToken);
        IEvidenceFolder folder = found.Folder;
        return await StoreGuard.RunAsync(store, async () =>
        {
            IJournalFile file = await RequestLock.TakeAsync(folder, isNew: false, wait, time, cancellationToken);
            try
            {
                // Another process may have written to it before the lease was free.
                StoredRequest now = await StoredRequest.ReadAsync(folder, store.Place, readsCertificates: true, found, cancellationToken);
                var journal = new Journal(file, now.State, time);
                RequestKey? key = await folder.ReadAsync(EvidenceFiles.Key, cancellationToken) is { } known
                    ? RequestKey.Parse(known)
                    : null;
                return new OpenRequest(folder, journal, key, await ReadDeviceIdsAsync(folder, cancellationToken));
            }
            catch
            {
                await file.DisposeAsync();
                throw;
            }
        });
    }

    /// <summary>Reads a request that another process may be working on.</summary>
    /// <exception cref="DsrException">It does not exist, or its files cannot be trusted.</exception>
    public static Task<StoredRequest> ReadAsync(IEvidenceStore store, string requestId, CancellationToken cancellationToken) =>
        StoreGuard.RunAsync(store, () =>
            RequestIds.IsOne(requestId)
                ? StoredRequest.ReadAsync(store.Open(requestId), store.Place, readsCertificates: false, known: null, cancellationToken)
                : throw FaultCatalogue.RequestNotFound.Exception(requestId, store.Place)
        );

    public static async Task<IReadOnlyList<string>> ReadDeviceIdsAsync(IEvidenceFolder folder, CancellationToken cancellationToken) =>
        await folder.ReadAsync(EvidenceFiles.Subjects, cancellationToken) is { } subjects
        && JsonSerializer.Deserialize<List<string?>>(subjects) is { } deviceIds
            ? [.. deviceIds.OfType<string>()]
            : [];

    public static async Task<string?> ReadTextAsync(IEvidenceFolder folder, string? hash, CancellationToken cancellationToken) =>
        hash is not null
        && (
            await folder.ReadAsync(EvidenceFiles.Text(hash), cancellationToken)
            ?? await folder.ReadAsync(EvidenceFiles.Decision(hash), cancellationToken)
        )
            is { } text
            ? Encoding.UTF8.GetString(text)
            : null;

    /// <summary>Stores a free text permanently, and returns the hash under which the journal names it.</summary>
    public async Task<string> SaveDecisionAsync(string text, CancellationToken cancellationToken)
    {
        string hash = HashOf(text);
        await _folder.SaveAsync(EvidenceFiles.Decision(hash), Encoding.UTF8.GetBytes(text), cancellationToken);
        return hash;
    }

    /// <summary>Stores a free text where it can be destroyed, and returns the hash under which the journal names it.</summary>
    public async Task<string> SaveTextAsync(string text, CancellationToken cancellationToken)
    {
        string hash = Key.Text(text);
        await SaveTextAsync(hash, text, cancellationToken);
        return hash;
    }

    /// <summary>Keeps how a request was answered whose key may be destroyed: what remains to be said of it takes none.</summary>
    public async Task<string> SaveAnswerAsync(string text, CancellationToken cancellationToken)
    {
        string hash = HashOf(text);
        await SaveTextAsync(hash, text, cancellationToken);
        return hash;
    }

    /// <summary>Keeps a text under a hash by which the journal names it already.</summary>
    public Task SaveTextAsync(string hash, string text, CancellationToken cancellationToken) =>
        _folder.SaveAsync(EvidenceFiles.Text(hash), Encoding.UTF8.GetBytes(text), cancellationToken);

    /// <summary>A plan that was accepted earlier and is needed once more when the request is run.</summary>
    public async Task<ErasurePlan> ReadPlanAheadAsync(CancellationToken cancellationToken)
    {
        ErasurePlan plan = await ReadPlanAsync(cancellationToken);
        _ahead = plan;
        return plan;
    }

    /// <summary>The plan that is run.</summary>
    public async Task<ErasurePlan> ReadPlanAsync(CancellationToken cancellationToken)
    {
        if (State.IsAnonymised)
            throw FaultCatalogue.RequestAnonymised.Exception(_folder.RequestId);
        if (State.Plan is not { } planned)
            throw FaultCatalogue.RequestHasNoPlan.Exception(_folder.RequestId);
        return await ReadPlanAsync(planned.Digest, withItems: true, cancellationToken);
    }

    /// <summary>A plan that was accepted, now or earlier.</summary>
    /// <param name="digest">Its digest.</param>
    /// <param name="withItems">Also its items, where they stand in a file of their own.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<ErasurePlan> ReadPlanAsync(string digest, bool withItems, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _ahead, null) is { } ahead && ahead.Digest == digest)
            return ahead;
        return await ReadPlanAsync(_folder, digest, withItems, cancellationToken);
    }

    /// <summary>As above, by whoever has the folder.</summary>
    /// <exception cref="DsrException">It is gone, or was changed.</exception>
    public static async Task<ErasurePlan> ReadPlanAsync(
        IEvidenceFolder folder,
        string digest,
        bool withItems,
        CancellationToken cancellationToken
    )
    {
        string name = EvidenceFiles.Plan(digest);
        string place = folder.PlaceOf(name);
        byte[] file = await folder.ReadAsync(name, cancellationToken) ?? throw FaultCatalogue.InvalidPlan.Exception(place, "it is gone.");
        ErasurePlan plan = PlanDocument.Read(place, file);
        if (plan.Digest != digest)
            throw FaultCatalogue.InvalidPlan.Exception(place, "it is not the one that the journal names.");
        if (!withItems || !PlanItems.AreMissing(plan))
            return plan;
        string itemsName = EvidenceFiles.PlanItems(digest);
        string itemsPlace = folder.PlaceOf(itemsName);
        await using Stream items = await folder.OpenAsync(itemsName, cancellationToken)
            ?? throw FaultCatalogue.InvalidPlan.Exception(itemsPlace, "it is gone.");
        return PlanItems.Read(plan, itemsPlace, items);
    }

    public ValueTask DisposeAsync() => Journal.DisposeAsync();

    /// <summary>A hash that names a text; where there is no key, nobody can compare it with a guess either.</summary>
    private string HashOf(string text) => (_key ?? RequestKey.Make()).Text(text);
}
