using System.Security.Cryptography;
using System.Text.Json;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Segments;
using IotHubDsr.Core.Evidence.Stores;
using IotHubDsr.Core.Foundation;
using IotHubDsr.Core.Sinks;

namespace IotHubDsr.Core.Distribution;

/// <summary>
/// Does units under the lease of their segments. A unit is done when its segment says so, whatever becomes of the worker, the engine or the
/// command after that. Texts of failures can name people: they go to the request, and never to the engine.
/// </summary>
internal sealed class UnitWorker(ISegmentStore store, IUnitOpener opener, TimeProvider time)
{
    private const int LengthOfName = 8;

    private readonly UnitTurns _turns = new();
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
        var work = WorkOrder.Parse(order);
        await using Segment? segment = await files.TryOpenAsync(
            ticket.Unit,
            files.StartOf(ticket.Unit, content, work.Plan),
            Name,
            time,
            cancellationToken
        );
        if (segment is null)
            return UnitAnswer.Busy;
        bool isSuspect = segment.State.Ending is null && segment.Attempts > 0;
        using IDisposable turn = await _turns.EnterAsync(isSuspect, cancellationToken);
        if (await files.IsStoppedAsync(cancellationToken))
            return UnitAnswer.Over;
        using var stop = new CancellationTokenSource();
        if (!await segment.TryBeginAsync(files.IsStoppedAsync, stop, cancellationToken))
            return UnitAnswer.Over;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stop.Token, segment.Lost);
        using IDisposable fence = FencePolicy.Begin(segment);
        try
        {
            (string outcome, byte[] shown) = await DoAsync(
                new UnitToDo(folder, ticket.Work, work, Digests.HexOf(order), segment, new UnitParts(files, ticket.Unit)),
                content,
                ending.Token
            );
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

    private async Task<(string Outcome, byte[] Shown)> DoAsync(UnitToDo unit, byte[] content, CancellationToken cancellationToken)
    {
        try
        {
            IUnitDoer doer = await opener.OpenAsync(unit, cancellationToken);
            return (UnitOutcomes.Done, await doer.DoAsync(content, cancellationToken));
        }
        catch (DsrException failure) when (!cancellationToken.IsCancellationRequested)
        {
            return (UnitOutcomes.Failed, JsonSerializer.SerializeToUtf8Bytes(failure.Fault));
        }
    }
}

/// <summary>Opens the work that units are parts of, in a worker.</summary>
internal interface IUnitOpener
{
    /// <exception cref="DsrException">This worker cannot do it.</exception>
    Task<IUnitDoer> OpenAsync(UnitToDo unit, CancellationToken cancellationToken);
}

/// <summary>Does units for the command that packed them.</summary>
internal interface IUnitDoer
{
    /// <returns>What the unit shows.</returns>
    /// <exception cref="DsrException">The place as a whole cannot be worked on.</exception>
    Task<byte[]> DoAsync(ReadOnlyMemory<byte> packed, CancellationToken cancellationToken);
}

/// <param name="Folder">The request.</param>
/// <param name="Work">Name of the work in it.</param>
/// <param name="Order">What the work is for, as the command has saved it.</param>
/// <param name="OrderDigest">Digest of the order.</param>
/// <param name="Segment">Where the worker puts on record what it does.</param>
/// <param name="Parts">Where it leaves what is too much to hand back.</param>
internal sealed record UnitToDo(IEvidenceFolder Folder, string Work, WorkOrder Order, string OrderDigest, Segment Segment, IUnitParts Parts)
{
    /// <summary>The same for units that the same opened work does.</summary>
    public string OrderKey => $"{Folder.RequestId}/{Work}/{OrderDigest}";
}
