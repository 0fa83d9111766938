using System.Security.Cryptography;
using System.Text.Json;
using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Segments;
using IotHubDsr.Core.Evidence.Stores;
using IotHubDsr.Core.Sinks;

namespace IotHubDsr.Core.Distribution;

/// <summary>
/// Does units under the lease of their segments. A unit is done when its segment says so, whatever becomes of the worker, the engine or the
/// command after that. Texts of failures can name people: they go to the request, and never to the engine.
/// </summary>
internal sealed class UnitWorker(ISegmentStore store, IUnitOpener opener, TimeProvider time)
{
    private const int LengthOfName = 8;

    private int _running;
    private int _done;
    private long _lastEnd = time.GetTimestamp();

    /// <summary>A name without meaning, by which segments tell workers apart.</summary>
    public string Name { get; } = RandomNumberGenerator.GetHexString(LengthOfName, lowercase: true);

    /// <summary>For how long it has had nothing to do.</summary>
    public TimeSpan IdleTime => Volatile.Read(ref _running) > 0 ? TimeSpan.Zero : time.GetElapsedTime(Volatile.Read(ref _lastEnd));

    /// <summary>How many units it has closed.</summary>
    public int Done => Volatile.Read(ref _done);

    /// <summary>Does a unit, if it is still to be done.</summary>
    public async Task<UnitAnswer> DoAsync(UnitTicket ticket, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _running);
        try
        {
            return await TryAsync(ticket, cancellationToken);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return UnitAnswer.Again;
        }
        finally
        {
            Volatile.Write(ref _lastEnd, time.GetTimestamp());
            Interlocked.Decrement(ref _running);
        }
    }

    private async Task<UnitAnswer> TryAsync(UnitTicket ticket, CancellationToken cancellationToken)
    {
        if (!ReadingFolders.MayHoldWork(ticket.Folder) || !UnitFiles.AreNames(ticket.Work, ticket.Unit))
            return UnitAnswer.Over;
        ISegmentFolder folder = store.OpenSegments(ticket.Folder);
        var files = new UnitFiles(folder, ticket.Work);
        if (await files.IsStoppedAsync(cancellationToken))
            return UnitAnswer.Over;
        if (await files.ReadUnitAsync(ticket.Unit, cancellationToken) is not { } content)
            return UnitAnswer.Over;
        if (await files.ReadOrderAsync(cancellationToken) is not { } order)
            return UnitAnswer.Over;
        await using Segment? segment = await files.TryOpenAsync(
            ticket.Unit,
            files.StartOf(ticket.Unit, content, plan: null),
            Name,
            time,
            cancellationToken
        );
        if (segment is null)
            return UnitAnswer.Busy;
        using var stop = new CancellationTokenSource();
        if (!await segment.TryBeginAsync(files.IsStoppedAsync, stop, cancellationToken))
            return UnitAnswer.Over;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stop.Token, segment.Lost);
        try
        {
            (string outcome, byte[] shown) = await DoAsync(folder, ticket.Work, order, content, ending.Token);
            string result = await files.SaveResultAsync(ticket.Unit, shown, ending.Token);

            // A line whose answer nobody waits for can be there or not.
            await segment.CloseAsync(new UnitClosed(outcome, result, segment.Attempts), CancellationToken.None);
            Interlocked.Increment(ref _done);
            return UnitAnswer.Over;
        }
        catch (Exception) when (ending.IsCancellationRequested && !segment.Lost.IsCancellationRequested)
        {
            await segment.ReturnAsync(CancellationToken.None);
            cancellationToken.ThrowIfCancellationRequested();
            return UnitAnswer.Over;
        }
    }

    private async Task<(string Outcome, byte[] Shown)> DoAsync(
        ISegmentFolder folder,
        string name,
        byte[] order,
        byte[] content,
        CancellationToken cancellationToken
    )
    {
        try
        {
            IPortableWork work = await opener.OpenAsync(folder, name, order, cancellationToken);
            return (UnitOutcomes.Done, await work.DoPackedAsync(content, cancellationToken));
        }
        catch (DsrException failure)
        {
            return (UnitOutcomes.Failed, JsonSerializer.SerializeToUtf8Bytes(failure.Fault));
        }
    }
}

/// <summary>Opens the work that units are parts of, in a worker.</summary>
internal interface IUnitOpener
{
    /// <param name="folder">The request.</param>
    /// <param name="work">Name of the work in it.</param>
    /// <param name="order">What the work is for, as the command has saved it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="DsrException">This worker cannot do it.</exception>
    Task<IPortableWork> OpenAsync(IEvidenceFolder folder, string work, byte[] order, CancellationToken cancellationToken);
}
