using System.Globalization;
using System.Text;
using System.Text.Json;

namespace IotHubDsr.Core.Topology;

/// <summary>Makes the failure of a <see cref="LocationFile"/> from what is wrong with an entry.</summary>
/// <param name="text">What is wrong.</param>
/// <param name="member">The member of the entry that it is about; null where it is the entry.</param>
internal delegate DsrException LocationProblem(string text, string? member = null);

/// <summary>Where the entries of a <see cref="LocationFile"/> and their members stand, for messages.</summary>
internal sealed class LocationFilePositions
{
    private readonly ReadOnlyMemory<byte> _json;
    private readonly List<(int Start, Dictionary<string, int> Members)> _entries = [];
    private int _root;

    /// <param name="json">The file, which has been parsed before.</param>
    /// <param name="options">How.</param>
    public LocationFilePositions(ReadOnlyMemory<byte> json, JsonDocumentOptions options)
    {
        _json = json;
        Read(options);
    }

    /// <summary>Where the file begins to say something.</summary>
    public string OfRoot => At(_root);

    /// <summary>A member of an entry; the entry where it has none of the name.</summary>
    public string Of(int entry, string? member) =>
        At(member is not null && _entries[entry].Members.TryGetValue(member, out int at) ? at : _entries[entry].Start);

    /// <summary>A byte of a line as a column, both from 0: editors count characters.</summary>
    public static string In(ReadOnlySpan<byte> json, long line, long byteInLine)
    {
        ReadOnlySpan<byte> rest = json;
        for (long passed = 0; passed < line && rest.IndexOf((byte)'\n') is >= 0 and var end; passed++)
            rest = rest[(end + 1)..];
        return Text(line, Encoding.UTF8.GetCharCount(rest[..(int)Math.Min(byteInLine, rest.Length)]));
    }

    private static string Text(long line, long column) =>
        string.Create(CultureInfo.InvariantCulture, $"line {line + 1}, column {column + 1}");

    private string At(int index)
    {
        ReadOnlySpan<byte> before = _json.Span[..index];
        return Text(before.Count((byte)'\n'), Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]));
    }

    private void Read(JsonDocumentOptions options)
    {
        var reader = new Utf8JsonReader(
            _json.Span,
            new JsonReaderOptions
            {
                AllowTrailingCommas = options.AllowTrailingCommas,
                CommentHandling = options.CommentHandling,
                MaxDepth = options.MaxDepth,
            }
        );
        bool isFirst = true,
            isInList = false;
        while (reader.Read())
        {
            int at = (int)reader.TokenStartIndex;
            if (isFirst)
                (_root, isFirst) = (at, false);
            if (reader.CurrentDepth == 1 && reader.TokenType == JsonTokenType.PropertyName)
            {
                isInList = reader.ValueTextEquals("locations");

                // Of two lists the last one counts.
                if (isInList)
                    _entries.Clear();
            }
            else if (isInList && reader.CurrentDepth == 2 && reader.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray))
            {
                _entries.Add((at, new Dictionary<string, int>(StringComparer.Ordinal)));
            }
            else if (isInList && reader.CurrentDepth == 3 && reader.TokenType == JsonTokenType.PropertyName && NameOf(reader) is { } name)
            {
                _entries[^1].Members[name] = at;
            }
        }
    }

    /// <summary>Null where the name is valid JSON but not text.</summary>
    private static string? NameOf(Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
