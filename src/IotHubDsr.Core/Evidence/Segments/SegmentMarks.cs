using System.Globalization;

namespace IotHubDsr.Core.Evidence.Segments;

/// <summary>What is seen of a segment without reading it. It decides nothing that the segment itself does not say, but for the attempts.</summary>
internal static class SegmentMarks
{
    private const string AttemptsName = "attempts";
    private const string StateName = "state";
    private const string WorkerName = "worker";
    private const string Closed = "closed";
    private const string Open = "open";

    /// <summary>How often the unit was begun without having been ended since.</summary>
    public static int Attempts(IReadOnlyDictionary<string, string> marks) =>
        int.TryParse(marks.GetValueOrDefault(AttemptsName), NumberStyles.None, CultureInfo.InvariantCulture, out int attempts)
            ? attempts
            : 0;

    public static bool IsClosed(IReadOnlyDictionary<string, string> marks) => marks.GetValueOrDefault(StateName) == Closed;

    /// <summary>The worker that has it, or had it last.</summary>
    public static string? Worker(IReadOnlyDictionary<string, string> marks) => marks.GetValueOrDefault(WorkerName);

    public static IReadOnlyDictionary<string, string> Of(int attempts, bool isClosed, string worker) =>
        new Dictionary<string, string>
        {
            [AttemptsName] = attempts.ToString(CultureInfo.InvariantCulture),
            [StateName] = isClosed ? Closed : Open,
            [WorkerName] = worker,
        };
}
