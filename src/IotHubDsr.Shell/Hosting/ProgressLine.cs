using System.Globalization;
using System.Management.Automation;
using IotHubDsr.Shell.Terminals;

namespace IotHubDsr.Shell.Hosting;

/// <summary>Shows what is going on in one line: the activity, and the one within it that reported last.</summary>
internal sealed class ProgressLine(ConsoleOutput output, TimeProvider time)
{
    private const int BarCells = 20;
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly List<Activity> _running = [];
    private long _shownAt;
    private bool _shown;

    public void Update(long sourceId, ProgressRecord record)
    {
        if (!output.IsTerminal)
            return;
        lock (_gate)
        {
            _running.RemoveAll(activity => activity.Is(sourceId, record.ActivityId));
            if (record.RecordType != ProgressRecordType.Completed)
                _running.Add(new Activity(sourceId, record));
            if (_running.Count == 0)
                Hide();
            else if (!_shown || time.GetElapsedTime(_shownAt) >= ShortestInterval)
                Show();
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _running.Clear();
            Hide();
        }
    }

    private void Show()
    {
        output.SetStatusLine(Describe(Latest()));
        _shownAt = time.GetTimestamp();
        _shown = true;
    }

    // A parent often reports together with its child, which says more.
    private Activity Latest() =>
        _running.LastOrDefault(activity => !_running.Any(other => other.Parent == activity.Id)) ?? _running[^1];

    private void Hide()
    {
        if (_shown)
            output.SetStatusLine("");
        _shown = false;
    }

    private string Describe(Activity activity)
    {
        ProgressRecord record = activity.Record;
        string text = $"{record.Activity}: {record.StatusDescription}";
        if (!string.IsNullOrEmpty(record.CurrentOperation))
            text += $" ({record.CurrentOperation})";
        if (_running.Find(other => other.Id == activity.Parent && other != activity) is { } parent)
            text = $"{parent.Record.Activity} › {text}";
        string tail = Bar(record.PercentComplete) + Remaining(record.SecondsRemaining);
        int room = Math.Max(0, ConsoleOutput.Width - 1 - tail.Length);
        string line = text.ReplaceLineEndings(" ");
        line = line.Length > room ? string.Concat(line.AsSpan(0, Math.Max(0, room - 1)), "…") : line;
        return PSStyle.Instance.Progress.Style + line + tail + PSStyle.Instance.Reset;
    }

    private static string Bar(int percent)
    {
        if (percent < 0)
            return "";
        int filled = Math.Min(percent, 100) * BarCells / 100;
        string bar = new string('=', filled).PadRight(BarCells);
        return string.Create(CultureInfo.InvariantCulture, $" [{bar}] {percent,3}%");
    }

    private static string Remaining(int seconds) =>
        seconds < 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" {TimeSpan.FromSeconds(seconds):hh\\:mm\\:ss}");

    private sealed record Activity(long Source, ProgressRecord Record)
    {
        public (long Source, int Activity) Id => (Source, Record.ActivityId);

        public (long Source, int Activity) Parent => (Source, Record.ParentActivityId);

        public bool Is(long source, int activity) => Id == (source, activity);
    }
}
