namespace IotHubDsr.Core.Reports;

/// <summary>Entries that stand so close that they share a mark; numbers are those of the list below the picture.</summary>
internal sealed record TimelineMark(int First, int Last, double X, bool IsAhead)
{
    public string Label => First == Last ? ReportParts.Count(First) : $"{First}–{Last}";

    public double Width => Math.Max(24, SvgLabel.Width(Label, 12, isBold: true) + 14);
}

/// <summary>A label over the axis.</summary>
internal sealed record TimelineLabel(string Text, string Day, double X, double TextX, int Lane);

/// <summary>Places the entries of a timeline on a true scale of time so that no two marks and no two labels meet.</summary>
internal sealed class TimelineLayout
{
    public const double Width = 1080;

    private const double Edge = 40;
    private const double MarkPitch = 84;

    private TimelineLayout(IReadOnlyList<TimelineMark> marks, IReadOnlyList<TimelineLabel> labels, double now)
    {
        Marks = marks;
        Labels = labels;
        Now = now;
        Lanes = labels.Count == 0 ? 0 : labels.Max(static label => label.Lane) + 1;
    }

    public IReadOnlyList<TimelineMark> Marks { get; }

    public IReadOnlyList<TimelineLabel> Labels { get; }

    public int Lanes { get; }

    /// <summary>Where what lies behind ends.</summary>
    public double Now { get; }

    public static TimelineLayout Of(IReadOnlyList<TimelineEntry> entries, DateTimeOffset now)
    {
        long first = entries[0].At.UtcTicks;
        double span = Math.Max(1, entries[^1].At.UtcTicks - first);
        double Place(DateTimeOffset at) => Edge + (Math.Clamp((at.UtcTicks - first) / span, 0, 1) * (Width - (2 * Edge)));

        var marks = new List<TimelineMark>();
        for (int index = 0; index < entries.Count; index++)
        {
            double x = Place(entries[index].At);
            bool isAhead = entries[index].At > now;
            if (marks.Count > 0 && x - marks[^1].X < MarkPitch && marks[^1].IsAhead == isAhead)
                marks[^1] = marks[^1] with { Last = index + 1 };
            else
                marks.Add(new TimelineMark(index + 1, index + 1, marks.Count > 0 ? Math.Max(x, marks[^1].X + MarkPitch) : x, isAhead));
        }

        return new TimelineLayout(Fitted(marks), Labelled(entries, Place), Place(now));
    }

    /// <summary>Pushed-on marks are moved back from the right end.</summary>
    private static List<TimelineMark> Fitted(List<TimelineMark> marks)
    {
        double right = Width - Edge;
        for (int index = marks.Count - 1; index >= 0; index--)
        {
            marks[index] = marks[index] with { X = Math.Min(marks[index].X, right) };
            right = marks[index].X - MarkPitch;
        }

        return marks;
    }

    private static List<TimelineLabel> Labelled(IReadOnlyList<TimelineEntry> entries, Func<DateTimeOffset, double> place)
    {
        var ends = new List<double>();
        var labels = new List<TimelineLabel>();
        foreach (TimelineEntry entry in entries.Where(static entry => entry.Milestone is not null))
        {
            string day = ReportTime.Day(entry.At);
            double half = Math.Max(SvgLabel.Width(entry.Milestone!, 13, isBold: true), SvgLabel.Width(day, 12)) / 2;
            double x = place(entry.At);
            double centre = Math.Clamp(x, half, Width - half);
            int lane = ends.FindIndex(end => end < centre - half);
            if (lane < 0)
            {
                lane = ends.Count;
                ends.Add(0);
            }

            ends[lane] = centre + half + 16;
            labels.Add(new TimelineLabel(entry.Milestone!, day, x, centre, lane));
        }

        return labels;
    }
}
