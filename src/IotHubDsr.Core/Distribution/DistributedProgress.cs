using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Segments;
using IotHubDsr.Core.Evidence.Stores;

namespace IotHubDsr.Core.Distribution;

/// <summary>How far workers have come.</summary>
internal sealed class DistributedProgress(TimeProvider time)
{
    /// <summary>What takes longer by the first small part says nothing yet.</summary>
    private static readonly TimeSpan s_longestTold = TimeSpan.FromDays(3_650);

    private readonly long _start = time.GetTimestamp();
    private int _planned;
    private long _plannedBytes;
    private int _taken;
    private long _takenBytes;
    private int _workers;

    /// <summary>In words, and how many of a hundred parts are done.</summary>
    public (string Text, int? Percent) Status
    {
        get
        {
            var progress = new WorkersProgress
            {
                Parts = _planned,
                PartsDone = _taken,
                Workers = _workers,
            };
            string text = At(progress, _plannedBytes, _takenBytes, time.GetElapsedTime(_start)).ToString();
            return (text, _planned == 0 ? null : (int)(_taken * 100L / _planned));
        }
    }

    /// <summary>
    /// How far workers are with the run of a request, as anybody sees it who can read the store; null when none of its work is handed out.
    /// </summary>
    public static async Task<WorkersProgress?> OfRunAsync(
        ISegmentFolder folder,
        RequestState state,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        if (!state.IsRunOpen)
            return null;
        List<KeyValuePair<string, UnitsState>> works = [.. state.Works.Where(work => work.Value.PlannedAt >= state.RunAt)];
        if (works.Count == 0)
            return null;
        double bytesDone = 0;
        int done = 0;
        HashSet<string> workers = new(StringComparer.Ordinal);
        foreach ((string name, UnitsState work) in works)
        {
            HashSet<int> closed = [.. work.Taken.Select(static unit => unit.Number)];
            if (work.IsOpen)
                await SeeAsync(new UnitFiles(folder, name), closed, workers, cancellationToken);
            done += closed.Count;
            bytesDone += work.BytesOf(closed);
        }

        var progress = new WorkersProgress
        {
            Parts = works.Sum(static work => work.Value.Planned),
            PartsDone = done,
            Workers = workers.Count,
        };
        return At(progress, works.Sum(static work => work.Value.Bytes), bytesDone, now - works.Min(static work => work.Value.PlannedAt));
    }

    public void Plan(int units, long bytes)
    {
        Interlocked.Add(ref _planned, units);
        Interlocked.Add(ref _plannedBytes, bytes);
    }

    public void Take(long bytes)
    {
        _taken++;
        _takenBytes += bytes;
    }

    public void See(IEnumerable<SegmentListing> segments) => _workers = WorkersOf(segments).Distinct(StringComparer.Ordinal).Count();

    /// <summary>The same, with speed and time left.</summary>
    private static WorkersProgress At(WorkersProgress progress, long bytes, double bytesDone, TimeSpan elapsed)
    {
        if (bytesDone <= 0 || elapsed <= TimeSpan.Zero)
            return progress;
        double speed = bytesDone / elapsed.TotalSeconds;
        double seconds = Math.Max(0, bytes - bytesDone) / speed;
        return progress with
        {
            BytesPerSecond = speed,
            TimeLeft = progress.PartsDone < progress.Parts && seconds < s_longestTold.TotalSeconds ? TimeSpan.FromSeconds(seconds) : null,
        };
    }

    /// <summary>Adds the units of a work that are closed, and the workers that are at one.</summary>
    private static async Task SeeAsync(UnitFiles files, HashSet<int> closed, HashSet<string> workers, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, SegmentListing> listed = await files.ListAsync(cancellationToken);
        workers.UnionWith(WorkersOf(listed.Values));
        closed.UnionWith(
            listed.Where(static one => SegmentMarks.IsClosed(one.Value.Marks)).Select(static one => UnitFiles.NumberOf(one.Key))
        );
    }

    /// <summary>Workers are those that hold a segment now.</summary>
    private static IEnumerable<string> WorkersOf(IEnumerable<SegmentListing> segments) =>
        segments.Where(static segment => segment.IsHeld).Select(static segment => SegmentMarks.Worker(segment.Marks)).OfType<string>();
}
