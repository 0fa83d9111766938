using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using IotHubDsr.Sandbox.Kusto.Values;

namespace IotHubDsr.Sandbox.Kusto.Binding;

/// <summary>Functions that take texts apart.</summary>
internal static class KustoDigests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    public static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>A number that depends on the value alone, and its remainder; another one than the service's.</summary>
    public static object? Hash(object?[] values)
    {
        long hash = BitConverter.ToInt64(SHA256.HashData(Encoding.UTF8.GetBytes(KustoText.Of(values[0]))));
        return values.Length == 1 ? hash
            : KustoConversions.To(values[1], KustoType.Long) is long and > 0 and var by ? (long)((ulong)hash % (ulong)by)
            : null;
    }

    public static object? Trim(object?[] values)
    {
        string pattern = KustoText.Of(values[0]);
        return Match(KustoText.Of(values[1]), $"^(?:{pattern})*(.*?)(?:{pattern})*$", 1);
    }

    public static object? Extract(object?[] values) =>
        Match(KustoText.Of(values[2]), KustoText.Of(values[0]), (int)(KustoConversions.To(values[1], KustoType.Long) as long? ?? 0));

    private static string Match(string text, string pattern, int group)
    {
        try
        {
            Match match = Regex.Match(text, pattern, RegexOptions.CultureInvariant | RegexOptions.Singleline, s_patience);
            return match.Success ? match.Groups[group].Value : "";
        }
        catch (ArgumentException)
        {
            throw KustoRefusal.Semantic("The regular expression is not valid.");
        }
    }
}
