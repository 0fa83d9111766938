using IotHubDsr.Sandbox.Kusto.Binding;
using IotHubDsr.Sandbox.Kusto.Operators;
using IotHubDsr.Sandbox.Kusto.Syntax;

namespace IotHubDsr.Sandbox.Kusto;

/// <summary>
/// Answers queries in the part of the Kusto Query Language that this project needs. What it does not know it refuses, as the service refuses
/// what it does not know.
/// </summary>
internal static class KustoEngine
{
    /// <summary>Throws <see cref="KustoRefusal"/> before the first row is read.</summary>
    public static KustoResult Run(string query, IKustoDatabase database, DateTimeOffset now)
    {
        var context = new KustoContext(database, now.UtcDateTime);
        KustoProgram program = KustoParser.Parse(query);
        foreach (LetStatement let in program.Lets)
            Bind(let, context);

        KustoTable table = KustoPipeline.Bind(program.Query, context);
        int[] shown = [.. table.Columns.Index().Where(column => !column.Item.IsHidden).Select(column => column.Index)];
        return new(
            [.. shown.Select(index => table.Columns[index])],
            table.Rows.Select(row => System.Array.ConvertAll(shown, index => row[index]))
        );
    }

    private static void Bind(LetStatement let, KustoContext context)
    {
        if (let.Scalar is NameExpression { Name: var other } && context.Scalar(other) is null)
        {
            KustoTable renamed = context.Table(other) ?? throw KustoRefusal.NoColumn(other, "let");
            context.Let(let.Name, () => renamed);
            return;
        }

        if (let.Scalar is { } scalar)
        {
            BoundExpression bound = new KustoScope(context, [], "let").Bind(scalar);
            // What is named is computed once.
            context.Let(let.Name, BoundExpression.Of(bound.Constant, bound.Type) with { Name = let.Name });
            return;
        }

        KustoTable table = KustoPipeline.Bind(let.Table!, context);
        context.Let(let.Name, () => table);
    }
}
