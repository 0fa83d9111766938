namespace IotHubDsr.Sandbox.Kusto.Values;

/// <summary>Texts are indexed by their terms, which are runs of letters and digits: what is looked for must begin and end where one does.</summary>
internal static class KustoTerms
{
    public static bool Has(string text, string term, StringComparison comparison = StringComparison.OrdinalIgnoreCase) =>
        Occurs(text, term, comparison, atStart: true, atEnd: true);

    public static bool HasPrefix(string text, string term, StringComparison comparison = StringComparison.OrdinalIgnoreCase) =>
        Occurs(text, term, comparison, atStart: true, atEnd: false);

    public static bool HasSuffix(string text, string term, StringComparison comparison = StringComparison.OrdinalIgnoreCase) =>
        Occurs(text, term, comparison, atStart: false, atEnd: true);

    private static bool Occurs(string text, string term, StringComparison comparison, bool atStart, bool atEnd)
    {
        if (term.Length == 0)
            return true;

        for (int at = text.IndexOf(term, comparison); at >= 0; at = at + 1 < text.Length ? text.IndexOf(term, at + 1, comparison) : -1)
        {
            if ((!atStart || IsBoundary(text, at)) && (!atEnd || IsBoundary(text, at + term.Length)))
                return true;
        }

        return false;
    }

    /// <summary>Whether no term goes on across the place.</summary>
    private static bool IsBoundary(string text, int at) =>
        at == 0 || at >= text.Length || !char.IsLetterOrDigit(text[at - 1]) || !char.IsLetterOrDigit(text[at]);
}
