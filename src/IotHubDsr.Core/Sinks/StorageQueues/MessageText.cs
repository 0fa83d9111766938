using System.Buffers;
using System.Buffers.Text;

namespace IotHubDsr.Core.Sinks.StorageQueues;

/// <summary>The text of a message: an event in base64, as Event Grid writes it, or JSON as it is.</summary>
internal static class MessageText
{
    /// <summary>The JSON of a message, which need not be valid; null if it is neither.</summary>
    public static ReadOnlyMemory<byte>? JsonOf(ReadOnlyMemory<byte> text)
    {
        if (IsLikeJson(text.Span))
            return text;
        byte[] decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        return
            Base64.DecodeFromUtf8(text.Span.Trim(" \t\r\n"u8), decoded, out _, out int length) is OperationStatus.Done
            && IsLikeJson(decoded.AsSpan(0, length))
            ? decoded.AsMemory(0, length)
            : null;
    }

    private static bool IsLikeJson(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> mark = System.Text.Encoding.UTF8.Preamble;
        ReadOnlySpan<byte> rest = text.StartsWith(mark) ? text[mark.Length..] : text;
        return rest.TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[', ..];
    }
}
