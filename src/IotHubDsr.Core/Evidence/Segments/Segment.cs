using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Stores;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Evidence.Segments;

/// <summary>
/// The journal of one unit, in the hands of the worker that does it. How often the unit was begun is noted before it is: a unit that kills
/// its process is given up, and not begun without end.
/// </summary>
internal sealed class Segment : ISendingFence, IAsyncDisposable
{
    /// <summary>How many processes may be lost with a unit.</summary>
    public const int MostAttempts = 3;

    private readonly ISegmentFile _file;
    private readonly TimeProvider _time;
    private readonly string _worker;
    private readonly SemaphoreSlim _turn = new(1, 1);

    private Segment(ISegmentFile file, SegmentState state, string worker, TimeProvider time) =>
        (_file, State, _worker, _time) = (file, state, worker, time);

    public SegmentState State { get; private set; }

    /// <summary>How often the unit was begun without having been ended since.</summary>
    public int Attempts => SegmentMarks.Attempts(_file.Marks);

    /// <summary>Cancelled when the lease is lost: what was begun under it must end.</summary>
    public CancellationToken Lost => _file.Lost;

    /// <summary>Opens a segment, or begins it; null if another process has it.</summary>
    /// <param name="folder">The request.</param>
    /// <param name="name">Name of the segment.</param>
    /// <param name="start">What it begins with.</param>
    /// <param name="worker">The worker: a name without meaning.</param>
    /// <param name="time">The clock of its lines.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="DsrException">It is not the segment of that unit, or was changed.</exception>
    public static async Task<Segment?> TryOpenAsync(
        ISegmentFolder folder,
        string name,
        SegmentStart start,
        string worker,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        if (await folder.TryOpenSegmentAsync(name, cancellationToken) is not { } file)
            return null;
        try
        {
            byte[] lines = await file.ReadAsync(cancellationToken);
            return new Segment(file, SegmentState.Read(folder.PlaceOf(name), start, lines), worker, time);
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Begins the unit; false when nothing is to be done: it is closed, or it is now, because too many processes were lost with it.
    /// </summary>
    /// <param name="isStopped">Looked at after each renewal of the lease; true cancels <paramref name="stop"/>.</param>
    /// <param name="stop">Ends the work on the unit.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<bool> TryBeginAsync(
        Func<CancellationToken, Task<bool>> isStopped,
        CancellationTokenSource stop,
        CancellationToken cancellationToken
    )
    {
        if (State.Ending is not null)
        {
            // The process that closed it may have been lost before it was marked.
            await MarkAsync(Attempts, isClosed: true, cancellationToken);
            return false;
        }

        int attempts = Attempts;
        if (attempts >= MostAttempts)
        {
            await CloseAsync(new UnitClosed(UnitOutcomes.GivenUp, Result: null, attempts), cancellationToken);
            return false;
        }

        _file.OnRenewed = async token =>
        {
            if (await isStopped(token))
                await stop.CancelAsync();
        };
        await MarkAsync(attempts + 1, isClosed: false, cancellationToken);
        await AppendAsync(new UnitBegun(attempts + 1, _worker), cancellationToken);
        return true;
    }

    public ValueTask RequireAsync(CancellationToken cancellationToken) => _file.RequireAsync(cancellationToken);

    /// <summary>
    /// Puts on record what is about to be destroyed. It returns once that is written under the lease: only then may the call be made.
    /// </summary>
    /// <exception cref="global::Azure.RequestFailedException">The unit is another process's.</exception>
    public Task AnnounceAsync(Announced what, CancellationToken cancellationToken) => AppendAsync(what, cancellationToken);

    /// <summary>Closes the segment: what the unit showed, or why it shows nothing.</summary>
    public async Task CloseAsync(UnitClosed ending, CancellationToken cancellationToken)
    {
        await AppendAsync(ending, cancellationToken);
        await MarkAsync(Attempts, isClosed: true, cancellationToken);
    }

    /// <summary>Gives the unit back, undone, in an orderly way: it is as if it had not been begun.</summary>
    public async Task ReturnAsync(CancellationToken cancellationToken)
    {
        await AppendAsync(new UnitReturned(_worker), cancellationToken);
        await MarkAsync(Math.Max(0, Attempts - 1), isClosed: false, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _file.DisposeAsync();
        _turn.Dispose();
    }

    private async Task AppendAsync(JournalEvent next, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var line = new JournalLine(State.Head.Lines + 1, _time.GetUtcNow(), next);
            (byte[] bytes, JournalHead head) = line.Write(State.Head);
            await _file.AppendAsync(bytes, cancellationToken);
            State = State.After(next, head);
        }
        finally
        {
            _turn.Release();
        }
    }

    private Task MarkAsync(int attempts, bool isClosed, CancellationToken cancellationToken) =>
        _file.MarkAsync(SegmentMarks.Of(attempts, isClosed, _worker), cancellationToken);
}
