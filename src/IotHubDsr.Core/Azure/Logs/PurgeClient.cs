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

/// <summary>Orders purges of a workspace, and asks for them. Failures are catalogued faults.</summary>
internal sealed partial class PurgeClient(AzureAccess access, LogPlace place)
{
    public const string Action = "Microsoft.OperationalInsights/workspaces/purge/action";
    public const string Role = "Data Purger";

    private const string StatusAction = "Microsoft.OperationalInsights/workspaces/operations/read";
    private const string ApiVersion = "2020-08-01";

    /// <summary>The service's limit is for an hour.</summary>
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    /// <summary>Orders the rows that match all filters to be erased.</summary>
    public async Task<PurgeAnswer> OrderAsync(string table, IReadOnlyList<PurgeFilter> filters, CancellationToken cancellationToken)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                table,
                filters = filters.Select(static filter => new
                {
                    column = filter.Column,
                    @operator = "in",
                    value = filter.Values,
                }),
            }
        );
        Uri uri = UriOf($"{place.Id.Path}/purge", ApiVersion);
        using HttpMessage message = await SendAsync(RequestMethod.Post, uri, body, "purge", Role, Action, cancellationToken);
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

    private Uri UriOf(string path, string version) => new(access.Cloud.ArmEndpoint, $"{path}?api-version={Uri.EscapeDataString(version)}");

    private async Task<HttpMessage> SendAsync(
        RequestMethod method,
        Uri uri,
        byte[]? body,
        string verb,
        string role,
        string action,
        CancellationToken cancellationToken
    )
    {
        HttpPipeline pipeline = access.PipelineFor(access.Cloud.ArmScope);
        HttpMessage message = pipeline.CreateMessage();
        try
        {
            if (method == RequestMethod.Post)
                message.ResponseClassifier = WithoutRates.Instance;
            message.Request.Method = method;
            message.Request.Uri.Reset(uri);
            message.Request.Headers.Add(HttpHeader.Common.JsonAccept);
            if (body is not null)
            {
                message.Request.Headers.Add(HttpHeader.Common.JsonContentType);
                message.Request.Content = RequestContent.Create(body);
            }

            await pipeline.SendAsync(message, cancellationToken);
            return message;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
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
}
