using System.Management.Automation;

namespace IotHubDsr.Pipeline;

/// <summary>One activity with a child per location, shown at most every 200 ms and always completed.</summary>
internal sealed class ProgressReporter(string activity, Action<ProgressRecord> write, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    private static int s_lastActivityId = 7400;
    private readonly int _activityId = Interlocked.Increment(ref s_lastActivityId);
    private readonly Dictionary<string, Child> _children = new(StringComparer.Ordinal);
    private long _shown = -1;

    public void Show(ProgressEvent progress)
    {
        if (progress.LocationId is null)
            ShowRoot(VisibleText.OfLine(progress.Status), progress.Percent);
        else
            ShowChild(progress with { Activity = VisibleText.OfLine(progress.Activity), Status = VisibleText.OfLine(progress.Status) });
    }

    /// <summary>Takes everything off the screen.</summary>
    public void Complete()
    {
        foreach (Child child in _children.Values)
            WriteChild(child, "Done", null, completed: true);
        _children.Clear();
        if (_shown >= 0)
            write(new ProgressRecord(_activityId, activity, "Done") { RecordType = ProgressRecordType.Completed });
        _shown = -1;
    }

    private void ShowRoot(string status, int? percent)
    {
        if (_shown >= 0 && time.GetElapsedTime(_shown) < Interval)
            return;
        _shown = time.GetTimestamp();
        write(new ProgressRecord(_activityId, activity, status) { PercentComplete = percent ?? -1 });
    }

    private void ShowChild(ProgressEvent progress)
    {
        if (_shown < 0)
            ShowRoot(progress.Activity, null);
        if (!_children.TryGetValue(progress.LocationId!, out Child? child))
        {
            if (progress.Completed)
                return;
            child = new Child(Interlocked.Increment(ref s_lastActivityId), progress.Activity);
            _children.Add(progress.LocationId!, child);
        }

        if (progress.Completed)
        {
            _children.Remove(progress.LocationId!);
            WriteChild(child, progress.Status, progress.Percent, completed: true);
        }
        else if (child.Shown < 0 || time.GetElapsedTime(child.Shown) >= Interval)
        {
            child.Shown = time.GetTimestamp();
            WriteChild(child, progress.Status, progress.Percent, completed: false);
        }
    }

    private void WriteChild(Child child, string status, int? percent, bool completed) =>
        write(
            new ProgressRecord(child.ActivityId, child.Activity, status.Length == 0 ? " " : status)
            {
                ParentActivityId = _activityId,
                PercentComplete = percent ?? -1,
                RecordType = completed ? ProgressRecordType.Completed : ProgressRecordType.Processing,
            }
        );

    private sealed class Child(int activityId, string activity)
    {
        public int ActivityId { get; } = activityId;

        public string Activity { get; } = activity;

        public long Shown { get; set; } = -1;
    }
}
