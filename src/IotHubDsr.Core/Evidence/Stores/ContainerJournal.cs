using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace IotHubDsr.Core.Evidence.Stores;

/// <summary>
/// A journal in append blobs. The lease of the first one is the lease of the request; each addition is made under a lease and at a known
/// position, so that a writer that has lost its lease, or sends the same lines twice, is refused.
/// </summary>
internal sealed class ContainerJournal : IJournalFile
{
    /// <summary>An append blob takes 50,000 blocks; the next one is begun before that.</summary>
    public const int MostBlocks = 49_000;

    private static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RenewalTime = TimeSpan.FromSeconds(15);

    private readonly Func<string, AppendBlobClient> _open;
    private readonly TimeProvider _time;
    private readonly int _mostBlocks;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly List<BlobLeaseClient> _leases = [];
    private Task _renewal = Task.CompletedTask;
    private AppendBlobClient _blob;
    private long _position;
    private int _blocks;
    private int _number;

    private ContainerJournal(Func<string, AppendBlobClient> open, TimeProvider time, int mostBlocks, BlobLeaseClient lease)
    {
        _mostBlocks = mostBlocks;
        _open = open;
        _time = time;
        _blob = open(Segment(1));
        _leases.Add(lease);
    }

    public CancellationToken Lost => _lost.Token;

    public static string Segment(int number) => $"journal.{number:D6}.jsonl";

    /// <summary>Takes the lease; null if another process has it.</summary>
    /// <param name="open">Opens an append blob of the request.</param>
    /// <param name="time">The clock of the renewals.</param>
    /// <param name="mostBlocks">How many additions one blob takes.</param>
    /// <param name="isNew">Whether the request begins; else its journal must exist.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<ContainerJournal?> TryOpenAsync(
        Func<string, AppendBlobClient> open,
        TimeProvider time,
        int mostBlocks,
        bool isNew,
        CancellationToken cancellationToken
    )
    {
        AppendBlobClient first = open(Segment(1));
        if (isNew)
            await first.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        BlobLeaseClient lease = first.GetBlobLeaseClient(Guid.NewGuid().ToString());
        try
        {
            await lease.AcquireAsync(LeaseTime, cancellationToken: cancellationToken);
        }
        catch (RequestFailedException taken) when (taken.Status == 409)
        {
            return null;
        }

        var journal = new ContainerJournal(open, time, mostBlocks, lease);
        try
        {
            await journal.FindEndAsync(cancellationToken);
            journal._renewal = journal.RenewAsync();
            return journal;
        }
        catch
        {
            await journal.DisposeAsync();
            throw;
        }
    }

    public async Task AppendAsync(ReadOnlyMemory<byte> lines, CancellationToken cancellationToken)
    {
        if (_blocks >= _mostBlocks)
            await BeginSegmentAsync(cancellationToken);
        using var content = new MemoryStream(lines.ToArray(), writable: false);
        var conditions = new AppendBlobRequestConditions { LeaseId = _leases[^1].LeaseId, IfAppendPositionEqual = _position };
        try
        {
            await _blob.AppendBlockAsync(content, new AppendBlobAppendBlockOptions { Conditions = conditions }, cancellationToken);
        }
        catch (RequestFailedException moved) when (moved.ErrorCode == "AppendPositionConditionNotMet")
        {
            if (!await HoldsAsync(lines, cancellationToken))
                throw;
        }

        _position += lines.Length;
        _blocks++;
    }

    /// <summary>A blob that was deleted, created again or released from its lease answers that the lease ID does not match.</summary>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        List<BlobLeaseClient> leases;
        lock (_leases)
            leases = [.. _leases];
        foreach (BlobLeaseClient lease in leases)
            await lease.RenewAsync(cancellationToken: cancellationToken);
        BlobProperties properties = await _blob.GetPropertiesAsync(
            new BlobRequestConditions { LeaseId = _leases[^1].LeaseId },
            cancellationToken
        );
        if (properties.ContentLength != _position)
            throw new IOException($"The journal {_blob.Uri} has {properties.ContentLength} bytes where {_position} were written.");
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _renewal.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (BlobLeaseClient lease in _leases)
        {
            try
            {
                await lease.ReleaseAsync();
            }
            catch (RequestFailedException)
            {
                // A lost lease belongs to another process; one that cannot be released ends by itself.
            }
        }

        _lost.Dispose();
        _closing.Dispose();
    }

    /// <summary>Whether an addition whose answer was lost had been made.</summary>
    private async Task<bool> HoldsAsync(ReadOnlyMemory<byte> lines, CancellationToken cancellationToken)
    {
        var options = new BlobDownloadOptions { Range = new HttpRange(_position) };
        BlobDownloadResult tail = await _blob.DownloadContentAsync(options, cancellationToken);
        return tail.Content.ToMemory().Span.SequenceEqual(lines.Span);
    }

    private async Task FindEndAsync(CancellationToken cancellationToken)
    {
        _number = 1;
        while (await _open(Segment(_number + 1)).ExistsAsync(cancellationToken))
            _number++;
        _blob = _open(Segment(_number));
        if (_number > 1)
            await LeaseAsync(cancellationToken);
        BlobProperties properties = await _blob.GetPropertiesAsync(cancellationToken: cancellationToken);
        _position = properties.ContentLength;
        _blocks = properties.BlobCommittedBlockCount;
    }

    private async Task BeginSegmentAsync(CancellationToken cancellationToken)
    {
        AppendBlobClient next = _open(Segment(_number + 1));
        await next.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        _blob = next;
        _number++;
        await LeaseAsync(cancellationToken);
        _position = 0;
        _blocks = 0;
    }

    private async Task LeaseAsync(CancellationToken cancellationToken)
    {
        BlobLeaseClient lease = _blob.GetBlobLeaseClient(Guid.NewGuid().ToString());
        await lease.AcquireAsync(LeaseTime, cancellationToken: cancellationToken);
        lock (_leases)
            _leases.Add(lease);
    }

    /// <summary>Keeps the leases until the journal is closed. When that fails for as long as a lease lasts, it is taken for lost.</summary>
    private async Task RenewAsync()
    {
        long renewed = _time.GetTimestamp();
        while (true)
        {
            await Task.Delay(RenewalTime, _time, _closing.Token);
            try
            {
                long now = _time.GetTimestamp();
                List<BlobLeaseClient> leases;
                lock (_leases)
                    leases = [.. _leases];
                foreach (BlobLeaseClient lease in leases)
                    await lease.RenewAsync(cancellationToken: _closing.Token);
                renewed = now;
            }
            catch (Exception exception) when (!_closing.IsCancellationRequested)
            {
                // Any failure, including a missing token: the next renewal may work, and nobody else renews.
                bool isTaken = exception is RequestFailedException { Status: 409 or 412 or 404 };
                if (!isTaken && _time.GetElapsedTime(renewed) < LeaseTime - RenewalTime)
                    continue;
                await _lost.CancelAsync();
                return;
            }
        }
    }
}
