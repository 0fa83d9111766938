using IotHubDsr.Sandbox.Kusto.Syntax;
using IotHubDsr.Sandbox.Kusto.Values;

namespace IotHubDsr.Sandbox.Kusto.Binding;

/// <summary>What a whole query can name: tables, what let statements have named, and the time.</summary>
internal sealed class KustoContext(IKustoDatabase database, DateTime now)
{
    private readonly Dictionary<string, BoundExpression> _scalars = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Func<KustoTable>> _tables = new(StringComparer.Ordinal);

    /// <summary>The same for the whole query.</summary>
    public DateTime Now => now;

    public IEnumerable<string> TableNames => database.TableNames;

    public void Let(string name, BoundExpression scalar) => _scalars[name] = scalar;

    public void Let(string name, Func<KustoTable> table) => _tables[name] = table;

    public BoundExpression? Scalar(string name) => _scalars.GetValueOrDefault(name);

    public KustoTable? Table(string name) => _tables.TryGetValue(name, out Func<KustoTable>? named) ? named() : database.Find(name);

    /// <summary>A table that a let statement has named.</summary>
    public KustoTable? NamedTable(string name) => _tables.TryGetValue(name, out Func<KustoTable>? named) ? named() : null;
}

/// <summary>What an expression can name: the columns of its rows, and what the query can; and the operator it belongs to, for messages.</summary>
internal sealed record KustoScope(KustoContext Context, IReadOnlyList<KustoColumn> Columns, string Operator)
{
    public BoundExpression? Column(string name)
    {
        for (int index = 0; index < Columns.Count; index++)
        {
            if (Columns[index].Name != name)
                continue;

            int at = index;
            return new(Columns[index].Type, row => row[at]) { Name = name };
        }

        return null;
    }

    public BoundExpression Bind(KustoExpression expression) => new KustoBinder(this).Bind(expression);

    public BoundExpression BindCondition(KustoExpression expression)
    {
        BoundExpression bound = Bind(expression);
        return bound.Type == KustoType.Bool ? bound : throw KustoRefusal.Types(Operator, bound.Type.Name, KustoType.Bool.Name);
    }
}
