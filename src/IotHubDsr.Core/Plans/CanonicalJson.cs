using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace IotHubDsr.Plans;

/// <summary>
/// The JSON Canonicalization Scheme (RFC 8785): one form of bytes for a document, so that a digest of it can be made and checked by
/// anybody. Members are sorted by UTF-16 code units, numbers are written as ECMAScript does, strings with the least escapes.
/// </summary>
internal static class CanonicalJson
{
    /// <summary>Below it every whole number is a double, and its digits are the shortest.</summary>
    private const long LargestExact = 1L << 53;

    private static readonly SearchValues<char> Escaped = SearchValues.Create(
        [.. Enumerable.Range(0, ' ').Select(code => (char)code), '"', '\\']);

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The canonical form of a value.</summary>
    /// <exception cref="JsonException">A member stands twice, a number is not finite, or a string is not valid Unicode.</exception>
    public static byte[] Write(JsonElement value)
    {
        var output = new ArrayBufferWriter<byte>();
        Write(value, output);
        return output.WrittenSpan.ToArray();
    }

    private static void Write(JsonElement value, ArrayBufferWriter<byte> output)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(value, output);
                break;
            case JsonValueKind.Array:
                WriteArray(value, output);
                break;
            case JsonValueKind.String:
                WriteString(value.GetString()!, output);
                break;
            case JsonValueKind.Number:
                Append(value.TryGetInt64(out long whole) && whole is > -LargestExact and < LargestExact
                    ? whole.ToString(CultureInfo.InvariantCulture)
                    : Number(value.GetDouble()), output);
                break;
            default:
                Append(value.GetRawText(), output);
                break;
        }
    }

    private static void WriteObject(JsonElement value, ArrayBufferWriter<byte> output)
    {
        List<JsonProperty> members = [.. value.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal)];
        Append("{", output);
        for (int i = 0; i < members.Count; i++)
        {
            if (i > 0 && string.Equals(members[i].Name, members[i - 1].Name, StringComparison.Ordinal))
                throw new JsonException($"The member '{members[i].Name}' stands twice.");
            Append(i > 0 ? "," : string.Empty, output);
            WriteString(members[i].Name, output);
            Append(":", output);
            Write(members[i].Value, output);
        }

        Append("}", output);
    }

    private static void WriteArray(JsonElement value, ArrayBufferWriter<byte> output)
    {
        Append("[", output);
        bool first = true;
        foreach (JsonElement item in value.EnumerateArray())
        {
            Append(first ? string.Empty : ",", output);
            Write(item, output);
            first = false;
        }

        Append("]", output);
    }

    private static void WriteString(string text, ArrayBufferWriter<byte> output)
    {
        if (!text.AsSpan().ContainsAny(Escaped))
        {
            Append("\"", output);
            Append(text, output);
            Append("\"", output);
            return;
        }

        var escaped = new StringBuilder(text.Length + 2).Append('"');
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

        Append(escaped.Append('"').ToString(), output);
    }

    /// <summary>A number as ECMAScript's Number.prototype.toString gives it: the shortest digits that read back as the same number.</summary>
    private static string Number(double value)
    {
        if (!double.IsFinite(value))
            throw new JsonException("The number is not finite.");
        if (value == 0)
            return "0";

        (string digits, int exponent) = Shortest(Math.Abs(value).ToString("R", CultureInfo.InvariantCulture));
        string text = exponent switch
        {
            >= 21 or < -6 => Scientific(digits, exponent),
            < 0 => "0." + new string('0', -exponent - 1) + digits,
            _ when digits.Length <= exponent + 1 => digits + new string('0', exponent + 1 - digits.Length),
            _ => digits[..(exponent + 1)] + "." + digits[(exponent + 1)..],
        };
        return value < 0 ? "-" + text : text;
    }

    /// <summary>The significant digits, and the exponent of the first of them.</summary>
    private static (string Digits, int Exponent) Shortest(string text)
    {
        int e = text.IndexOf('E', StringComparison.Ordinal);
        string mantissa = e < 0 ? text : text[..e];
        int shift = e < 0 ? 0 : int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        int point = mantissa.IndexOf('.', StringComparison.Ordinal);
        string all = mantissa.Replace(".", string.Empty, StringComparison.Ordinal);
        int leading = all.Length - all.TrimStart('0').Length;
        int exponent = (point < 0 ? all.Length : point) - 1 - leading + shift;
        return (all.Trim('0'), exponent);
    }

    private static string Scientific(string digits, int exponent) => string.Create(
        CultureInfo.InvariantCulture,
        $"{digits[..1]}{(digits.Length > 1 ? "." : string.Empty)}{digits[1..]}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent)}");

    private static void Append(string text, ArrayBufferWriter<byte> output)
    {
        if (text.Length == 0)
            return;
        try
        {
            StrictUtf8.GetBytes(text, output);
        }
        catch (EncoderFallbackException exception)
        {
            throw new JsonException("A string is not valid Unicode.", exception);
        }
    }
}
