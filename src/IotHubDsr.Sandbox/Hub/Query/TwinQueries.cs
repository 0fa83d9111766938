using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace IotHubDsr.Sandbox.Hub.Query;

/// <summary>
/// POST /devices/query with its paging. The service may send an empty page with a continuation: here every multi-page result has
/// one before its second page, and so has every result of a query with a condition before its first.
/// </summary>
internal sealed class TwinQueries(HubRegistry registry)
{
    private const int PageLimit = 1000;
    private const int DefaultPage = 100;

    public HubReply Run(HubRequest request)
    {
        string text = request.Document["query"]?.ToString() ?? throw QueryLexer.Refuse("the body has no 'query'.");
        TwinQuery query = QueryParser.Parse(text);
        int size = PageSize(request.Headers["x-ms-max-item-count"].ToString());
        var position = Position.Read(request.Headers["x-ms-continuation"].ToString(), text);
        if (position is null)
        {
            position = new Position(0, Fingerprint(text));
            if (query.Where is not null)
                return Page(query, [], position);
        }
        else if (position.IsEmptyPageDue)
        {
            return Page(query, [], position with { IsEmptyPageDue = false });
        }

        var rows = query.Rows(Documents(query.Collection)).Skip(position.Offset).Take(size + 1).ToList();
        Position? next =
            rows.Count > size ? new Position(position.Offset + size, position.Query, IsEmptyPageDue: position.Offset == 0) : null;
        return Page(query, rows.Take(size), next);
    }

    private IEnumerable<JsonObject> Documents(QueryCollection collection) =>
        collection switch
        {
            QueryCollection.Modules => registry.Devices.SelectMany(device => device.Modules.Values).Select(module => module.ToTwinJson()),
            QueryCollection.Jobs => registry.Jobs.Select(job => (JsonObject)job.DeepClone()),
            _ => registry.Devices.Select(device => device.ToTwinJson()),
        };

    private static HubReply Page(TwinQuery query, IEnumerable<JsonObject> rows, Position? next)
    {
        var headers = new Dictionary<string, string> { ["x-ms-item-type"] = query.ItemType };
        if (next is not null)
            headers["x-ms-continuation"] = next.Write();

        return HubReply.Ok(new JsonArray([.. rows])) with
        {
            Headers = headers,
        };
    }

    private static int PageSize(string header) =>
        header.Length == 0 ? DefaultPage
        : int.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out int size) && size > 0 ? Math.Min(size, PageLimit)
        : throw new HubRefusal(HubError.ArgumentInvalid, "x-ms-max-item-count must be a positive number.");

    private static string Fingerprint(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)), 0, 8);

    /// <summary>Where a result goes on. It belongs to one query text, and only to that.</summary>
    private sealed record Position(int Offset, string Query, bool IsEmptyPageDue = false)
    {
        public static Position? Read(string token, string text)
        {
            if (token.Length == 0)
                return null;

            byte[] bytes = new byte[token.Length];
            string[] parts = Convert.TryFromBase64String(token, bytes, out int length)
                ? Encoding.UTF8.GetString(bytes, 0, length).Split('|')
                : [];
            return
                parts is [var offset, var query, var empty]
                && query == Fingerprint(text)
                && int.TryParse(offset, NumberStyles.None, CultureInfo.InvariantCulture, out int parsed)
                ? new Position(parsed, query, empty == "1")
                : throw new HubRefusal(HubError.ArgumentInvalid, "The continuation token is not one of this query.");
        }

        public string Write()
        {
            string text = string.Create(CultureInfo.InvariantCulture, $"{Offset}|{Query}|{(IsEmptyPageDue ? 1 : 0)}");
            return Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
        }
    }
}
