using System.Text;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Archives.Json;

/// <summary>
/// Reads a line that a hub's export job wrote, or that an import job read: a device or module under <c>id</c>, or a configuration, which is no
/// device whatever its ID, and can name devices. What an import could not do is noted under <c>deviceId</c>. The line of a device names the
/// gateways that it is a child of.
/// </summary>
internal sealed class JsonExportLine(RecordMatcher matcher, BodyTexts? bodies)
{
    private readonly JsonUnescaper _unescaper = new();

    private enum Form
    {
        None,
        Identity,
        Configuration,
    }

    /// <summary>Walks a record to its end and shows the matcher whose it is. False if it is not of such a line's form.</summary>
    public bool TryWalk(ReadOnlySpan<byte> record, JsonPlace place)
    {
        switch (FormOf(record, place))
        {
            case Form.Identity:
                ReadIdentity(record, place);
                bodies?.ReadEmbedded(record);
                return true;
            case Form.Configuration:
                matcher.NeedsNoSender();
                ReadTexts(record);
                return true;
            default:
                return false;
        }
    }

    private Form FormOf(ReadOnlySpan<byte> record, JsonPlace place)
    {
        bool isIdentity = false;
        bool isConfiguration = false;
        bool isOther = false;
        var cursor = new JsonCursor(record, place);
        cursor.Expect((byte)'{');
        for (bool first = true; cursor.NextMember(first, out JsonText name); first = false)
        {
            ReadOnlySpan<byte> key = Unescape(ref cursor, name);
            isIdentity |= key.SequenceEqual("id"u8) || key.SequenceEqual("deviceId"u8);
            isConfiguration |= key.SequenceEqual("targetCondition"u8) || key.SequenceEqual("content"u8);
            isOther |= JsonFields.Of(key) is JsonField.EnqueuedTimeUtc or JsonField.SystemProperties or JsonField.Data or JsonField.IotHub;
            cursor.SkipValue();
        }

        cursor.ExpectEnd();
        return isOther ? Form.None
            : isConfiguration ? Form.Configuration
            : isIdentity ? Form.Identity
            : Form.None;
    }

    private void ReadIdentity(ReadOnlySpan<byte> record, JsonPlace place)
    {
        var cursor = new JsonCursor(record, place);
        cursor.Expect((byte)'{');
        for (bool first = true; cursor.NextMember(first, out JsonText name); first = false)
        {
            ReadOnlySpan<byte> key = Unescape(ref cursor, name);
            if (key.SequenceEqual("deviceScope"u8) || key.SequenceEqual("parentScopes"u8))
            {
                ReadScopes(cursor.ReadValue());
            }
            else if (!key.SequenceEqual("id"u8) && !key.SequenceEqual("deviceId"u8))
            {
                cursor.SkipValue();
            }
            else if (cursor.TryReadText(out JsonText device))
            {
                matcher.AddSender(Unescape(ref cursor, device), SenderSource.Field);
            }
            else
            {
                matcher.AddUnreadableSender();
                cursor.SkipValue();
            }
        }
    }

    /// <summary>One scope, or a list of them. A device's own scope names nobody else.</summary>
    private void ReadScopes(ReadOnlySpan<byte> scopes)
    {
        while (JsonTokens.TryTakeText(ref scopes, out JsonText text))
        {
            if (!_unescaper.TryUnescape(text, out ReadOnlySpan<byte> plain))
                continue;
            if (DeviceScope.DeviceOf(Encoding.UTF8.GetString(plain)) is { } gateway)
                matcher.AddMention(Encoding.UTF8.GetBytes(gateway));
        }
    }

    /// <summary>The texts of a configuration, and those that are quoted in them: conditions and queries name devices so.</summary>
    private void ReadTexts(ReadOnlySpan<byte> record)
    {
        while (JsonTokens.TryTakeText(ref record, out JsonText text))
        {
            if (!_unescaper.TryUnescape(text, out ReadOnlySpan<byte> plain))
                continue;
            matcher.AddMention(plain);
            QueryLiterals.Read(plain, matcher);
        }
    }

    private ReadOnlySpan<byte> Unescape(ref JsonCursor cursor, JsonText text)
    {
        if (!_unescaper.TryUnescape(text, out ReadOnlySpan<byte> plain))
            cursor.Fail("a string has an invalid escape sequence");

        return plain;
    }
}
