using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace IotHubDsr.Sandbox.Provisioning;

/// <summary>Answers queries: a bare array, page by page. The only query that it knows is the one for everything.</summary>
internal static partial class ProvisioningPages
{
    private const int DefaultPage = 100;

    public static JsonArray Of(HttpContext context, JsonNode? body, string type, IReadOnlyList<JsonObject> items, int largest)
    {
        string? query = body?["query"]?.ToString();
        if (query is not null && !Everything().IsMatch(query))
            throw ProvisioningRefusal.NotSimulated($"the query '{query}'");
        IHeaderDictionary headers = context.Request.Headers;
        int size = int.TryParse(headers["x-ms-max-item-count"], NumberStyles.None, CultureInfo.InvariantCulture, out int asked)
            ? asked
            : DefaultPage;
        if (size < 1)
            throw new ProvisioningRefusal(ProvisioningRefusal.Invalid, "x-ms-max-item-count must be positive.");
        int skip = PositionOf(headers["x-ms-continuation"]);
        size = Math.Min(size, largest);
        context.Response.Headers["x-ms-item-type"] = type;
        context.Response.Headers["x-ms-max-item-count"] = size.ToString(CultureInfo.InvariantCulture);
        if (items.Count - skip > size)
            context.Response.Headers["x-ms-continuation"] = TokenOf(skip + size);
        return new JsonArray([.. items.Skip(skip).Take(size).Select(static item => item.DeepClone())]);
    }

    private static string TokenOf(int position) =>
        Convert.ToBase64String(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"at:{position}")));

    private static int PositionOf(string? token)
    {
        if (string.IsNullOrEmpty(token))
            return 0;
        byte[] text = new byte[token.Length];
        return
            Convert.TryFromBase64String(token, text, out int length)
            && Encoding.ASCII.GetString(text, 0, length) is ['a', 't', ':', .. var number]
            && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int position)
            ? position
            : throw new ProvisioningRefusal(ProvisioningRefusal.Invalid, "The continuation token is not valid.");
    }

    [GeneratedRegex(@"\A\s*SELECT\s+\*\s+FROM\s+(enrollments|enrollmentGroups|registrations)\s*\z", RegexOptions.IgnoreCase)]
    private static partial Regex Everything();
}
