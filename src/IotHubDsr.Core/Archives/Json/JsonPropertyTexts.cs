using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Archives.Json;

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

        int depth = 0;
        while (JsonTokens.TryTakeMember(ref text, ref depth, out JsonText name, out JsonText value, out byte first))
        {
            if (!_names.TryUnescape(name, out ReadOnlySpan<byte> key))
                continue;

            SenderSource source = RecordMatcher.SenderSourceOf(key);
            if (first == '"' && _values.TryUnescape(value, out ReadOnlySpan<byte> plain))
                Add(key, source, plain);
            else if (source is not SenderSource.None && first != 'n')
                matcher.AddUnreadableSender();
        }
    }

    /// <summary>What the sender noted.</summary>
    public void ReadApplication(ReadOnlySpan<byte> text)
    {
        int depth = 0;
        while (JsonTokens.TryTakeMember(ref text, ref depth, out JsonText name, out JsonText value, out _))
        {
            if (
                _names.TryUnescape(name, out ReadOnlySpan<byte> key)
                && RecordMatcher.NamesDevice(key)
                && _values.TryUnescape(value, out ReadOnlySpan<byte> device)
            )
            {
                matcher.AddProperty(system: false, key, device);
            }
        }
    }

    private void Add(ReadOnlySpan<byte> key, SenderSource source, ReadOnlySpan<byte> value)
    {
        if (source is not SenderSource.None)
            matcher.AddSender(value, source);
        else if (RecordMatcher.NamesEnqueuedTime(key))
            times.NoteNestedTime(value);
        else if (RecordMatcher.NamesGeneration(key))
            times.NoteNestedGeneration(value);
    }
}
