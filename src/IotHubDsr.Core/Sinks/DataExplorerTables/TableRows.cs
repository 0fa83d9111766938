using System.Text;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure.DataExplorer;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.DataExplorerTables;

/// <summary>What a row, or several alike, say of whom they are.</summary>
/// <param name="Ids">Device IDs, one for each column of them.</param>
/// <param name="Generation">Generation ID; empty if it is not told.</param>
/// <param name="Hub">The hub's name; null if it is not told.</param>
/// <param name="Rows">How many rows.</param>
/// <param name="First">When the hub took in the first; null if that is not told.</param>
/// <param name="Last">When it took in the last.</param>
internal sealed record RowGroup(
    IReadOnlyList<string> Ids,
    string Generation,
    string? Hub,
    long Rows,
    DateTimeOffset? First,
    DateTimeOffset? Last
)
{
    /// <summary>A row of a summary.</summary>
    public static RowGroup OfSummary(ExplorerRow row, DeviceColumns columns, DataLocation location)
    {
        DateTimeOffset? first = row.Time("First");
        return new RowGroup(
            [.. columns.Ids.Select((_, index) => row.Text($"Id{index}") ?? "")],
            row.Text("Generation") ?? "",
            row.Text("Hub"),
            row.Number("Rows")
                ?? throw FaultCatalogue.ServiceFailed.Exception(location.ToString(), "a count was answered without a number."),
            first,
            row.Time("Last") ?? first
        );
    }

    /// <summary>A row of the table itself.</summary>
    public static RowGroup Of(ExplorerRow row, DeviceColumns columns)
    {
        DateTimeOffset? time = columns.Time is { } column ? row.Time(column.Name) : null;
        return new RowGroup(
            [.. columns.Ids.Select(id => row.Text(id.Name) ?? "")],
            columns.Generation is { } generation ? row.Text(generation.Name) ?? "" : "",
            columns.Hub is { } hub ? row.Text(hub.Name) : null,
            1,
            time,
            time
        );
    }
}

/// <summary>Whose a row is.</summary>
/// <param name="Subject">The subject; -1 for nobody's that is asked for.</param>
/// <param name="IsUnclear">Whether it can be another hub's.</param>
internal readonly record struct RowOwner(int Subject, bool IsUnclear)
{
    public static RowOwner Nobody { get; } = new(-1, false);
}

/// <summary>Judges rows by the rules for all records: by the sender, the hub, the generation and the time that they tell.</summary>
internal sealed class RowJudge(RecordSelection selection)
{
    private readonly RecordMatcher _matcher = new(selection.Subjects);

    public IReadOnlyCollection<int> LaterDevices => _matcher.LaterDevices;

    /// <summary>Whose the rows are that were taken in at a time.</summary>
    public RowOwner OwnerOf(RowGroup group, DateTimeOffset? time)
    {
        _matcher.Reset();
        foreach (string id in group.Ids)
            _matcher.AddSender(Encoding.UTF8.GetBytes(id), SenderSource.System);
        if (group.Hub is not null)
            _matcher.AddSourceHub(Encoding.UTF8.GetBytes(group.Hub));
        if (!_matcher.HasMatch)
            return RowOwner.Nobody;
        ReadOnlySpan<SubjectMatch> matches = _matcher.Resolve(new RecordFacts(time, Encoding.UTF8.GetBytes(group.Generation)));
        return matches.Length == 0 ? RowOwner.Nobody : new RowOwner(matches[0].Subject, matches[0].IsUnclear);
    }
}
