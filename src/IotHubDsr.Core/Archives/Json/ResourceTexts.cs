using System.Text;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Archives.Json;

/// <summary>
/// Shows the matcher the words of a row that another resource than a hub logged: it names a device in a path or a query, at a place that
/// nobody knows, and does no more than name it.
/// </summary>
internal sealed class ResourceTexts(RecordMatcher matcher)
{
    private readonly HashSet<string> _words = new(StringComparer.Ordinal);

    /// <summary>Reads all texts of a row, names of members among them.</summary>
    /// <param name="row">The row.</param>
    /// <param name="isOfAnyCase">Whether it writes IDs in whatever case a device gives.</param>
    public void Read(ReadOnlySpan<byte> row, bool isOfAnyCase)
    {
        _words.Clear();
        while (JsonTokens.TryTakeText(ref row, out JsonText text))
            AddText(Encoding.UTF8.GetString(text.Raw));
        foreach (string word in _words)
        {
            matcher.AddMention(Encoding.UTF8.GetBytes(word));
            if (!isOfAnyCase)
                continue;
            matcher.AddMention(Encoding.UTF8.GetBytes(word.ToLowerInvariant()));
            matcher.AddMention(Encoding.UTF8.GetBytes(word.ToUpperInvariant()));
        }
    }

    private void AddText(string text)
    {
        AddWords(text);
        string plain = text;
        foreach (string unescaped in TextReadings.Unescaped(text))
            AddWords(plain = unescaped);
        foreach (string decoded in TextReadings.OfUri(plain))
            AddWords(decoded);
    }

    private void AddWords(string text)
    {
        AddWord(text);
        int start = 0;
        for (int at = 0; at <= text.Length; at++)
        {
            if (at < text.Length && TextReadings.CanBeInId(text[at]))
                continue;
            AddWord(text[start..at]);
            start = at + 1;
        }
    }

    /// <summary>Most punctuation can be a part of an ID, and stand beside one as well.</summary>
    private void AddWord(string word)
    {
        if (word.Length == 0 || !_words.Add(word))
            return;
        _words.Add(word.Trim('.', ',', ':', ';', '!', '?', '(', ')', '=', '\''));
        foreach (string part in word.Split([',', '=', '(', ')', ':', '\'', '?', '#'], StringSplitOptions.RemoveEmptyEntries))
            _words.Add(part);
    }
}
