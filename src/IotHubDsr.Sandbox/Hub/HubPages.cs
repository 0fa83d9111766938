using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace IotHubDsr.Sandbox.Hub;

/// <summary>
/// Pages of a list that is not the result of a query. The service may give fewer than were asked for, and an empty page before the second.
/// </summary>
internal static class HubPages
{
    public static HubReply Of(IReadOnlyList<JsonObject> all, HubRequest request, int size, string list, string? itemType = null)
    {
        (int offset, bool isEmptyDue) = Read(request.Headers["x-ms-continuation"].ToString(), list);
        var headers = new Dictionary<string, string>();
        if (itemType is not null)
            headers["x-ms-item-type"] = itemType;
        int taken = isEmptyDue ? 0 : size;
        if (offset + taken < all.Count)
            headers["x-ms-continuation"] = Write(offset + taken, isEmptyDue: !isEmptyDue && offset == 0, list);
        return HubReply.Ok(new JsonArray([.. all.Skip(offset).Take(taken).Select(static one => one.DeepClone())])) with
        {
            Headers = headers,
        };
    }

    /// <summary>A positive number of a header or parameter; what is not given is the default.</summary>
    public static int Number(string? text, string name, int otherwise, int most) =>
        text is not { Length: > 0 } ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int size) && size > 0 ? Math.Min(size, most)
        : throw new HubRefusal(HubError.ArgumentInvalid, $"{name} must be a positive number.");

    private static (int Offset, bool IsEmptyDue) Read(string token, string list)
    {
        if (token.Length == 0)
            return (0, false);
        byte[] bytes = new byte[token.Length];
        string[] parts = Convert.TryFromBase64String(token, bytes, out int length)
            ? Encoding.UTF8.GetString(bytes, 0, length).Split('|')
            : [];
        return
            parts is [var offset, var empty, var of]
            && of == list
            && int.TryParse(offset, NumberStyles.None, CultureInfo.InvariantCulture, out int parsed)
            ? (parsed, empty == "1")
            : throw new HubRefusal(HubError.ArgumentInvalid, "The continuation token is not one of this list.");
    }

    private static string Write(int offset, bool isEmptyDue, string list)
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"{offset}|{(isEmptyDue ? 1 : 0)}|{list}");
        return Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
    }
}
