using System.Text.Json;
using IotHubDsr.Core.Distribution;
using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Requests;
using IotHubDsr.Core.Evidence.Stores;
using IotHubDsr.Core.Work;

namespace IotHubDsr.Core.Operations;

/// <summary>
/// The folder in the request store through which workers read for one footprint or plan. It belongs to no request and is destroyed in the
/// end. A command that was stopped leaves it, and the same command finds what workers did meanwhile.
/// </summary>
internal sealed class DistributedReading : IAsyncDisposable
{
    private const string DescriptionName = EvidenceFiles.Private + "reading.json";

    /// <summary>Nobody comes back for a reading after that: it names devices.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(14);

    private readonly ISegmentFolder _folder;
    private readonly Journal _journal;
    private readonly IUnitEngine _engine;
    private bool _isClosed;

    private DistributedReading(ISegmentFolder folder, Journal journal, IUnitEngine engine, string hubHostName, TimeProvider time)
    {
        (_folder, _journal, _engine) = (folder, journal, engine);
        Scheduler = new DistributedScheduler(folder, journal.AppendAsync, hubHostName, engine, time);
    }

    public IUnitScheduler Scheduler { get; }

    /// <summary>Cancelled when another process has taken the folder: this one must end.</summary>
    public CancellationToken Lost => _journal.Lost;

    /// <summary>Opens the folder of a reading: one that was left of the same reading, or a new one.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="engines">What carries units.</param>
    /// <param name="description">What is read: two readings with the same description are the same.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="DsrException">The store is none that workers reach, or cannot be used.</exception>
    public static async Task<DistributedReading> OpenAsync(
        HubConnection connection,
        IUnitEngines engines,
        byte[] description,
        CancellationToken cancellationToken
    )
    {
        TimeProvider time = connection.Clock;
        if (connection.EvidenceAt(null, time) is not ISegmentStore store)
            throw FaultCatalogue.StoreNotDistributable.Exception(connection.Context.RequestStore);
        IUnitEngine engine = await engines.OpenAsync(store, cancellationToken);
        try
        {
            return await StoreGuard.RunAsync(store, async () =>
            {
                string name = await FindAsync(store, description, time, cancellationToken) ?? ReadingFolders.Make(time.GetUtcNow());
                ISegmentFolder folder = store.OpenSegments(name);
                IJournalFile file = await RequestLock.TakeAsync(folder, isNew: true, TimeSpan.Zero, time, cancellationToken);
                var journal = new Journal(file, await StateOfAsync(folder, cancellationToken), time);
                try
                {
                    await folder.SaveAsync(DescriptionName, description, cancellationToken);
                }
                catch
                {
                    await journal.DisposeAsync();
                    throw;
                }

                return new DistributedReading(folder, journal, engine, connection.Context.HubHostName, time);
            });
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
    }

    /// <summary>What two readings have in common that are the same.</summary>
    public static byte[] Describe(
        HubConnection connection,
        IReadOnlyList<string> deviceIds,
        ErasureOptions erasure,
        bool noIndex,
        UnitRole role = UnitRole.Find
    ) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                connection.Context.HubHostName,
                connection.Context.ResourceId,
                DeviceIds = deviceIds.Order(StringComparer.Ordinal),
                Scope = erasure.Scope.ToString(),
                erasure.IncludeRelayed,
                erasure.SettleMessages,
                NoIndex = noIndex,
                Role = role.ToString(),
            }
        );

    /// <summary>The reading is complete: nothing of it is needed any more.</summary>
    public async Task DestroyAsync(CancellationToken cancellationToken)
    {
        await CloseAsync();
        await StoreGuard.RunAsync(_folder.StorePlace, async () =>
        {
            await _folder.DeleteAsync(string.Empty, cancellationToken);
            return true;
        });
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        await _engine.DisposeAsync();
    }

    private async Task CloseAsync()
    {
        if (_isClosed)
            return;
        _isClosed = true;
        await _journal.DisposeAsync();
    }

    /// <summary>The folder that was left of the same reading, if nobody has it; folders that are too old are destroyed.</summary>
    private static async Task<string?> FindAsync(
        ISegmentStore store,
        byte[] description,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        string? found = null;
        await foreach (string name in store.ListFoldersAsync(ReadingFolders.Prefix, cancellationToken))
        {
            ISegmentFolder folder = store.OpenSegments(name);
            if (!ReadingFolders.IsOne(name) || await folder.ReadHolderAsync(cancellationToken) is not null)
                continue;
            if (time.GetUtcNow() - ReadingFolders.MadeAt(name) > Lifetime)
                await folder.DeleteAsync(string.Empty, cancellationToken);
            else if (await folder.ReadAsync(DescriptionName, cancellationToken) is { } other && other.AsSpan().SequenceEqual(description))
                found = name;
        }

        return found;
    }

    /// <summary>The journal goes on where it was left.</summary>
    private static async Task<RequestState> StateOfAsync(ISegmentFolder folder, CancellationToken cancellationToken)
    {
        var state = new RequestState();
        if (await folder.ReadJournalAsync(known: null, cancellationToken) is not { } written)
            return state;
        foreach ((JournalLine line, JournalHead head) in JournalLine.Read(folder.PlaceOf(string.Empty), written.Lines))
            state.Apply(line, head);
        return state;
    }
}
