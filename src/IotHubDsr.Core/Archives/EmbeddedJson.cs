using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;

namespace IotHubDsr.Core.Archives;

/// <summary>JSON that came from a device and is to be embedded in ours.</summary>
internal static class EmbeddedJson
{
    /// <summary>Deeper JSON is data like any other, but no reader of our output must be made to descend into it.</summary>
    public const int MaxDepth = 64;

    /// <summary>Whether it is exactly one JSON value.</summary>
    public static bool IsValid(ReadOnlySpan<byte> json, int maxDepth)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = maxDepth });
        try
        {
            while (reader.Read()) { }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Writes it as it stands, on one line. False, with nothing written, if it is not valid, or too deep, or not UTF-8.</summary>
    public static bool TryWrite(ReadOnlySpan<byte> json, Utf8JsonWriter writer)
    {
        if (!Utf8.IsValid(json) || !IsValid(json, MaxDepth - writer.CurrentDepth))
            return false;

        json = json.Trim(" \t\r\n"u8);
        if (!json.ContainsAny((byte)'\r', (byte)'\n'))
        {
            writer.WriteRawValue(json, skipInputValidation: true);
            return true;
        }

        // Within valid JSON a raw line break can only stand between tokens, where a space is as good.
        byte[] oneLine = ArrayPool<byte>.Shared.Rent(json.Length);
        json.CopyTo(oneLine);
        Span<byte> text = oneLine.AsSpan(0, json.Length);
        text.Replace((byte)'\r', (byte)' ');
        text.Replace((byte)'\n', (byte)' ');
        writer.WriteRawValue(text, skipInputValidation: true);
        ArrayPool<byte>.Shared.Return(oneLine);
        return true;
    }
}
