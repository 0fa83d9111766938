using IotHubDsr.Sandbox.Kusto;
using IotHubDsr.Sandbox.Kusto.Syntax;

namespace IotHubDsr.Sandbox.Logs.Rest;

/// <summary>What a query of a table with the plan Basic or Auxiliary may be: one table, and what needs no other.</summary>
internal static class SearchRestrictions
{
    public static void Require(string query)
    {
        KustoProgram program = KustoParser.Parse(query);
        IEnumerable<KustoQuery> queries = program.Lets.Select(let => let.Table).OfType<KustoQuery>().Append(program.Query);
        foreach (KustoOperator used in queries.SelectMany(Operators))
        {
            if (used is JoinOperator or UnionOperator or SearchOperator)
                throw KustoRefusal.Semantic("A query of a table that is not of the plan Analytics takes no join, union, find and search.");
        }
    }

    private static IEnumerable<KustoOperator> Operators(KustoQuery query) =>
        query.Inner is null ? query.Operators : Operators(query.Inner).Concat(query.Operators);
}
