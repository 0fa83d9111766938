using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Archives.Json;

/// <summary>
/// The properties of a log record or of a twin: an object, or a text that is one. A text that the service has cut short is read as
/// far as it goes.
/// </summary>
internal sealed class JsonLogFields(RecordMatcher matcher, BodyTexts? bodies)
{
    private readonly JsonUnescaper _names = new();
    private readonly JsonUnescaper _values = new();
    private readonly JsonUnescaper _nested = new();

    /// <summary>The object, out of the text if it was one.</summary>
    public void Read(ReadOnlySpan<byte> fields)
    {
        bodies?.Read(fields);
        bool named = false;
        int depth = 0;
        for (
            ReadOnlySpan<byte> rest = fields;
            JsonTokens.TryTakeMember(ref rest, ref depth, out JsonText name, out JsonText value, out byte first);

        )
        {
            if (!_names.TryUnescape(name, out ReadOnlySpan<byte> key))
                continue;

            if (key.SequenceEqual("properties_s"u8) && first == '"' && _nested.TryUnescape(value, out ReadOnlySpan<byte> nested))
            {
                // The columns that a table has no room for lie together in one.
                named |= ReadNested(nested);
            }
            else
            {
                named |= ReadMember(key, value, first);
            }
        }

        CheckReadable(fields, named);
    }

    private bool ReadNested(ReadOnlySpan<byte> fields)
    {
        bodies?.Read(fields);
        bool named = false;
        int depth = 0;
        for (
            ReadOnlySpan<byte> rest = fields;
            JsonTokens.TryTakeMember(ref rest, ref depth, out JsonText name, out JsonText value, out byte first);

        )
        {
            if (_names.TryUnescape(name, out ReadOnlySpan<byte> key))
                named |= ReadMember(key, value, first);
        }

        CheckReadable(fields, named);
        return named;
    }

    /// <summary>True if the member names a device.</summary>
    private bool ReadMember(ReadOnlySpan<byte> key, JsonText value, byte first)
    {
        if (NamesDevice(key))
            return AddDevice(value, first);

        if (HoldsQuery(key) && first == '"')
            AddQuery(value);

        return false;
    }

    /// <summary>
    /// Fields that name no device, and are not JSON, or no longer, may have named one: a service cuts them short, and writes JSON into JSON
    /// without its escapes.
    /// </summary>
    private void CheckReadable(ReadOnlySpan<byte> fields, bool named)
    {
        if (!named && fields.ContainsAnyExcept(" \t\r\n"u8) && !EmbeddedJson.IsValid(fields, int.MaxValue))
            matcher.AddUnreadableFields();
    }

    private bool AddDevice(JsonText value, byte first)
    {
        if (first == 'n')
            return false;

        if (first == '"' && _values.TryUnescape(value, out ReadOnlySpan<byte> device))
        {
            matcher.AddSender(device, SenderSource.Field);
            return true;
        }

        matcher.AddUnreadableSender();
        return true;
    }

    /// <summary>A query is about whatever devices it finds; those that it names are mentioned in it.</summary>
    private void AddQuery(JsonText value)
    {
        if (_values.TryUnescape(value, out ReadOnlySpan<byte> query))
            QueryLiterals.Read(query, matcher);
    }

    private static bool HoldsQuery(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("query"u8)
        || name.SequenceEqual("filter"u8)
        || name.SequenceEqual("query_s"u8)
        || name.SequenceEqual("filter_s"u8);

    private static bool NamesDevice(ReadOnlySpan<byte> name) => JsonFields.Of(name) is JsonField.LogDevice;
}
