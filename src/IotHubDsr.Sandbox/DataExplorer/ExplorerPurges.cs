using System.Security.Cryptography;

namespace IotHubDsr.Sandbox.DataExplorer;

/// <summary>A purge that was ordered.</summary>
internal sealed record ExplorerPurge(
    string Id,
    string Database,
    string Table,
    DateTimeOffset Scheduled,
    DateTimeOffset EndsAt,
    string FinalState,
    string ClientRequestId
)
{
    /// <summary>It waits for half of its time, and works for the other.</summary>
    public string StateAt(DateTimeOffset now) =>
        now >= EndsAt ? FinalState
        : now >= Scheduled + ((EndsAt - Scheduled) / 2) ? "InProgress"
        : "Scheduled";
}

/// <summary>
/// Purges in two steps: the first counts and gives a token, the second takes the token back. A purge that is completed has hidden its rows
/// from queries; the storage is cleaned later, which nobody can see.
/// </summary>
internal sealed class ExplorerPurges(TimeProvider clock)
{
    private static readonly TimeSpan s_tokens = TimeSpan.FromDays(1);

    private readonly Dictionary<string, (string Database, string Table, string Predicate, DateTimeOffset Made)> _tokens = [];
    private readonly List<ExplorerPurge> _purges = [];

    /// <summary>The purges of a database.</summary>
    public IReadOnlyList<ExplorerPurge> All => _purges;

    public string NewToken(string database, string table, string predicate)
    {
        string token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        _tokens[token] = (database, table, predicate, clock.GetUtcNow());
        return token;
    }

    /// <summary>Whether a token is that of the same purge.</summary>
    public bool Takes(string token, string database, string table, string predicate) =>
        _tokens.TryGetValue(token, out (string Database, string Table, string Predicate, DateTimeOffset Made) known)
        && (known.Database, known.Table, known.Predicate) == (database, table, predicate)
        && known.Made + s_tokens > clock.GetUtcNow();

    public ExplorerPurge Order(
        string database,
        ExplorerTable table,
        IReadOnlySet<long> rows,
        ExplorerOptions options,
        string clientRequestId
    )
    {
        DateTimeOffset now = clock.GetUtcNow();
        var purge = new ExplorerPurge(
            Guid.NewGuid().ToString(),
            database,
            table.Name,
            now,
            now + options.PurgeDuration,
            options.PurgeState,
            clientRequestId
        );
        _purges.Add(purge);
        if (purge.FinalState == "Completed")
        {
            foreach (ExplorerRow row in table.Rows(now).Where(row => rows.Contains(row.Number)).ToList())
                row.GoneAt = row.GoneAt < purge.EndsAt ? row.GoneAt : purge.EndsAt;
        }

        return purge;
    }
}
