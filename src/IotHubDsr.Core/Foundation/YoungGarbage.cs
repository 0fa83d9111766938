namespace IotHubDsr.Core.Foundation;

/// <summary>
/// Keeps young garbage small while operations run. The runtime lets it grow with the processor's cache, to 80 MB on today's servers, before
/// it collects any: memory that a guest in somebody's session, or in a runbook's sandbox, should not take. Hardly any of it is alive, so
/// that to collect it more often costs little.
/// </summary>
internal static class YoungGarbage
{
    private const long Most = 16 * 1024 * 1024;

    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(20);
    private static readonly object s_gate = new();
    private static Timer? s_timer;
    private static int s_users;
    private static int s_collections;
    private static long s_allocated;

    /// <summary>Begins to; the last one who disposes of the result ends it.</summary>
    public static IDisposable Bound()
    {
        lock (s_gate)
        {
            if (s_users++ == 0)
                s_timer = new Timer(static _ => Look(), state: null, s_interval, Timeout.InfiniteTimeSpan);
        }

        return new User();
    }

    private static void Look()
    {
        long allocated = GC.GetTotalAllocatedBytes();
        bool isDue = GC.CollectionCount(0) == s_collections && allocated - s_allocated >= Most;
        if (isDue)
            GC.Collect(0, GCCollectionMode.Forced, blocking: true);
        if (isDue || GC.CollectionCount(0) != s_collections)
            (s_collections, s_allocated) = (GC.CollectionCount(0), allocated);
        lock (s_gate)
            s_timer?.Change(s_interval, Timeout.InfiniteTimeSpan);
    }

    private sealed class User : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 1)
                return;
            lock (s_gate)
            {
                if (--s_users > 0)
                    return;
                s_timer?.Dispose();
                s_timer = null;
            }
        }
    }
}
