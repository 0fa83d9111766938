using System.IO.Enumeration;
using IotHubDsr.Sandbox.Kusto.Binding;
using IotHubDsr.Sandbox.Kusto.Syntax;
using IotHubDsr.Sandbox.Kusto.Values;

namespace IotHubDsr.Sandbox.Kusto.Operators;

/// <summary>Rows of several tables in one.</summary>
internal static class UnionBinding
{
    public static KustoTable Bind(UnionOperator union, KustoTable? piped, string? pipedName, KustoContext context)
    {
        List<(string Name, KustoTable Table)> tables = piped is null ? [] : [(pipedName ?? "union_arg0", piped)];
        foreach (KustoQuery source in union.Sources)
            tables.AddRange(Tables(source, union.IsFuzzy, tables.Count, context));

        if (tables.Count == 0)
            throw KustoRefusal.NoTable(string.Join(", ", union.Sources.Select(source => source.Source)), "union");

        return Unite(tables, union.SourceColumn, union.IsInner);
    }

    /// <summary>The tables of an operand: a name can have wildcards, and of a fuzzy union it need not be there.</summary>
    public static IEnumerable<(string Name, KustoTable Table)> Tables(KustoQuery source, bool isFuzzy, int index, KustoContext context)
    {
        if (source is not { Source: { } pattern, Operators: [] })
        {
            KustoTable? bound = null;
            try
            {
                bound = KustoPipeline.Bind(source, context);
            }
            catch (KustoRefusal refusal) when (isFuzzy && refusal.Code == "SEM0100")
            {
                // Left out.
            }

            return bound is null ? [] : [(source.Source ?? $"union_arg{index}", bound)];
        }

        if (!pattern.Contains('*', StringComparison.Ordinal))
        {
            KustoTable? named = context.Table(pattern);
            return named is not null ? [(pattern, named)]
                : isFuzzy ? []
                : throw KustoRefusal.NoTable(pattern, "union");
        }

        return context
            .TableNames.Where(name => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false))
            .Select(name => (name, context.Table(name)!));
    }

    /// <summary>Columns of one name and type are one; those of one name and several types have the type in their name.</summary>
    public static KustoTable Unite(IReadOnlyList<(string Name, KustoTable Table)> tables, string? sourceColumn, bool isInner)
    {
        var columns = new List<KustoColumn>();
        foreach (KustoColumn column in tables.SelectMany(table => table.Table.Columns))
        {
            int same = columns.FindIndex(known => known.Name == column.Name && known.Type == column.Type);
            if (same >= 0)
                columns[same] = columns[same] with { IsHidden = columns[same].IsHidden && column.IsHidden };
            else
                columns.Insert(PlaceOf(column, columns), column);
        }

        if (isInner)
            columns.RemoveAll(column => !tables.All(table => table.Table.Columns.Any(own => IsSame(own, column))));

        List<KustoColumn> named =
        [
            .. columns.Select(column =>
                columns.Count(other => other.Name == column.Name) > 1 ? column with { Name = $"{column.Name}_{column.Type.Name}" } : column
            ),
        ];
        if (sourceColumn is not null)
            named.Insert(0, new(sourceColumn, KustoType.String));

        return new(named, tables.SelectMany(table => Rows(table.Name, table.Table, columns, sourceColumn is not null)));
    }

    /// <summary>Behind those of its name, or else at the end.</summary>
    private static int PlaceOf(KustoColumn column, List<KustoColumn> columns) =>
        columns.FindLastIndex(known => known.Name == column.Name) is var last && last < 0 ? columns.Count : last + 1;

    private static bool IsSame(KustoColumn left, KustoColumn right) => left.Name == right.Name && left.Type == right.Type;

    private static IEnumerable<object?[]> Rows(string name, KustoTable table, List<KustoColumn> columns, bool withSource)
    {
        int[] from = [.. columns.Select(column => table.Columns.ToList().FindIndex(own => IsSame(own, column)))];
        object?[] missing = [.. columns.Select(column => column.Type == KustoType.String ? "" : (object?)null)];
        foreach (object?[] row in table.Rows)
        {
            object?[] united = [.. from.Select((index, at) => index < 0 ? missing[at] : row[index])];
            yield return withSource ? [name, .. united] : united;
        }
    }
}
