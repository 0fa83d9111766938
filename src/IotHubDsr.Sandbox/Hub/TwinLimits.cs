using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace IotHubDsr.Sandbox.Hub;

/// <summary>What the service holds the sections of a twin to: their size, their depth, their keys and their values.</summary>
internal static class TwinLimits
{
    public const int Tags = 8 * 1024;
    public const int Properties = 32 * 1024;

    private const int LongestKey = 1024;
    private const int LongestText = 4 * 1024;
    private const int Deepest = 10;
    private const long LargestInteger = 4_503_599_627_370_495;

    // Whatever its digits, a number counts as 8 bytes, and a truth value as 4.
    private const int NumberSize = 8;
    private const int TruthSize = 4;

    public static void Require(string section, JsonObject values, int limit)
    {
        int size = SizeOf(section, values, 1);
        if (size > limit)
            throw Invalid(string.Create(CultureInfo.InvariantCulture, $"{section} has {size} bytes; at most {limit} are allowed"));
    }

    private static int SizeOf(string path, JsonNode? node, int depth) =>
        node switch
        {
            JsonObject values => SizeOf(path, values, depth),
            JsonArray items => SizeOf(path, items, depth),
            JsonValue value => SizeOf(path, value),
            _ => 0,
        };

    private static int SizeOf(string path, JsonObject values, int depth)
    {
        RequireDepth(path, depth);
        int size = 0;
        foreach ((string? key, JsonNode? value) in values)
            size += KeySize(path, key) + SizeOf($"{path}.{key}", value, depth + 1);

        return size;
    }

    private static int SizeOf(string path, JsonArray items, int depth)
    {
        RequireDepth(path, depth);
        return items.Sum(item => SizeOf(path, item, depth + 1));
    }

    private static int SizeOf(string path, JsonValue value)
    {
        switch (value.GetValueKind())
        {
            case JsonValueKind.String:
                int size = Encoding.UTF8.GetByteCount(value.GetValue<string>());
                return size <= LongestText ? size : throw Invalid($"{path} has more than {LongestText} bytes");
            case JsonValueKind.Number:
                RequireRange(path, value.ToJsonString());
                return NumberSize;
            default:
                return TruthSize;
        }
    }

    private static int KeySize(string path, string key)
    {
        bool isLegal = key.Length > 0 && !key.Any(letter => letter is '.' or '$' or ' ' || char.IsControl(letter));
        int size = Encoding.UTF8.GetByteCount(key);
        return isLegal && size <= LongestKey
            ? size
            : throw Invalid($"a key of {path} has more than {LongestKey} bytes, a control character, a dot, a dollar sign or a space");
    }

    private static void RequireDepth(string path, int depth)
    {
        if (depth > Deepest)
            throw Invalid($"{path} is nested deeper than {Deepest} levels");
    }

    private static void RequireRange(string path, string number)
    {
        bool isInteger = decimal.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out decimal integer);
        if (isInteger && (integer > LargestInteger || integer < -LargestInteger - 1))
            throw Invalid($"{path} is an integer beyond what a twin holds");
    }

    private static HubRefusal Invalid(string text) => new(HubError.ArgumentInvalid, $"BadRequest: {text}.");
}
