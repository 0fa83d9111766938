namespace IotHubDsr.Core.Tests.Archives;

/// <summary>What a piece of work allocates. The runtime tells it by thread, so that the work must stay on one.</summary>
internal static class Allocated
{
    private const int MostAttempts = 20;

    /// <summary>Bytes; work that had to wait, and may have gone on elsewhere, is done again.</summary>
    public static async Task<long> ByAsync(Func<Task> work)
    {
        for (int attempt = 0; attempt < MostAttempts; attempt++)
        {
            int thread = Environment.CurrentManagedThreadId;
            long before = GC.GetAllocatedBytesForCurrentThread();
            Task done = work();
            bool stayed = done.IsCompleted;
            await done;
            if (stayed && Environment.CurrentManagedThreadId == thread)
                return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Fail("The work was made to wait each time.");
        return 0;
    }
}
