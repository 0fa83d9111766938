namespace IotHubDsr.Core.Sinks.LogAnalyticsWorkspaces;

/// <summary>Looks for device IDs in texts of which nobody knows the form.</summary>
internal static class IdTexts
{
    /// <summary>
    /// Whether an ID is in a text as a word of its own: with nothing before it or behind it that an ID can go on with. Punctuation ends a
    /// word where a text goes on in words, so that an ID at the end of a sentence is one.
    /// </summary>
    public static bool Holds(string text, string deviceId, StringComparison comparison)
    {
        for (int at = 0; (at = text.IndexOf(deviceId, at, comparison)) >= 0; at++)
        {
            int end = at + deviceId.Length;
            if ((at == 0 || !GoesOn(text[at - 1])) && (end == text.Length || !GoesOn(text[end]) || IsEnd(text, end)))
                return true;
        }

        return false;
    }

    private static bool GoesOn(char one) => char.IsLetterOrDigit(one) || one is '-' or '_' or '.' or ':';

    private static bool IsEnd(string text, int end) =>
        text[end] is '.' or ':' && (end + 1 == text.Length || !char.IsLetterOrDigit(text[end + 1]));
}
