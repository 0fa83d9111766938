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
    private readonly int _mostBlocks;
    private readonly BlobLeases _leases;
    private AppendBlobClient _blob;
    private long _position;
    private int _blocks;
    private int _number;

    private ContainerJournal(Func<string, AppendBlobClient> open, TimeProvider time, int mostBlocks)
    {
        _mostBlocks = mostBlocks;
        _open = open;
        _leases = new BlobLeases(time, LeaseTime, RenewalTime);
        _blob = open(Segment(1));
    }

    public CancellationToken Lost => _leases.Lost;

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
        var journal = new ContainerJournal(open, time, mostBlocks);
        try
        {
            if (isNew)
                await journal._blob.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
            if (!await journal.TryLeaseAsync(cancellationToken))
            {
                await journal.DisposeAsync();
                return null;
            }

            await journal.FindEndAsync(cancellationToken);
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
        await BlobAppending.AddAsync(_blob, _leases.LastId, _position, lines, cancellationToken);
        _position += lines.Length;
        _blocks++;
    }

    /// <summary>A blob that was deleted, created again or released from its lease answers that the lease ID does not match.</summary>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        await _leases.RenewAsync(cancellationToken);
        await BlobAppending.RequireLengthAsync(_blob, _leases.LastId, _position, cancellationToken);
    }

    public ValueTask RequireAsync(CancellationToken cancellationToken) => _leases.RequireAsync(cancellationToken);

    public ValueTask DisposeAsync() => _leases.DisposeAsync();

    private async Task<bool> TryLeaseAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _leases.TakeAsync(_blob, cancellationToken);
            return true;
        }
        catch (RequestFailedException taken) when (taken.Status == 409)
        {
            return false;
        }
    }

    private async Task FindEndAsync(CancellationToken cancellationToken)
    {
        _number = 1;
        while (await _open(Segment(_number + 1)).ExistsAsync(cancellationToken))
            _number++;
        _blob = _open(Segment(_number));
        if (_number > 1)
            await _leases.TakeAsync(_blob, cancellationToken);
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
        await _leases.TakeAsync(_blob, cancellationToken);
        _position = 0;
        _blocks = 0;
    }
}
