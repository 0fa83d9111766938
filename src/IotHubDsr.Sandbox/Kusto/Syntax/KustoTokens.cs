namespace IotHubDsr.Sandbox.Kusto.Syntax;

/// <summary>A place in the tokens of a query, which moves on as they are read.</summary>
internal sealed class KustoTokens(string query)
{
    private readonly IReadOnlyList<KustoToken> _tokens = KustoLexer.Split(query);

    /// <summary>Where the reading is; it can be set back.</summary>
    public int Position { get; set; }

    public KustoToken Current => _tokens[Position];

    public KustoToken Following => _tokens[Math.Min(Position + 1, _tokens.Count - 1)];

    public bool IsAtEnd => Current.Kind == KustoTokenKind.End;

    public KustoToken Take()
    {
        KustoToken taken = Current;
        if (!IsAtEnd)
            Position++;

        return taken;
    }

    public bool TryTake(string text)
    {
        if (!Current.Is(text))
            return false;

        Position++;
        return true;
    }

    public void Expect(string text)
    {
        if (!TryTake(text))
            throw Unexpected();
    }

    /// <summary>A name, in brackets or not.</summary>
    public string Name()
    {
        if (Current.Kind == KustoTokenKind.QuotedName || (Current.Kind == KustoTokenKind.Word && !Current.Text.StartsWith('!')))
            return Take().Text;

        throw Unexpected();
    }

    public KustoRefusal Unexpected() => KustoRefusal.Syntax(query, Current.Start, Current.Text);

    /// <summary>One or more, with commas between them.</summary>
    public IReadOnlyList<T> List<T>(Func<T> read)
    {
        var items = new List<T> { read() };
        while (TryTake(","))
            items.Add(read());

        return items;
    }
}
