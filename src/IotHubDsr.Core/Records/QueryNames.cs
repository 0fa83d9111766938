using System.Text;

namespace IotHubDsr.Core.Records;

/// <summary>
/// Names in a query or condition in the hub's query language: the parts of paths, such as <c>tags.members.dev1</c>, and aliases. What the
/// language or the service calls so names nobody.
/// </summary>
internal static class QueryNames
{
    private static readonly HashSet<string> s_words = new(StringComparer.OrdinalIgnoreCase)
    {
        "SELECT",
        "DISTINCT",
        "TOP",
        "AS",
        "FROM",
        "WHERE",
        "GROUP",
        "ORDER",
        "BY",
        "AND",
        "OR",
        "NOT",
        "IN",
        "NIN",
        "COUNT",
        "SUM",
        "AVG",
        "MIN",
        "MAX",
        "STARTSWITH",
        "ENDSWITH",
        "CONTAINS",
        "IS_DEFINED",
        "IS_NULL",
        "IS_STRING",
        "IS_NUMBER",
        "IS_BOOL",
        "IS_OBJECT",
        "true",
        "false",
        "null",
        "devices",
        "modules",
        "jobs",
        "deviceId",
        "moduleId",
        "tags",
        "properties",
        "desired",
        "reported",
        "configurations",
        "capabilities",
        "iotEdge",
        "status",
        "connectionState",
        "lastActivityTime",
        "priority",
    };

    private static readonly byte[][] s_wordsInUtf8 = [.. s_words.Select(Encoding.UTF8.GetBytes)];

    /// <summary>Whether it is a word that the language or the service has given its meaning.</summary>
    /// <param name="name">The name in UTF-8.</param>
    public static bool IsWord(ReadOnlySpan<byte> name)
    {
        foreach (byte[] word in s_wordsInUtf8)
        {
            if (Ascii.EqualsIgnoreCase(name, word))
                return true;
        }

        return false;
    }

    /// <summary>Whether a name is this one. Case counts.</summary>
    /// <param name="sql">The text without its literals.</param>
    /// <param name="name">The name.</param>
    public static bool Hold(string sql, string name)
    {
        if (name.Length == 0 || s_words.Contains(name))
            return false;
        bool isNumber = name.All(char.IsAsciiDigit);
        for (int at = 0; (at = sql.IndexOf(name, at, StringComparison.Ordinal)) >= 0; at++)
        {
            int end = at + name.Length;

            // A number is a name only where a path is.
            bool begins =
                at == 0 ? !isNumber
                : isNumber ? IsPath(sql, at)
                : IsBetweenNames(sql[at - 1]);
            if (begins && (end == sql.Length || IsBetweenNames(sql[end])))
                return true;
        }

        return false;
    }

    private static bool IsPath(string sql, int at) => sql[at - 1] is '[' || (sql[at - 1] is '.' && (at == 1 || !char.IsDigit(sql[at - 2])));

    /// <summary>Whether it ends a name, and is no part of one.</summary>
    public static bool IsBetweenNames(char one) =>
        char.IsWhiteSpace(one) || one is '.' or '[' or ']' or '(' or ')' or ',' or '=' or '<' or '>' or '!' or '*' or '/' or '+';
}
