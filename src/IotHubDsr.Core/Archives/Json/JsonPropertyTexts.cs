namespace IotHubDsr.Archives.Json;

/// <summary>Properties of a message that a writer put into its record as one text: JSON within JSON.</summary>
internal sealed class JsonPropertyTexts(RecordMatcher matcher, JsonRecordTimes times)
{
    private readonly JsonUnescaper _names = new();
    private readonly JsonUnescaper _values = new();

    /// <summary>What the hub noted. That it names nobody is only known of JSON.</summary>
    public void ReadSystem(ReadOnlySpan<byte> text)
    {
        if (!EmbeddedJson.IsValid(text, int.MaxValue))
        {
            matcher.AddUnreadableSender();
            return;
        }

        var depth = 0;
        while (JsonTokens.TryTakeMember(ref text, ref depth, out var name, out var value, out var first))
        {
            if (!_names.TryUnescape(name, out var key))
            {
                continue;
            }

            var source = RecordMatcher.SenderSourceOf(key);
            if (first == '"' && _values.TryUnescape(value, out var plain))
            {
                Add(key, source, plain);
            }
            else if (source is not SenderSource.None && first != 'n')
            {
                matcher.AddUnreadableSender();
            }
        }
    }

    /// <summary>What the sender noted.</summary>
    public void ReadApplication(ReadOnlySpan<byte> text)
    {
        var depth = 0;
        while (JsonTokens.TryTakeMember(ref text, ref depth, out var name, out var value, out _))
        {
            if (_names.TryUnescape(name, out var key) && RecordMatcher.NamesAttribution(key) && _values.TryUnescape(value, out var device))
            {
                matcher.AddAttribution(device);
            }
        }
    }

    private void Add(ReadOnlySpan<byte> key, SenderSource source, ReadOnlySpan<byte> value)
    {
        if (source is not SenderSource.None)
        {
            matcher.AddSender(value, source);
        }
        else if (RecordMatcher.NamesEnqueuedTime(key))
        {
            times.NoteNestedTime(value);
        }
        else if (RecordMatcher.NamesGeneration(key))
        {
            times.NoteNestedGeneration(value);
        }
    }
}
