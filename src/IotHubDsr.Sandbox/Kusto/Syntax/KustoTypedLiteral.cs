using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Kusto.Values;

namespace IotHubDsr.Sandbox.Kusto.Syntax;

/// <summary>Literals with the name of their type before them, such as <c>datetime(2026-01-01)</c>: raw text in parentheses.</summary>
internal static class KustoTypedLiteral
{
    /// <summary>The value of what stands in the parentheses; null when it is none.</summary>
    public static object? Read(KustoType type, string content)
    {
        if (type != KustoType.Dynamic)
            return KustoConversions.To(content.Trim('"', '\''), type);

        try
        {
            return JsonNode.Parse(Json(content));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>JSON, but for its texts, which are written as everywhere in a query.</summary>
    private static string Json(string content)
    {
        var json = new StringBuilder();
        for (int at = 0; at < content.Length; )
        {
            if (content[at] is '\'' or '"')
                json.Append('"').Append(JsonEncodedText.Encode(KustoStringLiteral.Read(content, ref at))).Append('"');
            else
                json.Append(content[at++]);
        }

        return json.ToString();
    }
}
