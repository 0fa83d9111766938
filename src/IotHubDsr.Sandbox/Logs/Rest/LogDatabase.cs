using IotHubDsr.Sandbox.Kusto;
using IotHubDsr.Sandbox.Logs.Tables;

namespace IotHubDsr.Sandbox.Logs.Rest;

/// <summary>The tables of a workspace as one caller's query sees them: in its time range, and only those that the caller may read.</summary>
internal sealed class LogDatabase(LogWorkspace workspace, LogTimeRange range, Func<string, bool> mayRead, bool isSearch) : IKustoDatabase
{
    // Tables of other plans are not among "all tables", and can only be searched one by one.
    public IEnumerable<string> TableNames => workspace.Tables.Where(IsIncluded).Select(table => table.Name);

    public KustoTable? Find(string name)
    {
        if (workspace.Table(name) is not { } table || !mayRead(name))
            return null;

        if (!isSearch && table.Plan != LogTablePlan.Analytics)
            throw KustoRefusal.Semantic($"The table '{name}' has the plan {table.Plan}: it can be queried by the search API only.");

        return table.Snapshot(range.From, range.To);
    }

    private bool IsIncluded(LogTable table) => table.Plan == LogTablePlan.Analytics && mayRead(table.Name);
}
