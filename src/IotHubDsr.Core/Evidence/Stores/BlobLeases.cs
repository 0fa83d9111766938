using Azure;
using Azure.Storage.Blobs.Specialized;

namespace IotHubDsr.Core.Evidence.Stores;

/// <summary>
/// Leases of blobs, renewed until they are let go of. When that fails for as long as a lease lasts, or another process has one of them, all
/// are taken for lost.
/// </summary>
/// <param name="time">The clock of the renewals.</param>
/// <param name="length">How long a lease lasts without a renewal.</param>
/// <param name="pause">The time between two renewals.</param>
internal sealed class BlobLeases(TimeProvider time, TimeSpan length, TimeSpan pause) : IAsyncDisposable
{
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly List<BlobLeaseClient> _leases = [];
    private Task _renewal = Task.CompletedTask;
    private bool _isKept;
    private Moment? _renewed;

    public CancellationToken Lost => _lost.Token;

    /// <summary>Looked at after each renewal that succeeded; its failures do not matter.</summary>
    public Func<CancellationToken, Task>? OnRenewed { get; set; }

    /// <summary>The ID of the lease that was taken last.</summary>
    public string LastId
    {
        get
        {
            lock (_leases)
                return _leases[^1].LeaseId;
        }
    }

    /// <summary>Takes one more; the first one is renewed from now on.</summary>
    /// <exception cref="RequestFailedException">With status 409: another process has it.</exception>
    public async Task TakeAsync(BlobBaseClient blob, CancellationToken cancellationToken)
    {
        BlobLeaseClient lease = blob.GetBlobLeaseClient(Guid.NewGuid().ToString());
        var now = Moment.Of(time);
        await lease.AcquireAsync(length, cancellationToken: cancellationToken);
        lock (_leases)
            _leases.Add(lease);
        if (_isKept)
            return;
        _isKept = true;
        _renewed = now;
        _renewal = KeepAsync();
    }

    /// <summary>Renews all of them now.</summary>
    /// <exception cref="RequestFailedException">One of them is lost, or the service did not answer.</exception>
    public async Task RenewAsync(CancellationToken cancellationToken)
    {
        List<BlobLeaseClient> leases;
        lock (_leases)
            leases = [.. _leases];
        var now = Moment.Of(time);
        foreach (BlobLeaseClient lease in leases)
            await lease.RenewAsync(cancellationToken: cancellationToken);
        Volatile.Write(ref _renewed, now);
    }

    /// <summary>Returns while nobody else can have one of them: those that were not renewed lately are renewed first.</summary>
    /// <exception cref="OperationCanceledException">One of them is lost.</exception>
    /// <exception cref="RequestFailedException">The service did not answer.</exception>
    public async ValueTask RequireAsync(CancellationToken cancellationToken)
    {
        _lost.Token.ThrowIfCancellationRequested();
        if (Volatile.Read(ref _renewed)?.Age(time) < length / 2)
            return;
        try
        {
            await RenewAsync(cancellationToken);
        }
        catch (RequestFailedException taken) when (IsTaken(taken))
        {
            await _lost.CancelAsync();
            throw new OperationCanceledException("The lease is another process's.", taken, _lost.Token);
        }
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

    private async Task KeepAsync()
    {
        while (true)
        {
            await Task.Delay(pause, time, _closing.Token);
            try
            {
                await RenewAsync(_closing.Token);
            }
            catch (Exception exception) when (!_closing.IsCancellationRequested)
            {
                // Any failure, including a missing token: the next renewal may work, and nobody else renews.
                if (!IsTaken(exception) && Volatile.Read(ref _renewed)?.Age(time) < length - pause)
                    continue;
                await _lost.CancelAsync();
                return;
            }

            await LookAsync();
        }
    }

    private static bool IsTaken(Exception exception) => exception is RequestFailedException { Status: 409 or 412 or 404 };

    private async Task LookAsync()
    {
        try
        {
            if (OnRenewed is { } look)
                await look(_closing.Token);
        }
        catch (Exception) when (!_closing.IsCancellationRequested)
        {
            // It is looked at again after the next renewal.
        }
    }

    /// <summary>A time by two clocks: one of them stands still while a machine sleeps, and the other one can be set.</summary>
    private sealed record Moment(long Timestamp, DateTimeOffset At)
    {
        public static Moment Of(TimeProvider time) => new(time.GetTimestamp(), time.GetUtcNow());

        public TimeSpan Age(TimeProvider time)
        {
            TimeSpan elapsed = time.GetElapsedTime(Timestamp);
            TimeSpan passed = time.GetUtcNow() - At;
            return elapsed > passed ? elapsed : passed;
        }
    }
}
