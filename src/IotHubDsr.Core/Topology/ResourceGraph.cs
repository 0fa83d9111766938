using System.Text.Json;
using IotHubDsr.Core.Azure;

namespace IotHubDsr.Core.Topology;

/// <summary>
/// Asks Azure Resource Graph, which knows the resources of all subscriptions that the account can see. An answer never looks shorter than it
/// is: what was counted and not given is a failure.
/// </summary>
internal sealed class ResourceGraph(ArmReader arm)
{
    private const string ApiVersion = "2021-03-01";
    private const int PageSize = 1_000;
    private const int MaxPages = 500;

    /// <summary>The rows that a query gives, page after page.</summary>
    /// <param name="query">The query. It has to give the column <c>id</c>: without it the service has no further pages.</param>
    /// <param name="subscriptions">The subscriptions.</param>
    /// <param name="target">What is asked for, in words.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="DsrException">It cannot be read to its end.</exception>
    public async Task<IReadOnlyList<JsonElement>> QueryAsync(
        string query,
        IReadOnlyList<string> subscriptions,
        string target,
        CancellationToken cancellationToken
    )
    {
        var call = new ArmCall("/providers/Microsoft.ResourceGraph/resources", ApiVersion, target);
        List<JsonElement> rows = [];
        string? token = null;
        for (int page = 0; page < MaxPages; page++)
        {
            JsonElement answer = await arm.PostAsync(call, BodyOf(query, subscriptions, token), cancellationToken);
            if (answer.Prop("data") is not { ValueKind: JsonValueKind.Array } data)
                throw FaultCatalogue.ServiceFailed.Exception(target, "the response contains no rows.");
            rows.AddRange(data.EnumerateArray());
            string? next = answer.Text("$skipToken");
            if (next is null)
            {
                long total = ((JsonElement?)answer).Number("totalRecords") ?? -1;
                return total <= rows.Count && total >= 0 && answer.Text("resultTruncated") != "true"
                    ? rows
                    : throw FaultCatalogue.ServiceFailed.Exception(target, "the response is cut short.");
            }

            if (next == token || data.GetArrayLength() == 0)
                break;
            token = next;
        }

        throw FaultCatalogue.ServiceFailed.Exception(target, "the listing never ends.");
    }

    private static byte[] BodyOf(string query, IReadOnlyList<string> subscriptions, string? token)
    {
        var options = new Dictionary<string, object> { ["$top"] = PageSize, ["resultFormat"] = "objectArray" };
        if (token is not null)
            options["$skipToken"] = token;
        return JsonSerializer.SerializeToUtf8Bytes(
            new Dictionary<string, object>
            {
                ["subscriptions"] = subscriptions,
                ["query"] = query,
                ["options"] = options,
            }
        );
    }
}
