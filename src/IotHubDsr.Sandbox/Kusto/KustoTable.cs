using IotHubDsr.Sandbox.Kusto.Values;

namespace IotHubDsr.Sandbox.Kusto;

/// <summary>A column. One that is hidden shows in an answer only when a query projects it.</summary>
internal sealed record KustoColumn(string Name, KustoType Type, bool IsHidden = false);

/// <summary>Columns and rows; rows are read when they are asked for.</summary>
internal sealed record KustoTable(IReadOnlyList<KustoColumn> Columns, IEnumerable<object?[]> Rows);

/// <summary>What a query can be asked of: tables by name.</summary>
internal interface IKustoDatabase
{
    /// <summary>The names of all tables, for wildcards and for a search of everything.</summary>
    IEnumerable<string> TableNames { get; }

    KustoTable? Find(string name);
}

/// <summary>What a query answers, without columns that are not shown.</summary>
internal sealed record KustoResult(IReadOnlyList<KustoColumn> Columns, IEnumerable<object?[]> Rows);
