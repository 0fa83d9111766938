using System.Buffers;

namespace IotHubDsr.Core.Archives.Json;

/// <summary>
/// Looks for texts in JSON that need not be valid: what a device sent, or what a log holds as text and may have been cut. In JSON
/// that is valid exactly its texts and members are seen.
/// </summary>
internal static class JsonTokens
{
    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"{}[]"u8);

    /// <summary>The next text, anywhere. False if there is none that ends.</summary>
    public static bool TryTakeText(ref ReadOnlySpan<byte> json, out JsonText text)
    {
        int quote = json.IndexOf((byte)'"');
        if (quote >= 0)
        {
            json = json[(quote + 1)..];
            return TryEndText(ref json, out text);
        }

        text = default;
        return false;
    }

    /// <summary>The next member of the outermost object.</summary>
    /// <param name="json">What is left of the object.</param>
    /// <param name="depth">How deep it begins; 0 at first.</param>
    /// <param name="name">The name.</param>
    /// <param name="value">The value, if it is a text.</param>
    /// <param name="first">The first byte of the value.</param>
    public static bool TryTakeMember(ref ReadOnlySpan<byte> json, ref int depth, out JsonText name, out JsonText value, out byte first)
    {
        int stop;
        while ((stop = json.IndexOfAny(Structure)) >= 0)
        {
            byte token = json[stop];
            json = json[(stop + 1)..];
            if (token != '"')
            {
                depth += token is (byte)'{' or (byte)'[' ? 1 : -1;
            }
            else if (!TryEndText(ref json, out name))
            {
                break;
            }
            else if (depth == 1 && SkipSpace(json) is [(byte)':', .. var rest] && SkipSpace(rest) is [var begin, .. var text])
            {
                first = begin;
                value = default;
                if (begin != '"')
                    return true;

                json = text;
                return TryEndText(ref json, out value);
            }
        }

        name = value = default;
        first = 0;
        return false;
    }

    private static bool TryEndText(ref ReadOnlySpan<byte> json, out JsonText text)
    {
        bool escaped = false;
        for (int at = 0; at < json.Length; at++)
        {
            int stop = json[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (stop < 0)
                break;

            at += stop;
            if (json[at] == '"')
            {
                text = new JsonText(json[..at], escaped);
                json = json[(at + 1)..];
                return true;
            }

            escaped = true;
            at++;
        }

        text = default;
        return false;
    }

    private static ReadOnlySpan<byte> SkipSpace(ReadOnlySpan<byte> text) => text.TrimStart(" \t\r\n"u8);
}
