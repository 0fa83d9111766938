using IotHubDsr.Core.Azure.Logs;

namespace IotHubDsr.Core.Sinks.LogAnalyticsWorkspaces;

/// <summary>A part of a table by the time at which rows were made.</summary>
/// <param name="Start">The first moment of it.</param>
/// <param name="End">The last moment of it: it is in the slice.</param>
internal sealed record LogSlice(DateTimeOffset Start, DateTimeOffset End)
{
    /// <summary>Whether there is no shorter one.</summary>
    public bool IsMoment => Start >= End;

    /// <summary>As a condition of a query.</summary>
    public string Condition => $"TimeGenerated >= {Kql.Time(Start)} and TimeGenerated <= {Kql.Time(End)}";

    /// <summary>The same time in so many parts of equal length; fewer when it is too short.</summary>
    public IEnumerable<LogSlice> Split(long parts)
    {
        long ticks = End.UtcTicks - Start.UtcTicks + 1;
        long length = Math.Max(1, (ticks + parts - 1) / parts);
        for (long start = 0; start < ticks; start += length)
        {
            DateTimeOffset first = Start.AddTicks(start);
            yield return new LogSlice(first, Start.AddTicks(Math.Min(start + length, ticks) - 1));
        }
    }
}
