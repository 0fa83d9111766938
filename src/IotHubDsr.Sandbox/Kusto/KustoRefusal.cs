namespace IotHubDsr.Sandbox.Kusto;

/// <summary>A query that the service refuses: either as text that is not a query, or as a query that makes no sense.</summary>
internal sealed class KustoRefusal : Exception
{
    private KustoRefusal(string code, string text, int line = 0, int column = 0, string? token = null)
        : base(text)
    {
        Code = code;
        Line = line;
        Column = column;
        Token = token;
    }

    /// <summary>SYN0002 of all syntax errors; SEM0100 of a table or column that is not there.</summary>
    public string Code { get; }

    public bool IsSyntax => Code.StartsWith("SYN", StringComparison.Ordinal);

    public int Line { get; }

    public int Column { get; }

    /// <summary>Where a syntax error was noticed.</summary>
    public string? Token { get; }

    public static KustoRefusal Syntax(string query, int position, string? token)
    {
        int line = query.AsSpan(0, Math.Min(position, query.Length)).Count('\n') + 1;
        int column = position - (query.LastIndexOf('\n', Math.Max(0, Math.Min(position, query.Length) - 1)) + 1);
        string shown = string.IsNullOrEmpty(token) ? "<EOF>" : token;
        return new("SYN0002", $"Query could not be parsed at '{shown}' on line [{line},{column}]", line, column, shown);
    }

    public static KustoRefusal NoTable(string name, string where = "take") =>
        new("SEM0100", $"'{where}' operator: Failed to resolve table or column expression named '{name}'");

    public static KustoRefusal NoColumn(string name, string where) =>
        new("SEM0100", $"'{where}' operator: Failed to resolve scalar expression named '{name}'");

    public static KustoRefusal NoFunction(string name) => new("SEM0260", $"Unknown function: '{name}'.");

    public static KustoRefusal Arguments(string name, string text) => new("SEM0219", $"{name}(): {text}");

    public static KustoRefusal Types(string operation, string left, string right) =>
        new("SEM0064", $"Cannot compare values of types {left} and {right} by '{operation}'. Try adding explicit casts");

    public static KustoRefusal Semantic(string text) => new("SEM0001", text);

    public static KustoRefusal NotSimulated(string what) => new("SEM9000", $"Not simulated by the sandbox: {what}.");
}
