using System.Buffers.Text;
using IotHubDsr.Core.Archives.Json;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Archives;

/// <summary>
/// Shows the matcher every text of a message's body, names of members included: a body that is JSON in UTF-8, or base64 of it.
/// Whether the JSON is valid does not matter; in one that is, exactly its texts are seen.
/// </summary>
internal sealed class BodyTexts(RecordMatcher matcher)
{
    private readonly JsonUnescaper _unescaper = new();
    private byte[] _decoded = new byte[1024];

    /// <summary>A body as it was sent.</summary>
    public void Read(ReadOnlySpan<byte> body)
    {
        if (LooksLikeJson(body))
            ReadJson(body);
        else
            ReadBase64(body);
    }

    /// <summary>The body of a record in JSON: embedded, or base64 in a text.</summary>
    public void ReadEmbedded(ReadOnlySpan<byte> value)
    {
        ReadJson(value);
        if (value is [(byte)'"', .. var text, (byte)'"'])
        {
            ReadBase64(
                _unescaper.TryUnescape(new JsonText(text, text.Contains((byte)'\\')), out ReadOnlySpan<byte> plain) ? plain : default
            );
        }
    }

    private void ReadBase64(ReadOnlySpan<byte> body)
    {
        if (_decoded.Length < body.Length)
            _decoded = new byte[body.Length];

        if (
            Base64.DecodeFromUtf8(body, _decoded, out int used, out int length) is System.Buffers.OperationStatus.Done
            && used == body.Length
            && LooksLikeJson(_decoded.AsSpan(0, length))
        )
        {
            ReadJson(_decoded.AsSpan(0, length));
        }
    }

    private void ReadJson(ReadOnlySpan<byte> json)
    {
        while (JsonTokens.TryTakeText(ref json, out JsonText text))
        {
            if (_unescaper.TryUnescape(text, out ReadOnlySpan<byte> plain))
                matcher.AddMention(plain);
        }
    }

    private static bool LooksLikeJson(ReadOnlySpan<byte> body) => body.TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[' or (byte)'"', ..];
}
