using System.Globalization;
using System.Text.Json;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Azure.Logs;

/// <summary>
/// Asks a workspace. What looks like nothing is an error: an empty body, a part of a result, a table that is not there. Failures are
/// catalogued faults.
/// </summary>
internal sealed class LogQueryClient(AzureAccess access, LogPlace place)
{
    public const string Role = "Log Analytics Data Reader";

    private const int MaxRounds = 10;
    private const string AllTime = "2000-01-01T00:00:00Z/2100-01-01T00:00:00Z";

    private const string QueryType = "Microsoft.OperationalInsights/workspaces/query";
    private const string Action = $"{QueryType}/read";
    private const string MissingName = "SEM0100";

    /// <summary>The service works on a query for at most ten minutes.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(10);

    private static readonly JsonDocumentOptions s_deep = new() { MaxDepth = 512 };

    /// <summary>Queries of a user that the service works on at once are five; others of the user's may be among them.</summary>
    private readonly WorkShares _atOnce = new(4);

    /// <summary>Whether tables can be searched that queries do not reach: that takes the service's own ID of the workspace.</summary>
    public bool CanSearch => place.CustomerId is not null;

    /// <summary>The table that a query gives; null when it is too large, or takes too long, to be given as a whole.</summary>
    /// <param name="query">The query.</param>
    /// <param name="isSearch">Whether it is one of a table with the plan Basic or Auxiliary.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="DsrException">It was not answered, or only in part.</exception>
    public async Task<LogTable?> TryQueryAsync(string query, bool isSearch, CancellationToken cancellationToken)
    {
        await _atOnce.TakeAsync(1, cancellationToken);
        try
        {
            for (int round = 1; ; round++)
            {
                try
                {
                    return await SendAsync(query, isSearch, cancellationToken);
                }
                catch (DsrException busy) when (busy.Fault.Id == FaultCatalogue.Throttled.Id && round < MaxRounds)
                {
                    // The limit is one of half a minute, and others of the user's queries count: each round has the tries of the retry policy.
                    OperationNotices.Send(NoticeLevel.Debug, $"{place.Target} is asked again: {busy.Message}");
                }
            }
        }
        finally
        {
            _atOnce.Return(1);
        }
    }

    /// <summary>Whether a query failed because the workspace does not have, for the account, what it names.</summary>
    public static bool IsOfMissingName(DsrException failed) => failed.Fault.Message.Contains(MissingName, StringComparison.Ordinal);

    /// <summary>That a table which is there may not be read: for the account's queries it then is not there.</summary>
    public DsrException TableNotAllowed(string table) =>
        new(AzureFaults.PermissionMissing(place.Target, "query", Role, place.Scope, $"{QueryType}/{table}/read"));

    private async Task<LogTable?> SendAsync(string query, bool isSearch, CancellationToken cancellationToken)
    {
        HttpPipeline pipeline = access.PipelineFor(access.Cloud.LogsScope);
        using HttpMessage message = pipeline.CreateMessage();
        message.NetworkTimeout = s_longest + TimeSpan.FromMinutes(1);
        message.ResponseClassifier = WithoutTimeouts.Instance;
        message.Request.Method = RequestMethod.Post;
        message.Request.Uri.Reset(new Uri(access.Cloud.LogsEndpoint, PathOf(place, isSearch ? "search" : "query")));
        message.Request.Headers.Add(HttpHeader.Common.JsonAccept);
        message.Request.Headers.Add(HttpHeader.Common.JsonContentType);
        message.Request.Headers.Add("Prefer", string.Create(CultureInfo.InvariantCulture, $"wait={(int)s_longest.TotalSeconds}"));
        message.Request.Content = RequestContent.Create(JsonSerializer.SerializeToUtf8Bytes(BodyOf(query, isSearch)));
        try
        {
            await pipeline.SendAsync(message, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw AzureFaults.Translate(exception, place.Target, "query", Role, Action, place.Scope, access.Cloud.LogsEndpoint.Host);
        }

        return Read(message.Response);
    }

    /// <summary>As <see cref="TryQueryAsync"/>, for what cannot be asked in smaller parts.</summary>
    public async Task<LogTable> QueryAsync(string query, bool isSearch, CancellationToken cancellationToken) =>
        await TryQueryAsync(query, isSearch, cancellationToken)
        ?? throw FaultCatalogue.ServiceFailed.Exception(place.Target, "a query takes longer, or gives more, than the service allows.");

    private static string PathOf(LogPlace place, string what) =>
        place.CustomerId is { } id ? $"/v1/workspaces/{Uri.EscapeDataString(id)}/{what}" : $"/v1{place.Id.Path}/{what}";

    /// <summary>A search takes its time from the request alone.</summary>
    private static Dictionary<string, string> BodyOf(string query, bool isSearch) =>
        isSearch
            ? new Dictionary<string, string> { ["query"] = query, ["timespan"] = AllTime }
            : new Dictionary<string, string> { ["query"] = query };

    private LogTable? Read(Response response)
    {
        if (response.Status is not 200)
        {
            return response.Status is 504 || (response.Status is 400 && LogErrors.Read(response.Content).IsTooLarge)
                ? null
                : throw FaultOf(response);
        }

        ReadOnlyMemory<byte> body = response.ContentStream is null ? default : response.Content.ToMemory();
        if (body.Length == 0)
            throw FaultCatalogue.ServiceFailed.Exception(place.Target, "the query was answered with nothing at all, which tells nothing.");
        JsonDocument? answer = null;
        try
        {
            answer = JsonDocument.Parse(body, s_deep);
            if (
                answer.RootElement.ValueKind is JsonValueKind.Object
                && answer.RootElement.TryGetProperty("error", out JsonElement error)
                && error.ValueKind is not JsonValueKind.Null
            )
            {
                var errors = LogErrors.Of(error);
                return errors.IsTooLarge
                    ? null
                    : throw FaultCatalogue.ServiceFailed.Exception(place.Target, $"the query was answered in part only ({errors.Reason}).");
            }

            LogTable table = LogTable.Read(answer)
                ?? throw FaultCatalogue.ServiceFailed.Exception(place.Target, "the answer to a query holds no whole table.");
            answer = null;
            return table;
        }
        catch (JsonException malformed)
        {
            throw new DsrException(FaultCatalogue.ServiceFailed.For(place.Target, "the answer to a query is not JSON."), malformed);
        }
        finally
        {
            answer?.Dispose();
        }
    }

    private DsrException FaultOf(Response response)
    {
        var errors = LogErrors.Read(response.ContentStream is null ? BinaryData.FromString("") : response.Content);
        string reason = $"{errors.Reason} ({response.Status})";
        return response.Status switch
        {
            204 => FaultCatalogue.ServiceFailed.Exception(
                place.Target,
                "the query was answered with no content (204), which tells nothing."
            ),
            400 when errors.IsOfMissingName => FaultCatalogue.ServiceFailed.Exception(
                place.Target,
                $"a table or a column that the query names is not there ({MissingName}); what it held is not known."
            ),
            403 when errors.Codes.Contains("InvalidAuthenticationTokenAudience") => FaultCatalogue.AuthenticationFailed.Exception(
                place.Target,
                reason
            ),
            403 => new DsrException(AzureFaults.PermissionMissing(place.Target, "query", Role, place.Scope, Action)),
            _ => AzureFaults.Translate(
                new RequestFailedException(response.Status, reason, errors.Codes.LastOrDefault(), innerException: null),
                place.Target,
                "query",
                Role,
                Action,
                place.Scope
            ),
        };
    }

    /// <summary>What took the service ten minutes takes it as long again.</summary>
    private sealed class WithoutTimeouts : ResponseClassifier
    {
        public static WithoutTimeouts Instance { get; } = new();

        public override bool IsRetriableResponse(HttpMessage message) =>
            message.Response.Status is not 504 && base.IsRetriableResponse(message);
    }
}
