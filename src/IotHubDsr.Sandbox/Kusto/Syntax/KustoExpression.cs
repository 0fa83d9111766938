using IotHubDsr.Sandbox.Kusto.Values;

namespace IotHubDsr.Sandbox.Kusto.Syntax;

/// <summary>An expression as it was written, before anything in it has a meaning.</summary>
internal abstract record KustoExpression;

internal sealed record LiteralExpression(object? Value, KustoType Type) : KustoExpression;

internal sealed record NameExpression(string Name) : KustoExpression;

/// <summary><c>target.name</c>; <c>target["name"]</c> is an index.</summary>
internal sealed record MemberExpression(KustoExpression Target, string Name) : KustoExpression;

internal sealed record IndexExpression(KustoExpression Target, KustoExpression Index) : KustoExpression;

internal sealed record CallExpression(string Function, IReadOnlyList<KustoExpression> Arguments) : KustoExpression;

internal sealed record NegationExpression(KustoExpression Operand) : KustoExpression;

internal sealed record BinaryExpression(string Operator, KustoExpression Left, KustoExpression Right) : KustoExpression;

/// <summary><c>in</c>, <c>!in</c>, <c>in~</c>, <c>!in~</c>, <c>has_any</c> and <c>has_all</c> with their lists.</summary>
internal sealed record ListExpression(string Operator, KustoExpression Target, IReadOnlyList<KustoExpression> Items) : KustoExpression;

internal sealed record BetweenExpression(bool IsNegated, KustoExpression Target, KustoExpression Low, KustoExpression High)
    : KustoExpression;

/// <summary>All columns: of count, of distinct, of arg_max and of a search.</summary>
internal sealed record StarExpression : KustoExpression;

/// <summary><c>name:"text"</c> in a search.</summary>
internal sealed record ColumnSearchExpression(string Column, KustoExpression Text) : KustoExpression;

/// <summary>An expression with the name that its column gets, if it has one.</summary>
internal sealed record NamedExpression(string? Name, KustoExpression Value);
