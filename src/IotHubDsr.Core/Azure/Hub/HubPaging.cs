using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace IotHubDsr.Core.Azure.Hub;

/// <summary>Lists that a hub gives page by page. A page can be empty and not the last.</summary>
internal static class HubPaging
{
    private const int PageSize = 1000;

    /// <param name="channel">The hub.</param>
    /// <param name="request">The request for the first page.</param>
    /// <param name="what">What a page is of, for failures: <c>query</c>.</param>
    /// <param name="refusal">What a refusal means; null for what it means otherwise.</param>
    /// <param name="cancellationToken">Ends the paging.</param>
    public static async IAsyncEnumerable<JsonElement> ListAsync(
        HubChannel channel,
        HubRequest request,
        string what,
        Func<HubReply, DsrException?>? refusal,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        string? continuation = null;
        var progress = new PageProgress();
        do
        {
            HubReply reply = await channel.SendAsync(request with { Headers = HeadersOf(continuation) }, cancellationToken);
            if (refusal?.Invoke(reply) is { } refused)
                throw refused;
            JsonElement page = channel.Success(reply, request.Operation);
            if (page.ValueKind != JsonValueKind.Array)
                throw channel.Incomplete($"a page of the {what}");
            foreach (JsonElement row in page.EnumerateArray())
                yield return row;

            // Tokens that come again would never end.
            int rows = page.GetArrayLength();
            if (!progress.IsMade(reply.Continuation, rows, rows == 0 ? null : page[0].GetRawText()))
                throw channel.Incomplete($"the next page of the {what}");
            continuation = reply.Continuation;
        } while (continuation is not null);
    }

    private static (string Name, string Value)[] HeadersOf(string? continuation)
    {
        (string, string)[] headers =
        [
            ("x-ms-max-item-count", PageSize.ToString(CultureInfo.InvariantCulture)),
            ("Cache-Control", "no-cache, must-revalidate"),
        ];
        return continuation is null ? headers : [.. headers, ("x-ms-continuation", continuation)];
    }
}
