using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Base64Text = System.Buffers.Text.Base64;

namespace IotHubDsr.Core.Foundation;

/// <summary>
/// Writes canonical JSON (RFC 8785) as it is told, in one pass. Members are given in their order, by UTF-16 code units; any other order is
/// refused, so that what is written is canonical.
/// </summary>
internal sealed class CanonicalWriter(IBufferWriter<byte> output)
{
    /// <summary>Below it every whole number is a double, and its digits are the shortest.</summary>
    private const long LargestExact = 1L << 53;

    /// <summary>The longest form of a <see cref="long"/>.</summary>
    private const int LongestWhole = 20;

    private const int MostBytesOfCharacter = 3;

    /// <summary>A multiple of three, which has no padding.</summary>
    private const int Base64Piece = 3 * 16 * 1024;

    private static readonly SearchValues<char> Escaped = SearchValues.Create([
        .. Enumerable.Range(0, ' ').Select(code => (char)code),
        '"',
        '\\',
    ]);

    /// <summary>The member that was written last, of each object that is open.</summary>
    private readonly Stack<string?> _members = new();

    private bool _needsComma;

    /// <summary>The bytes of what is written.</summary>
    public static byte[] ToArray(Action<CanonicalWriter> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(new CanonicalWriter(output));
        return output.WrittenSpan.ToArray();
    }

    /// <summary>The digest of what is written, which is not kept for it.</summary>
    public static string Digest(Action<CanonicalWriter> write)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var output = new FlowingBuffer(hash.AppendData);
        write(new CanonicalWriter(output));
        output.Flush();
        return Digests.OfHash(hash.GetHashAndReset());
    }

    /// <summary>Writes to a stream as it is told; nothing is kept.</summary>
    public static void WriteTo(Stream stream, Action<CanonicalWriter> write)
    {
        var output = new FlowingBuffer(stream.Write);
        write(new CanonicalWriter(output));
        output.Flush();
    }

    /// <summary>Whether these are the bytes of what is written; they are not made anew for it.</summary>
    public static bool IsWritten(ReadOnlyMemory<byte> bytes, Action<CanonicalWriter> write)
    {
        bool isSame = true;
        int compared = 0;
        var output = new FlowingBuffer(written =>
        {
            isSame = isSame && bytes.Span[compared..].StartsWith(written);
            compared += isSame ? written.Length : 0;
        });
        write(new CanonicalWriter(output));
        output.Flush();
        return isSame && compared == bytes.Length;
    }

    public void StartObject()
    {
        Start((byte)'{');
        _members.Push(null);
    }

    public void EndObject()
    {
        _members.Pop();
        End((byte)'}');
    }

    public void StartArray() => Start((byte)'[');

    public void EndArray() => End((byte)']');

    /// <exception cref="JsonException">The member appears twice, or is out of order.</exception>
    public void Name(string name)
    {
        if (_members.Pop() is { } before && string.CompareOrdinal(before, name) is >= 0 and var order)
            throw new JsonException($"The member '{name}' {(order == 0 ? "appears twice" : $"follows '{before}'")}.");
        _members.Push(name);
        Quote(name);
        Append((byte)':');
        _needsComma = false;
    }

    public void Member(string name, string? text)
    {
        Name(name);
        Text(text);
    }

    public void Member(string name, long value)
    {
        Name(name);
        Number(value);
    }

    public void Member(string name, long? value)
    {
        if (value is { } known)
            Member(name, known);
        else
            Member(name, (string?)null);
    }

    public void Member(string name, bool value)
    {
        Name(name);
        Flag(value);
    }

    /// <summary>A time as text: in UTC, with all its digits.</summary>
    public void Member(string name, DateTimeOffset time) => Member(name, time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));

    public void Member(string name, IEnumerable<string> texts)
    {
        Name(name);
        StartArray();
        foreach (string text in texts)
            Text(text);
        EndArray();
    }

    /// <exception cref="JsonException">The text is not valid Unicode.</exception>
    public void Text(string? text)
    {
        if (text is null)
            Raw("null"u8);
        else
            Quote(text);
    }

    public void Flag(bool value) => Raw(value ? "true"u8 : "false"u8);

    public void Number(long value)
    {
        if (value is <= -LargestExact or >= LargestExact)
        {
            Number((double)value);
            return;
        }

        Separate();
        value.TryFormat(output.GetSpan(LongestWhole), out int written, provider: CultureInfo.InvariantCulture);
        output.Advance(written);
        _needsComma = true;
    }

    /// <exception cref="JsonException">The number is not finite.</exception>
    public void Number(double value) => Raw(Encoding.ASCII.GetBytes(EcmaScriptNumber.Format(value)));

    public void Base64(ReadOnlySpan<byte> bytes)
    {
        Separate();
        Append((byte)'"');
        while (bytes.Length > 0)
        {
            ReadOnlySpan<byte> piece = bytes[..Math.Min(bytes.Length, Base64Piece)];
            Base64Text.EncodeToUtf8(piece, output.GetSpan(Base64Text.GetMaxEncodedToUtf8Length(piece.Length)), out _, out int written);
            output.Advance(written);
            bytes = bytes[piece.Length..];
        }

        Append((byte)'"');
        _needsComma = true;
    }

    /// <summary>A value that is canonical already.</summary>
    public void Raw(ReadOnlySpan<byte> canonical)
    {
        Separate();
        output.Write(canonical);
        _needsComma = true;
    }

    private void Start(byte bracket)
    {
        Separate();
        Append(bracket);
        _needsComma = false;
    }

    private void End(byte bracket)
    {
        Append(bracket);
        _needsComma = true;
    }

    private void Separate()
    {
        if (_needsComma)
            Append((byte)',');
    }

    private void Quote(string text)
    {
        Separate();
        ReadOnlySpan<char> escaped = text.AsSpan().ContainsAny(Escaped) ? Escape(text) : text;
        Span<byte> to = output.GetSpan((escaped.Length * MostBytesOfCharacter) + 2);
        to[0] = (byte)'"';
        if (Utf8.FromUtf16(escaped, to[1..^1], out _, out int written, replaceInvalidSequences: false) != OperationStatus.Done)
            throw new JsonException("A string is not valid Unicode.");
        to[written + 1] = (byte)'"';
        output.Advance(written + 2);
        _needsComma = true;
    }

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 16);
        foreach (char c in text)
        {
            escaped = c switch
            {
                '"' => escaped.Append("\\\""),
                '\\' => escaped.Append("\\\\"),
                '\b' => escaped.Append("\\b"),
                '\t' => escaped.Append("\\t"),
                '\n' => escaped.Append("\\n"),
                '\f' => escaped.Append("\\f"),
                '\r' => escaped.Append("\\r"),
                < ' ' => escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => escaped.Append(c),
            };
        }

        return escaped.ToString();
    }

    private void Append(byte one)
    {
        output.GetSpan(1)[0] = one;
        output.Advance(1);
    }
}
