using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Logs.Tables;

namespace IotHubDsr.Sandbox.Logs.Erasure;

/// <summary>A purge that was accepted.</summary>
internal sealed record LogPurge(string Id, DateTimeOffset CompletesAt);

/// <summary>A deletion of data that was accepted, whether or not it can be done.</summary>
internal sealed record LogDeletion(string Id, DateTimeOffset Requested, DateTimeOffset EndsAt, int Records, string? Error);

/// <summary>
/// What was ordered to be taken out of a workspace. A purge is pending, then completed, and its rows go after that. A deletion is accepted
/// in any case, and its status tells what became of it.
/// </summary>
internal sealed class LogErasures(TimeProvider clock)
{
    private readonly List<LogPurge> _purges = [];
    private readonly List<LogDeletion> _deletions = [];
    private readonly List<DateTimeOffset> _purgeTimes = [];
    private readonly List<DateTimeOffset> _deletionTimes = [];

    public bool MayPurge(int mostPerHour) => Counted(_purgeTimes) < mostPerHour;

    public bool MayDelete(int mostPerHour) => Counted(_deletionTimes) < mostPerHour;

    public LogPurge? Purge(string id) => _purges.Find(purge => purge.Id.Equals(id, StringComparison.OrdinalIgnoreCase));

    public LogDeletion? Deletion(string id) => _deletions.Find(deletion => deletion.Id.Equals(id, StringComparison.OrdinalIgnoreCase));

    /// <summary>Throws <see cref="FilterException"/>. What comes into the table later stays.</summary>
    public LogPurge Purge(LogTable table, JsonArray filters, LogWorkspaceOptions options)
    {
        Func<LogRow, bool> matches = RowFilter.Read(filters, table);
        DateTimeOffset now = clock.GetUtcNow();
        var purge = new LogPurge(Guid.NewGuid().ToString(), now + options.PurgePending);
        foreach (LogRow row in table.Rows.Where(matches).ToList())
            row.GoneAt = Earlier(row.GoneAt, purge.CompletesAt + options.PurgeLasting);

        _purges.Add(purge);
        _purgeTimes.Add(now);
        return purge;
    }

    public LogDeletion Delete(LogTable table, JsonArray filters, LogWorkspaceOptions options)
    {
        DateTimeOffset now = clock.GetUtcNow();
        DateTimeOffset end = now + options.DeletionUpdating;
        int records = 0;
        string? error = null;
        try
        {
            foreach (LogRow row in table.Rows.Where(RowFilter.Read(filters, table)).ToList())
            {
                row.GoneAt = Earlier(row.GoneAt, end);
                records++;
            }
        }
        catch (FilterException refused)
        {
            error = refused.Message;
        }

        var deletion = new LogDeletion(Guid.NewGuid().ToString(), now, end, records, error);
        _deletions.Add(deletion);
        _deletionTimes.Add(now);
        return deletion;
    }

    private int Counted(List<DateTimeOffset> times)
    {
        DateTimeOffset hourAgo = clock.GetUtcNow().AddHours(-1);
        times.RemoveAll(time => time <= hourAgo);
        return times.Count;
    }

    private static DateTimeOffset Earlier(DateTimeOffset? left, DateTimeOffset right) => left < right ? left.Value : right;
}
