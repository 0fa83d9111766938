using System.Globalization;
using IotHubDsr.Core.Evidence.Stores;

namespace IotHubDsr.Core.Evidence.Requests;

/// <summary>Takes the lease of a request's journal.</summary>
internal static class RequestLock
{
    private static readonly TimeSpan RetryTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortRetryTime = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan PatienceWithLookers = TimeSpan.FromSeconds(2);

    /// <param name="folder">The request.</param>
    /// <param name="isNew">Whether it is being registered.</param>
    /// <param name="wait">How long to wait for somebody who works on it.</param>
    /// <param name="time">The time.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="DsrException">Somebody else has it.</exception>
    public static async Task<IJournalFile> TakeAsync(
        IEvidenceFolder folder,
        bool isNew,
        TimeSpan wait,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        string holder = string.Create(
            CultureInfo.InvariantCulture,
            $"{Tool.Performer}, process {Environment.ProcessId}, since {time.GetUtcNow():u}"
        );
        long start = time.GetTimestamp();
        while (true)
        {
            if (await folder.TryLockAsync(holder, isNew, cancellationToken) is { } file)
                return file;
            TimeSpan waited = time.GetElapsedTime(start);
            if (waited >= wait)
            {
                // Checking for a holder briefly takes the lease, so retry.
                string? other = await folder.ReadHolderAsync(cancellationToken);
                if (other is not null || waited >= wait + PatienceWithLookers)
                    throw FaultCatalogue.RequestBusy.Exception(folder.RequestId, other ?? "a process that has just ended");
            }

            await Task.Delay(waited >= wait ? ShortRetryTime : RetryTime, time, cancellationToken);
        }
    }
}
