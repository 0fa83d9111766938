using IotHubDsr.Core.Evidence.Requests;
using IotHubDsr.Core.Evidence.Stores;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Operations;

/// <summary>Registers requests in a store and lists them.</summary>
internal sealed class RequestRegister(IEvidenceStore store, OperationEvents events, TimeProvider time)
{
    /// <summary>Requests that are read at once: they are small, and a folder or a container serves far more.</summary>
    private const int SideBySide = 16;

    private readonly RequestView _view = new(store, time);

    /// <summary>Registers a request for the devices of a pipeline or query.</summary>
    public async Task RegisterAsync(HubConnection connection, RegisterOptions options, CancellationToken cancellationToken)
    {
        var devices = new List<string>();
        await foreach (string deviceId in new Subjects(connection, options, events).ReadAsync(cancellationToken))
            devices.Add(deviceId);
        if (devices.Count == 0)
            return;
        EvidenceLimits.RequireDevices(devices.Count);
        var registration = new NewRequest(options.Context, devices, options.ReceivedAt, options.IdentityEvidence, options.RequireApproval)
        {
            GenerationIds = await RegisteredDevices.ReadAsync(connection.Hub, devices, cancellationToken),
        };
        await using OpenRequest open = await OpenRequest.RegisterAsync(store, registration, time, cancellationToken);
        await GiveAsync(open, cancellationToken);
    }

    /// <summary>Returns requests; one that cannot be read is reported, and the others are returned.</summary>
    public async Task ListAsync(DataRequestQuery query, CancellationToken cancellationToken)
    {
        // A mistyped or unmounted folder would look like one in which nothing is due.
        if (query is { Store: not null, RequestIds.Count: 0 } && store is FolderEvidence { Exists: false })
        {
            throw FaultCatalogue.RequestStoreUnreadable.Exception(
                store.Place,
                "the folder does not exist; the first request registered in it creates it."
            );
        }

        using DiagnosticsBundle? bundle = query.DiagnosticsPath is { } path ? new DiagnosticsBundle(path, time) : null;
        if (bundle is not null && Path.Exists(query.DiagnosticsPath))
            throw FaultCatalogue.FileNotWritten.Exception(query.DiagnosticsPath!, "it already exists.");
        var ids = new List<string>();
        await foreach (string requestId in IdsOf(query).WithCancellation(cancellationToken))
            ids.Add(requestId);
        (DataRequest? Request, Fault? Fault)[] read = await ReadAllAsync(ids, bundle, cancellationToken);

        // A registration that did not get as far as its first line is no request.
        await events.ReportAsync(
            read.Select(one => one.Fault)
                .OfType<Fault>()
                .Where(fault => query.RequestIds.Count > 0 || fault.Id != FaultCatalogue.RequestNotFound.Id),
            cancellationToken
        );
        IEnumerable<DataRequest> found = read.Select(one => one.Request).OfType<DataRequest>();
        if (query.RequestIds.Count == 0 || query.Due)
            found = found.OrderBy(one => one.NextAt ?? DateTimeOffset.MaxValue).ThenBy(one => one.RequestId, StringComparer.Ordinal);
        DateTimeOffset now = time.GetUtcNow();
        foreach (DataRequest one in found.Where(one => !query.Due || (one.NextAt is { } next && !(next - now > query.Within))))
            await events.OutputAsync(one, cancellationToken);
        if (bundle is not null)
            await bundle.SaveAsync(cancellationToken);
    }

    /// <summary>
    /// Reads requests side by side, for a container answers each file after a while; the results are in the order of the IDs.
    /// </summary>
    private async Task<(DataRequest? Request, Fault? Fault)[]> ReadAllAsync(
        List<string> ids,
        DiagnosticsBundle? bundle,
        CancellationToken cancellationToken
    )
    {
        var read = new (DataRequest? Request, Fault? Fault)[ids.Count];
        int done = 0;
        var options = new ParallelOptions
        {
            MaxDegreeOfParallelism = bundle is null ? SideBySide : 1,
            CancellationToken = cancellationToken,
        };
        await Parallel.ForAsync(0, ids.Count, options, async (index, token) =>
        {
            read[index] = await TryReadAsync(bundle, ids[index], token);
            int now = Interlocked.Increment(ref done);
            await events.EmitAsync(
                new ProgressEvent(null, string.Empty, $"{now} of {Counted.Of(ids.Count, "request")} read", now * 100 / ids.Count),
                token
            );
        });
        return read;
    }

    /// <summary>One request, or what is wrong with it: whatever that is, it keeps no other from being shown.</summary>
    private async Task<(DataRequest? Request, Fault? Fault)> TryReadAsync(
        DiagnosticsBundle? bundle,
        string requestId,
        CancellationToken cancellationToken
    )
    {
        DataRequest? request = null;
        Fault? fault = null;
        try
        {
            request = await _view.ReadAsync(requestId, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            fault = FaultOf(requestId, exception);
        }

        try
        {
            await AddAsync(bundle, requestId, request, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            fault ??= FaultOf(requestId, exception);
        }

        return (request, fault);
    }

    private static Fault FaultOf(string requestId, Exception exception) =>
        (exception as DsrException)?.Fault ?? FaultCatalogue.Unforeseen.For($"The request '{requestId}'", Reason.Of(exception));

    private async Task AddAsync(DiagnosticsBundle? bundle, string requestId, DataRequest? request, CancellationToken cancellationToken)
    {
        if (bundle is null || !RequestIds.IsOne(requestId))
            return;
        JournalContent? journal = await StoreGuard.RunAsync(store, () =>
            store.Open(requestId).ReadJournalAsync(known: null, cancellationToken)
        );
        if (journal is not null)
            bundle.Add(requestId, request, journal.Lines);
    }

    /// <summary>The request that a person is asked about, so that the question names its hub.</summary>
    /// <exception cref="DsrException">There is none, or it cannot be read.</exception>
    public async Task<DataRequest> ReadAsync(string requestId, CancellationToken cancellationToken)
    {
        (DataRequest? request, Fault? fault) = await TryReadAsync(bundle: null, requestId, cancellationToken);
        return request ?? throw new DsrException(fault!);
    }

    private async Task GiveAsync(OpenRequest open, CancellationToken cancellationToken)
    {
        DataRequest now = await StoreGuard.RunAsync(store, () =>
            _view.BuildAsync(open.Folder, open.State, holder: null, cancellationToken)
        );
        await events.OutputAsync(now, cancellationToken);
    }

    private IAsyncEnumerable<string> IdsOf(DataRequestQuery query) =>
        query.RequestIds.Count > 0 ? Subjects.Given(query.RequestIds) : ListAsync();

    private async IAsyncEnumerable<string> ListAsync()
    {
        IAsyncEnumerator<string> ids = store.ListAsync(CancellationToken.None).GetAsyncEnumerator();
        try
        {
            while (await StoreGuard.RunAsync(store, () => ids.MoveNextAsync().AsTask()))
                yield return ids.Current;
        }
        finally
        {
            await ids.DisposeAsync();
        }
    }
}
