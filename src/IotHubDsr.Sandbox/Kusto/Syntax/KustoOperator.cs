namespace IotHubDsr.Sandbox.Kusto.Syntax;

/// <summary>An operator of a pipeline.</summary>
internal abstract record KustoOperator;

internal sealed record WhereOperator(KustoExpression Condition) : KustoOperator;

internal sealed record TakeOperator(KustoExpression Count) : KustoOperator;

internal sealed record ProjectOperator(IReadOnlyList<NamedExpression> Columns) : KustoOperator;

internal sealed record ExtendOperator(IReadOnlyList<NamedExpression> Columns) : KustoOperator;

/// <summary>project-away and project-keep, whose names may have wildcards.</summary>
internal sealed record ProjectPatternsOperator(string Keyword, IReadOnlyList<string> Patterns) : KustoOperator;

internal sealed record ProjectRenameOperator(IReadOnlyList<NamedExpression> Columns) : KustoOperator;

internal sealed record SortKey(KustoExpression Value, bool IsDescending, bool NullsFirst);

internal sealed record SortOperator(IReadOnlyList<SortKey> Keys) : KustoOperator;

internal sealed record TopOperator(KustoExpression Count, SortKey Key) : KustoOperator;

internal sealed record DistinctOperator(IReadOnlyList<NamedExpression> Columns) : KustoOperator;

internal sealed record CountOperator : KustoOperator;

internal sealed record SchemaOperator : KustoOperator;

internal sealed record SummarizeOperator(IReadOnlyList<NamedExpression> Aggregates, IReadOnlyList<NamedExpression> Keys) : KustoOperator;

/// <summary>Of a union: other sources, and whether one that is not there is left out.</summary>
internal sealed record UnionOperator(IReadOnlyList<KustoQuery> Sources, bool IsInner, string? SourceColumn, bool IsFuzzy) : KustoOperator;

internal sealed record SearchOperator(KustoExpression Condition, bool IsCaseSensitive, IReadOnlyList<KustoQuery>? Tables) : KustoOperator;

internal sealed record JoinOperator(string Kind, KustoQuery Right, IReadOnlyList<KustoExpression> Conditions) : KustoOperator;

/// <summary>One row, made from expressions.</summary>
internal sealed record PrintOperator(IReadOnlyList<NamedExpression> Columns) : KustoOperator;

/// <summary>A source and what its rows go through. The source is null where the first operator makes the rows.</summary>
internal sealed record KustoQuery(string? Source, KustoQuery? Inner, IReadOnlyList<KustoOperator> Operators);

/// <summary>A let statement: a name for a table or for a scalar.</summary>
internal sealed record LetStatement(string Name, KustoQuery? Table, KustoExpression? Scalar);

internal sealed record KustoProgram(IReadOnlyList<LetStatement> Lets, KustoQuery Query);
