namespace IotHubDsr.Benchmarks.Archives;

/// <summary>
/// Times contenders turn by turn, so that what else the machine does meets all of them alike, and by the time that the processor
/// spends on this process, so that most of it meets none. What still does, such as a neighbour on the same memory, only ever adds time, and
/// to one contender more than to another: a ratio is that of the best times.
/// </summary>
internal sealed class Contest
{
    private const double WarmUpSeconds = 1;

    private readonly List<double[]> _rounds = [];

    public static async Task<Contest> RunAsync(int rounds, params Func<Task>[] contenders)
    {
        foreach (Func<Task> contender in contenders)
            await WarmUpAsync(contender);

        var contest = new Contest();
        for (int round = 0; round < rounds; round++)
        {
            double[] seconds = new double[contenders.Length];
            for (int contender = 0; contender < contenders.Length; contender++)
                seconds[contender] = await TimeAsync(contenders[contender]);
            contest._rounds.Add(seconds);
        }

        return contest;
    }

    /// <summary>Until the runtime has compiled it as well as it can.</summary>
    private static async Task WarmUpAsync(Func<Task> contender)
    {
        double seconds = 0;
        while (seconds < WarmUpSeconds)
            seconds += await TimeAsync(contender);
    }

    private static async Task<double> TimeAsync(Func<Task> contender)
    {
        TimeSpan before = Environment.CpuUsage.TotalTime;
        await contender();
        return (Environment.CpuUsage.TotalTime - before).TotalSeconds;
    }

    /// <summary>A contender's result that must be right, lest speed be got by reading less.</summary>
    public static async Task Check(long expected, Task<long> result)
    {
        if (await result is var found && found != expected)
            throw new InvalidOperationException($"A contender found {found} instead of {expected}.");
    }

    public static Task Check(long expected, long result) => Check(expected, Task.FromResult(result));

    /// <summary>
    /// Runs a contender that is much faster than the other several times in its turn, so that both turns are long enough to be timed.
    /// </summary>
    public static async Task RepeatAsync(int times, Func<Task> contender)
    {
        for (int pass = 0; pass < times; pass++)
            await contender();
    }

    /// <summary>How many times faster one contender was than another.</summary>
    public double SpeedOf(int contender, int than) => BestOf(than) / BestOf(contender);

    private double BestOf(int contender) => _rounds.Min(seconds => seconds[contender]);
}
