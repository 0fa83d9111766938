namespace IotHubDsr.Sandbox.Cosmos.Query;

internal enum SqlTokenKind
{
    Word,
    Parameter,
    Text,
    Number,
    Symbol,
    End,
}

/// <summary>A token of a query, and where it stands.</summary>
internal sealed record SqlToken(SqlTokenKind Kind, string Value, int Start, int End)
{
    public bool IsSymbol(string symbol) => Kind == SqlTokenKind.Symbol && Value == symbol;

    public bool IsWord(string word) => Kind == SqlTokenKind.Word && Value.Equals(word, StringComparison.OrdinalIgnoreCase);
}
