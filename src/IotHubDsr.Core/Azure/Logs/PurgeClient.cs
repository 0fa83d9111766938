using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Web;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace IotHubDsr.Core.Azure.Logs;

/// <summary>A column, and the values of which a row must have one to be purged.</summary>
internal sealed record PurgeFilter(string Column, IReadOnlyList<string> Values);

/// <summary>What the service made of an order to purge.</summary>
/// <param name="Operation">Its ID of the order; null when it takes none for now.</param>
/// <param name="RetryAfter">When to order again, at the earliest.</param>
internal sealed record PurgeAnswer(string? Operation, TimeSpan RetryAfter);

/// <summary>What the service made of an order to hide rows.</summary>
internal enum HideAnswer
{
    /// <summary>It does so, or has done.</summary>
    Accepted,

    /// <summary>It cannot.</summary>
    Failed,

    /// <summary>It takes no more for now.</summary>
    TooMany,
}

/// <summary>Orders purges of a workspace, and asks for them. Failures are catalogued faults.</summary>
internal sealed partial class PurgeClient(AzureAccess access, LogPlace place)
{
    public const string Action = "Microsoft.OperationalInsights/workspaces/purge/action";
    public const string Role = "Data Purger";

    private const string StatusAction = "Microsoft.OperationalInsights/workspaces/operations/read";
    private const string ApiVersion = "2020-08-01";
    private const string HideVersion = "2023-09-01";
    private const string HideAction = "Microsoft.OperationalInsights/workspaces/tables/deleteData/action";
    private const string HideVerb = "hide rows of";
    private const string HideRole = "Log Analytics Contributor";

    /// <summary>The service's limit is for an hour.</summary>
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    /// <summary>Orders the rows that match all filters to be erased.</summary>
    /// <param name="table">The table.</param>
    /// <param name="filters">The filters.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="attempt">Tells, whatever comes of it, whether the service may have accepted the order; null where nobody asks.</param>
    public async Task<PurgeAnswer> OrderAsync(
        string table,
        IReadOnlyList<PurgeFilter> filters,
        CancellationToken cancellationToken,
        PurgeAttempt? attempt = null
    )
    {
        attempt ??= new PurgeAttempt();
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(new { table, filters = filters.Select(Describe) });
        Uri uri = UriOf($"{place.Id.Path}/purge", ApiVersion);
        using HttpMessage message = await SendAsync(RequestMethod.Post, uri, body, "purge", Role, Action, cancellationToken, attempt);
        Response response = message.Response;
        BinaryData content = response.ContentStream is null ? BinaryData.FromString("") : response.Content;
        if (response.Status is 200 or 202)
        {
            return new PurgeAnswer(
                OperationOf(response, content)
                    ?? throw FaultCatalogue.ServiceFailed.Exception(place.Target, "a purge was accepted without an operation ID."),
                TimeSpan.Zero
            );
        }

        if (response.Status is 429 || LogErrors.Read(content).IsOfRate)
        {
            TimeSpan wish = ServiceRetryPolicy.WishedDelay.WishOf(response) ?? s_hour;
            return new PurgeAnswer(Operation: null, wish < s_hour ? wish : s_hour);
        }

        throw Translate(ArmError.Read(response), "purge", Role, Action);
    }

    /// <summary>
    /// Has the rows that match all filters hidden from queries (Delete Data). The service accepts what makes no sense as well: its status
    /// tells, when it is soon enough.
    /// </summary>
    public async Task<HideAnswer> HideAsync(string table, IReadOnlyList<PurgeFilter> filters, CancellationToken cancellationToken)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(new { filters = filters.Select(Describe) });
        Uri uri = UriOf($"{place.Id.Path}/tables/{Uri.EscapeDataString(table)}/deleteData", HideVersion);
        using HttpMessage message = await SendAsync(RequestMethod.Post, uri, body, HideVerb, HideRole, HideAction, cancellationToken);
        if (message.Response.Status is 429)
            return HideAnswer.TooMany;
        if (message.Response.Status is not (200 or 202 or 204))
            throw Translate(ArmError.Read(message.Response), HideVerb, HideRole, HideAction);
        return await HasFailedAsync(message.Response, cancellationToken) ? HideAnswer.Failed : HideAnswer.Accepted;
    }

    private async Task<bool> HasFailedAsync(Response accepted, CancellationToken cancellationToken)
    {
        // Tokens go to Azure Resource Manager alone, whatever host an answer names.
        bool isAsked =
            accepted.Headers.TryGetValue("Azure-AsyncOperation", out string? location)
            && Uri.TryCreate(location, UriKind.Absolute, out Uri? status)
            && status.Host == access.Cloud.ArmEndpoint.Host;
        if (!isAsked)
            return false;
        var uri = new Uri(access.Cloud.ArmEndpoint, new Uri(location!).PathAndQuery);
        try
        {
            using HttpMessage message = await SendAsync(
                RequestMethod.Get,
                uri,
                body: null,
                HideVerb,
                HideRole,
                HideAction,
                cancellationToken
            );
            using var answer = JsonDocument.Parse(message.Response.Content);
            return answer.RootElement.ValueKind is JsonValueKind.Object
                && answer.RootElement.TryGetProperty("status", out JsonElement state)
                && state.ValueKind is JsonValueKind.String
                && state.GetString() is { } named
                && (
                    named.Equals("Failed", StringComparison.OrdinalIgnoreCase)
                    || named.Equals("Canceled", StringComparison.OrdinalIgnoreCase)
                );
        }
        catch (Exception unread) when (unread is DsrException or JsonException)
        {
            // It was accepted; what becomes of it shows when the rows are read again.
            return false;
        }
    }

    /// <summary>
    /// Whether the service says that it is through with an order. That says nothing of rows: they can be there for as long as it promises.
    /// </summary>
    public async Task<bool> IsCompletedAsync(string operation, CancellationToken cancellationToken)
    {
        int query = operation.IndexOf('?', StringComparison.Ordinal);
        string id = query < 0 ? operation : operation[..query];
        string version = query < 0 ? ApiVersion : HttpUtility.ParseQueryString(operation[query..])["api-version"] ?? ApiVersion;
        Uri uri = UriOf($"{place.Id.Path}/operations/{Uri.EscapeDataString(id)}", version);
        using HttpMessage message = await SendAsync(
            RequestMethod.Get,
            uri,
            body: null,
            "ask for a purge of",
            Role,
            StatusAction,
            cancellationToken
        );
        if (message.Response.Status is not 200)
            throw Translate(ArmError.Read(message.Response), "ask for a purge of", Role, StatusAction);
        try
        {
            using var answer = JsonDocument.Parse(message.Response.Content);
            return answer.RootElement.ValueKind is JsonValueKind.Object
                && answer.RootElement.TryGetProperty("status", out JsonElement status)
                && status.ValueKind is JsonValueKind.String
                && "completed".Equals(status.GetString(), StringComparison.OrdinalIgnoreCase);
        }
        catch (JsonException malformed)
        {
            throw new DsrException(FaultCatalogue.ServiceFailed.For(place.Target, "the state of a purge is not JSON."), malformed);
        }
    }

    /// <summary>
    /// The ID of an order, from the address at which the service says it is asked for, or else from its body: there the ID can lack its
    /// beginning. Where the address has another version of the interface than is used here, that is part of it.
    /// </summary>
    private static string? OperationOf(Response response, BinaryData body)
    {
        if (
            response.Headers.TryGetValue("x-ms-status-location", out string? location)
            && Uri.TryCreate(location, UriKind.Absolute, out Uri? address)
            && Uri.UnescapeDataString(address.Segments[^1]) is var last
            && Operation().IsMatch(last)
        )
        {
            string? version = HttpUtility.ParseQueryString(address.Query)["api-version"];
            return version is null or ApiVersion || !Version().IsMatch(version) ? last : $"{last}?api-version={version}";
        }

        try
        {
            using var answer = JsonDocument.Parse(body);
            string? id =
                answer.RootElement.ValueKind is JsonValueKind.Object
                && answer.RootElement.TryGetProperty("operationId", out JsonElement told)
                && told.ValueKind is JsonValueKind.String
                    ? told.GetString()
                    : null;
            return id is null || !Operation().IsMatch(id) ? null
                : Guid.TryParse(id, out _) ? $"purge-{id}"
                : id;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static object Describe(PurgeFilter filter) =>
        new
        {
            column = filter.Column,
            @operator = "in",
            value = filter.Values,
        };

    private Uri UriOf(string path, string version) => new(access.Cloud.ArmEndpoint, $"{path}?api-version={Uri.EscapeDataString(version)}");

    private async Task<HttpMessage> SendAsync(
        RequestMethod method,
        Uri uri,
        byte[]? body,
        string verb,
        string role,
        string action,
        CancellationToken cancellationToken,
        PurgeAttempt? attempt = null
    )
    {
        HttpPipeline pipeline = access.PipelineFor(access.Cloud.ArmScope);
        HttpMessage message = pipeline.CreateMessage();
        try
        {
            if (attempt is not null)
            {
                message.ResponseClassifier = Once.Instance;
                message.Request.ClientRequestId = attempt.RequestId;
                attempt.Begin();
            }
            else if (method == RequestMethod.Post)
            {
                message.ResponseClassifier = WithoutRates.Instance;
            }

            message.Request.Method = method;
            message.Request.Uri.Reset(uri);
            message.Request.Headers.Add(HttpHeader.Common.JsonAccept);
            if (body is not null)
            {
                message.Request.Headers.Add(HttpHeader.Common.JsonContentType);
                message.Request.Content = RequestContent.Create(body);
            }

            await pipeline.SendAsync(message, cancellationToken);
            attempt?.EndWith(message.Response.Status);
            return message;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            attempt?.EndWith(exception);
            message.Dispose();
            throw Translate(exception, verb, role, action);
        }
        catch
        {
            message.Dispose();
            throw;
        }
    }

    private DsrException Translate(Exception exception, string verb, string role, string? action) =>
        AzureFaults.Translate(
            exception,
            place.Target,
            verb,
            role,
            action,
            place.Scope,
            string.Create(CultureInfo.InvariantCulture, $"Azure Resource Manager ({access.Cloud.ArmEndpoint.Host})")
        );

    [GeneratedRegex(@"\A[A-Za-z0-9-]{8,80}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Operation();

    [GeneratedRegex(@"\A[0-9]{4}-[0-9]{2}-[0-9]{2}(?:-preview)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Version();

    /// <summary>The limit is one of an hour: the request ends, and says when to go on.</summary>
    private sealed class WithoutRates : ResponseClassifier
    {
        public static WithoutRates Instance { get; } = new();

        public override bool IsRetriableResponse(HttpMessage message) =>
            message.Response.Status is not 429 && base.IsRetriableResponse(message);
    }

    /// <summary>Each sending of an order can be accepted, and counts against the limit: only what was never sent is sent again.</summary>
    private sealed class Once : ResponseClassifier
    {
        public static Once Instance { get; } = new();

        public override bool IsRetriableResponse(HttpMessage message) => false;

        public override bool IsRetriableException(Exception exception) => !PurgeAttempt.MaySend(exception);

        public override bool IsRetriable(HttpMessage message, Exception exception) => !PurgeAttempt.MaySend(exception);
    }
}
