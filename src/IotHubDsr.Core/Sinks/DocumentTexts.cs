using System.Text.Json;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Azure.Logs;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks;

/// <summary>
/// The texts in a document that others wrote: strings, names of members, and both in JSON within a string. They tell which devices it
/// names; where an ID would stand in it, nobody knows.
/// </summary>
internal sealed class DocumentTexts
{
    private const int Deepest = 8;

    private readonly HashSet<string> _texts = new(StringComparer.Ordinal);
    private readonly List<(string Text, IdMention Most)> _readings = [];

    public static DocumentTexts Of(JsonElement document)
    {
        var texts = new DocumentTexts();
        texts.Add(document, depth: 0);
        return texts;
    }

    /// <summary>A text that is a document, or any other.</summary>
    public static DocumentTexts OfText(string text)
    {
        var texts = new DocumentTexts();
        texts.AddText(text, depth: 0, IdMention.Certain);
        return texts;
    }

    /// <summary>
    /// A document of nothing but one text in the hub's query language. A literal that could be an ID is one or is not; any other can name
    /// the device beside more, and so can the names outside of literals: tags and properties are called after devices, too.
    /// </summary>
    public static bool HoldsInSql(string sql, string deviceId) =>
        HubSql.Literals(sql) is { } literals
            ? literals.Any(literal =>
                literal == deviceId || (!literal.All(TextReadings.CanBeInId) && IdTexts.Holds(literal, deviceId, StringComparison.Ordinal))
            ) || QueryNames.Hold(HubSql.WithoutLiterals(sql), deviceId)
            : IdTexts.Holds(sql, deviceId, StringComparison.Ordinal);

    /// <summary>Whether a text is the ID, or has it, as far as anybody can tell, as a word of its own. Case counts.</summary>
    public bool Hold(string deviceId) => MentionOf(deviceId, StringComparison.Ordinal) is not IdMention.None;

    /// <summary>
    /// Whether a text names a device. What only the name of a member says is never certain: such names are words of whoever made the form.
    /// </summary>
    public IdMention MentionOf(string deviceId, StringComparison comparison)
    {
        IdMention most = IdMention.None;
        foreach ((string text, IdMention limit) in _readings)
        {
            if (limit <= most)
                continue;
            IdMention found = IdTexts.MentionIn(text, deviceId, comparison);
            found = found < limit ? found : limit;
            most = found > most ? found : most;
        }

        return most;
    }

    private void Add(JsonElement value, int depth)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (JsonProperty member in value.EnumerateObject())
                {
                    AddText(member.NameOf(), depth, IdMention.Possible);
                    Add(member.Value, depth);
                }

                break;
            case JsonValueKind.Array:
                foreach (JsonElement item in value.EnumerateArray())
                    Add(item, depth);
                break;
            case JsonValueKind.String:
                AddText(value.AsText() ?? value.GetRawText(), depth, IdMention.Certain);
                break;
        }
    }

    private void AddText(string text, int depth, IdMention most)
    {
        // A text can be a name as well: it counts as what can tell more.
        if (!_texts.Add($"{(int)most}{text}"))
            return;
        if (depth < Deepest && text.AsSpan().TrimStart() is ['{' or '[' or '"', ..])
        {
            try
            {
                using var document = JsonDocument.Parse(LogRow.WithoutHalves(text));
                Add(document.RootElement, depth + 1);
                return;
            }
            catch (JsonException)
            {
                // A text like any other.
            }
        }

        _readings.AddRange(IdTexts.ReadingsOf(text).Select(reading => (reading.Text, reading.Most < most ? reading.Most : most)));
    }
}
