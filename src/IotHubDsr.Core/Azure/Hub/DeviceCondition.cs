namespace IotHubDsr.Core.Azure.Hub;

/// <summary>
/// A condition that does nothing but list devices: <c>deviceId IN ['a', 'b']</c>, <c>deviceId = 'a'</c>, and several of these joined by OR.
/// Any other condition is none.
/// </summary>
internal sealed class DeviceCondition
{
    private readonly string _text;
    private readonly IReadOnlyList<Term> _terms;

    private DeviceCondition(string text, IReadOnlyList<Term> terms) => (_text, _terms) = (text, terms);

    /// <summary>The devices, as often as they are listed.</summary>
    public IEnumerable<string> DeviceIds => _terms.SelectMany(static term => term.Ids).Select(static id => id.Value);

    /// <summary>Null if it is any other condition.</summary>
    public static DeviceCondition? TryParse(string condition)
    {
        var reader = new Reader(condition);
        List<Term> terms = [];
        do
        {
            if (reader.TryTerm() is not { } term)
                return null;
            terms.Add(term);
        } while (reader.TakeWord("OR"));
        return reader.IsAtEnd ? new DeviceCondition(condition, terms) : null;
    }

    /// <summary>
    /// The same condition without a device; what else it says stays to the letter. Null if nothing would be left: what no condition does is
    /// not for us to say.
    /// </summary>
    public string? Without(string deviceId)
    {
        List<string> kept = [];
        foreach (Term term in _terms)
        {
            Literal[] others = [.. term.Ids.Where(id => id.Value != deviceId)];
            if (others.Length == 0)
                continue;
            kept.Add(
                others.Length == term.Ids.Count
                    ? _text[term.Start..term.End]
                    : $"{_text[term.Start..term.Ids[0].Start]}{string.Join(", ", others.Select(id => _text[id.Start..id.End]))}"
                        + _text[term.Ids[^1].End..term.End]
            );
        }

        return kept.Count == 0 ? null : string.Join(" OR ", kept);
    }

    private readonly record struct Literal(string Value, int Start, int End);

    private sealed record Term(int Start, int End, IReadOnlyList<Literal> Ids);

    private sealed class Reader(string text)
    {
        private static readonly string[] Names = ["deviceId", "devices.deviceId"];

        private int _at;

        public bool IsAtEnd
        {
            get
            {
                SkipSpace();
                return _at == text.Length;
            }
        }

        public Term? TryTerm()
        {
            SkipSpace();
            int start = _at;
            if (!Array.Exists(Names, TakeWord))
                return null;
            if (Take('='))
                return TryLiteral() is { } only ? new Term(start, _at, [only]) : null;
            if (!TakeWord("IN") || !Take('['))
                return null;
            List<Literal> ids = [];
            do
            {
                if (TryLiteral() is not { } id)
                    return null;
                ids.Add(id);
            } while (Take(','));
            return Take(']') ? new Term(start, _at, ids) : null;
        }

        public bool TakeWord(string word)
        {
            SkipSpace();
            int end = _at + word.Length;
            bool isNext =
                string.Compare(text, _at, word, 0, word.Length, StringComparison.OrdinalIgnoreCase) == 0
                && (end == text.Length || !(char.IsLetterOrDigit(text[end]) || text[end] is '_' or '$' or '.' or '-'));
            if (isNext)
                _at = end;
            return isNext;
        }

        private bool Take(char symbol)
        {
            SkipSpace();
            if (_at == text.Length || text[_at] != symbol)
                return false;
            _at++;
            return true;
        }

        private Literal? TryLiteral()
        {
            SkipSpace();
            int start = _at;
            return _at < text.Length && text[_at] is ('\'' or '"') && HubSql.TryRead(text, ref _at) is { } value
                ? new Literal(value, start, _at)
                : null;
        }

        private void SkipSpace()
        {
            while (_at < text.Length && char.IsWhiteSpace(text[_at]))
                _at++;
        }
    }
}
