namespace IotHubDsr.Sandbox.Cosmos.Query;

/// <summary>A query that the service refuses, with the code of its query compiler and the place of the error.</summary>
internal sealed class SqlRefusal(string code, string text, int start, int end) : Exception(text)
{
    public const string Syntax = "SC1001";
    public const string UnknownIdentifier = "SC2001";
    public const string UnknownFunction = "SC2005";

    public string Code => code;

    public int Start => start;

    public int End => end;

    public static SqlRefusal Near(SqlToken token) =>
        new(
            Syntax,
            token.Kind == SqlTokenKind.End
                ? "Syntax error, unexpected end of query."
                : $"Syntax error, incorrect syntax near '{token.Value}'.",
            token.Start,
            token.End
        );
}

/// <summary>A query with a feature that the service has and the sandbox has not.</summary>
internal sealed class SqlNotSimulated(string feature, bool needsMerge) : Exception(feature)
{
    public string Feature => Message;

    /// <summary>Across partitions the parts of the answer would have to be merged, which the gateway leaves to the clients.</summary>
    public bool NeedsMerge => needsMerge;
}
