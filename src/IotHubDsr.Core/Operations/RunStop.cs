using IotHubDsr.Core.Evidence.Stores;

namespace IotHubDsr.Core.Operations;

/// <summary>Looks, while a run goes on, for the file that ends it: whoever writes that is elsewhere, and does not have the lease.</summary>
internal sealed class RunStop : IAsyncDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _asked = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _look;

    /// <param name="folder">The request.</param>
    /// <param name="run">Number of the run.</param>
    /// <param name="time">Paces the looks.</param>
    public RunStop(IEvidenceFolder folder, int run, TimeProvider time) => _look = LookAsync(folder, EvidenceFiles.Stop(run), time);

    /// <summary>Cancelled when the run is to end.</summary>
    public CancellationToken Asked => _asked.Token;

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _look.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _asked.Dispose();
        _closing.Dispose();
    }

    private async Task LookAsync(IEvidenceFolder folder, string name, TimeProvider time)
    {
        while (true)
        {
            await Task.Delay(s_pause, time, _closing.Token);
            try
            {
                if (await folder.ReadAsync(name, _closing.Token) is null)
                    continue;
            }
            catch (Exception) when (!_closing.IsCancellationRequested)
            {
                // The store may answer the next time; where it does not, the journal ends the run.
                continue;
            }

            await _asked.CancelAsync();
            return;
        }
    }
}
