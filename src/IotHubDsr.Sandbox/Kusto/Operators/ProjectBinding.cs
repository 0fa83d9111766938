using System.IO.Enumeration;
using IotHubDsr.Sandbox.Kusto.Binding;
using IotHubDsr.Sandbox.Kusto.Syntax;

namespace IotHubDsr.Sandbox.Kusto.Operators;

/// <summary>Operators that change the columns and keep the rows.</summary>
internal static class ProjectBinding
{
    public static KustoTable Project(KustoTable table, IReadOnlyList<NamedExpression> asked, KustoScope scope)
    {
        var columns = new List<KustoColumn>();
        var values = new List<Func<object?[], object?>>();
        foreach (NamedExpression named in asked)
        {
            if (named is { Value: StarExpression })
            {
                foreach (KustoColumn column in table.Columns.Where(column => !column.IsHidden))
                {
                    columns.Add(column);
                    values.Add(scope.Column(column.Name)!.Evaluate);
                }

                continue;
            }

            BoundExpression bound = scope.Bind(named.Value);
            string name = named.Name ?? bound.Name ?? Unused("Column", columns);
            if (columns.Any(column => column.Name == name))
            {
                // A name that follows from an expression gives way.
                if (named.Name is not null || named.Value is NameExpression)
                    throw KustoRefusal.Semantic($"'{scope.Operator}' operator: a column named '{name}' already exists.");

                name = Unused(name, columns);
            }

            columns.Add(new(name, bound.Type));
            values.Add(bound.Evaluate);
        }

        Func<object?[], object?>[] evaluated = [.. values];
        return new(columns, table.Rows.Select(row => Array.ConvertAll(evaluated, value => value(row))));
    }

    public static KustoTable Extend(KustoTable table, IReadOnlyList<NamedExpression> asked, KustoScope scope)
    {
        KustoTable result = table;
        foreach (NamedExpression named in asked)
        {
            // Each sees the columns that were there before the operator.
            BoundExpression bound = scope.Bind(named.Value);
            string name = named.Name ?? bound.Name ?? Unused("Column", result.Columns);
            result = Set(result, name, bound, scope.Columns.Count);
        }

        return result;
    }

    public static KustoTable Keep(KustoTable table, IReadOnlyList<string> patterns, bool isKept)
    {
        foreach (string pattern in patterns.Where(pattern => !pattern.Contains('*', StringComparison.Ordinal)))
        {
            if (table.Columns.All(column => column.Name != pattern))
                throw KustoRefusal.NoColumn(pattern, isKept ? "project-keep" : "project-away");
        }

        bool IsNamed(KustoColumn column) =>
            patterns.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, column.Name, ignoreCase: false));
        int[] kept = [.. table.Columns.Index().Where(column => IsNamed(column.Item) == isKept).Select(column => column.Index)];
        return new([.. kept.Select(index => table.Columns[index])], table.Rows.Select(row => Array.ConvertAll(kept, index => row[index])));
    }

    public static KustoTable Rename(KustoTable table, IReadOnlyList<NamedExpression> asked, KustoScope scope)
    {
        List<KustoColumn> columns = [.. table.Columns];
        foreach (NamedExpression named in asked)
        {
            if (named is not { Name: { } name, Value: NameExpression { Name: var old } })
                throw KustoRefusal.Semantic("'project-rename' operator: 'new = old' is expected.");

            int index = columns.FindIndex(column => column.Name == old);
            columns[index >= 0 ? index : throw KustoRefusal.NoColumn(old, scope.Operator)] = new(name, columns[index].Type);
        }

        return table with
        {
            Columns = columns,
        };
    }

    private static KustoTable Set(KustoTable table, string name, BoundExpression value, int width)
    {
        int at = -1;
        for (int index = 0; index < table.Columns.Count; index++)
            at = table.Columns[index].Name == name ? index : at;

        var column = new KustoColumn(name, value.Type);
        KustoColumn[] columns = at < 0 ? [.. table.Columns, column] : [.. table.Columns.Take(at), column, .. table.Columns.Skip(at + 1)];
        return new(columns, table.Rows.Select(row => With(row, at, value.Evaluate(row))));
    }

    private static object?[] With(object?[] row, int at, object? value)
    {
        if (at < 0)
            return [.. row, value];

        object?[] changed = [.. row];
        changed[at] = value;
        return changed;
    }

    private static string Unused(string stem, IReadOnlyList<KustoColumn> columns)
    {
        int number = 1;
        while (columns.Any(column => column.Name == $"{stem}{number}"))
            number++;

        return $"{stem}{number}";
    }
}
