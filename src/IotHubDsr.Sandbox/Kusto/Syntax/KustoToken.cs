namespace IotHubDsr.Sandbox.Kusto.Syntax;

internal enum KustoTokenKind
{
    Word,

    /// <summary>A name in brackets and quotes.</summary>
    QuotedName,
    Literal,
    Symbol,
    End,
}

/// <summary>A token of a query, where it stands, and what a literal means.</summary>
internal sealed record KustoToken(KustoTokenKind Kind, string Text, int Start)
{
    public object? Value { get; init; }

    public Values.KustoType Type { get; init; }

    public bool Is(string text) => Kind is KustoTokenKind.Symbol or KustoTokenKind.Word && Text == text;

    public bool IsText => Kind == KustoTokenKind.Literal && Type == Values.KustoType.String;
}
