namespace IotHubDsr.Archives.Json;

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
        var depth = 0;
        while (JsonTokens.TryTakeMember(ref fields, ref depth, out var name, out var value))
        {
            if (!_names.TryUnescape(name, out var key))
            {
                continue;
            }

            if (NamesDevice(key))
            {
                AddDevice(value);
            }
            else if (HoldsQuery(key))
            {
                AddQuery(value);
            }
            else if (key.SequenceEqual("properties_s"u8) && _nested.TryUnescape(value, out var nested))
            {
                // The columns that a table has no room for lie together in one.
                ReadNested(nested);
            }
        }
    }

    private void ReadNested(ReadOnlySpan<byte> fields)
    {
        bodies?.Read(fields);
        var depth = 0;
        while (JsonTokens.TryTakeMember(ref fields, ref depth, out var name, out var value))
        {
            if (!_names.TryUnescape(name, out var key))
            {
                continue;
            }

            if (NamesDevice(key))
            {
                AddDevice(value);
            }
            else if (HoldsQuery(key))
            {
                AddQuery(value);
            }
        }
    }

    private void AddDevice(JsonText value)
    {
        if (_values.TryUnescape(value, out var device))
        {
            matcher.AddSender(device);
        }
    }

    /// <summary>A query is about whatever devices it finds; those that it names are mentioned in it.</summary>
    private void AddQuery(JsonText value)
    {
        if (_values.TryUnescape(value, out var query))
        {
            QueryLiterals.Read(query, matcher);
        }
    }

    private static bool HoldsQuery(ReadOnlySpan<byte> name)
        => name.SequenceEqual("query"u8) || name.SequenceEqual("filter"u8) || name.SequenceEqual("query_s"u8) || name.SequenceEqual("filter_s"u8);

    private static bool NamesDevice(ReadOnlySpan<byte> name) => JsonFields.Of(name) is JsonField.LogDevice;
}
