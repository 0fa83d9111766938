using System.Diagnostics;

namespace IotHubDsr.Benchmarks;

/// <summary>How much memory a process takes at most.</summary>
internal static class PeakMemory
{
    /// <summary>Waits for the end of a process; the highest peak working set that the system reported of it, in MiB.</summary>
    public static async Task<double> WatchAsync(Process process, TimeSpan pollInterval)
    {
        long peak = 0;
        while (!process.HasExited)
        {
            process.Refresh();
            try
            {
                peak = Math.Max(peak, process.PeakWorkingSet64);
            }
            catch (InvalidOperationException)
            {
                // It has ended between the two lines above.
            }

            await Task.Delay(pollInterval);
        }

        return peak / 1024.0 / 1024.0;
    }
}
