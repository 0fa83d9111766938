using System.Text.Json;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using IotHubDsr.Core.Azure.Logs;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Azure.DataExplorer;

/// <summary>
/// Queries a database of Data Explorer, and commands it. A result that is not whole is an error, wherever the answer says so. Failures are
/// catalogued faults, which quote neither query nor answer: both name devices.
/// </summary>
internal sealed class ExplorerClient(AzureAccess access, ExplorerPlace place)
{
    public const string Reader = "Database Viewer";
    public const string Eraser = "Database Admin";

    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(9);
    private static readonly JsonDocumentOptions s_deep = new() { MaxDepth = 512 };

    /// <summary>What the service works on at once is for all of its users.</summary>
    private readonly WorkShares _atOnce = new(4);

    public ExplorerPlace Place => place;

    /// <summary>The rows that a query gives; null when they are too many, or too large, to be given as a whole.</summary>
    public async Task<ExplorerRows?> TryQueryAsync(string query, CancellationToken cancellationToken)
    {
        await _atOnce.TakeAsync(1, cancellationToken);
        try
        {
            return await SendAsync(place.QueryUri, "/v2/rest/query", query, "query", Reader, ExplorerRows.OfFrames, cancellationToken);
        }
        finally
        {
            _atOnce.Return(1);
        }
    }

    /// <summary>As <see cref="TryQueryAsync"/>, for what cannot be asked in smaller parts.</summary>
    public async Task<ExplorerRows> QueryAsync(string query, CancellationToken cancellationToken) =>
        await TryQueryAsync(query, cancellationToken)
        ?? throw FaultCatalogue.ServiceFailed.Exception(place.Target, "a query gives more than the service allows.");

    /// <summary>What a command shows.</summary>
    public Task<ExplorerRows> ShowAsync(string command, CancellationToken cancellationToken) =>
        CommandAsync(place.QueryUri, command, "read", Reader, cancellationToken);

    /// <summary>What a command about purges gives, which another address takes.</summary>
    public Task<ExplorerRows> PurgeAsync(string command, CancellationToken cancellationToken) =>
        CommandAsync(place.IngestUri, command, "purge", Eraser, cancellationToken);

    /// <summary>Orders a purge. Whoever stops meanwhile waits for the answer.</summary>
    public Task<ExplorerRows> OrderAsync(string command, ExplorerOrder order) =>
        CommandAsync(place.IngestUri, command, "purge", Eraser, CancellationToken.None, order);

    private async Task<ExplorerRows> CommandAsync(
        Uri host,
        string command,
        string verb,
        string role,
        CancellationToken cancellationToken,
        ExplorerOrder? order = null
    ) =>
        await SendAsync(host, "/v1/rest/mgmt", command, verb, role, ExplorerRows.OfTable, cancellationToken, order)
        ?? throw FaultCatalogue.ServiceFailed.Exception(place.Target, "a command gives more than the service allows.");

    private async Task<ExplorerRows?> SendAsync(
        Uri host,
        string path,
        string text,
        string verb,
        string role,
        Func<JsonDocument, ExplorerRows?> read,
        CancellationToken cancellationToken,
        ExplorerOrder? order = null
    )
    {
        HttpPipeline pipeline = access.PipelineFor(place.TokenScope);
        using HttpMessage message = pipeline.CreateMessage();
        message.NetworkTimeout = s_longest + TimeSpan.FromMinutes(1);
        message.Request.Method = RequestMethod.Post;
        message.Request.Uri.Reset(new Uri(host, path));
        message.Request.Headers.Add(HttpHeader.Common.JsonAccept);
        message.Request.Headers.Add(HttpHeader.Common.JsonContentType);
        message.Request.Content = RequestContent.Create(BodyOf(text));
        if (order is not null)
        {
            message.Request.ClientRequestId = order.RequestId;
            message.SetProperty(typeof(IAttemptObserver), order);
        }

        try
        {
            await pipeline.SendAsync(message, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw AzureFaults.Translate(exception, place.Target, verb, role, action: null, place.Scope, host.Host);
        }

        return Read(message.Response, verb, role, read);
    }

    private byte[] BodyOf(string text) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new Dictionary<string, object>
            {
                ["db"] = place.Database,
                ["csl"] = text,
                ["properties"] = new Dictionary<string, object>
                {
                    ["Options"] = new Dictionary<string, string>
                    {
                        ["servertimeout"] = $"{s_longest:c}",
                        ["queryconsistency"] = "strongconsistency",
                        // A workload group can limit queries to what is cached.
                        ["query_datascope"] = "all",
                    },
                },
            }
        );

    private ExplorerRows? Read(Response response, string verb, string role, Func<JsonDocument, ExplorerRows?> read)
    {
        BinaryData content = response.ContentStream is null ? BinaryData.FromString("") : response.Content;
        if (response.Status is not 200)
        {
            var errors = LogErrors.Read(content);
            if (response.Status is 400 && errors.IsTooLarge)
                return null;
            throw AzureFaults.Translate(
                new RequestFailedException(response.Status, errors.Reason, errors.Codes.FirstOrDefault(), innerException: null),
                place.Target,
                verb,
                role,
                action: null,
                place.Scope
            );
        }

        JsonDocument? answer = null;
        try
        {
            answer = JsonDocument.Parse(content, s_deep);
            if (read(answer) is { } rows)
            {
                answer = null;
                return rows;
            }

            LogErrors? errors = ExplorerRows.FailureOf(answer) is { } failure ? LogErrors.Of(failure) : null;
            return errors is { IsTooLarge: true }
                ? null
                : throw FaultCatalogue.ServiceFailed.Exception(
                    place.Target,
                    $"the answer holds no whole result ({errors?.Reason ?? "no code was given"})."
                );
        }
        catch (JsonException malformed)
        {
            throw new DsrException(FaultCatalogue.ServiceFailed.For(place.Target, "the answer is not JSON."), malformed);
        }
        finally
        {
            answer?.Dispose();
        }
    }
}
