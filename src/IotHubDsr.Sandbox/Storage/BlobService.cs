using System.Globalization;
using IotHubDsr.Sandbox.Storage.Blobs;
using IotHubDsr.Sandbox.Storage.Operations;
using IotHubDsr.Sandbox.Storage.Rest;
using Microsoft.AspNetCore.Http.Features;

namespace IotHubDsr.Sandbox.Storage;

/// <summary>The Blob service's REST interface over a <see cref="BlobStore"/>, for requests that were authorized already.</summary>
internal sealed class BlobService(BlobStore store, TimeProvider time)
{
    /// <summary>The newest version of the service that is simulated; a newer one is refused, as the service would.</summary>
    public static readonly DateOnly NewestVersion = new(2026, 10, 6);

    private const string VersionHeader = "x-ms-version";

    // A whole segment in one write would be copied whole into the server's output buffers.
    private const int WriteSize = 128 * 1024;

    /// <summary>
    /// Decides whether the client may read a copy source, whose authorization is not that of the request. Until the host sets it, any token
    /// or signature suffices.
    /// </summary>
    public Func<CopySource, bool> AuthorizeCopySource { get; set; } = source => source.Authorization is not null || source.HasSignature;

    public async Task HandleAsync(HttpContext context, string accountName)
    {
        StorageResponse response;
        try
        {
            response = await RunAsync(context, accountName);
        }
        catch (StorageException error)
        {
            await RefuseAsync(context, error);
            return;
        }

        await AnswerAsync(context, response);
    }

    /// <summary>Answers a request that was not let through to the operations, with the headers and the body of any other refusal.</summary>
    public Task RefuseAsync(HttpContext context, StorageException error)
    {
        string requestId = Guid.NewGuid().ToString();
        return AnswerAsync(context, Describe(error, requestId, HttpMethods.IsHead(context.Request.Method)), requestId);
    }

    public Task AnswerAsync(HttpContext context, StorageResponse response) => AnswerAsync(context, response, Guid.NewGuid().ToString());

    private async Task AnswerAsync(HttpContext context, StorageResponse response, string requestId)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers["Server"] = "Windows-Azure-Blob/1.0";
        headers["Date"] = time.GetUtcNow().ToString("R", CultureInfo.InvariantCulture);
        headers["x-ms-request-id"] = requestId;
        headers[VersionHeader] = context.Request.Headers[VersionHeader];
        if (context.Request.Headers["x-ms-client-request-id"] is { Count: > 0 } clientRequestId)
            headers["x-ms-client-request-id"] = clientRequestId;

        await SendAsync(context, response);
    }

    private async Task<StorageResponse> RunAsync(HttpContext context, string accountName)
    {
        string rawTarget = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var target = RequestTarget.Parse(rawTarget);
        RequireVersion(context.Request, target);
        if (!store.TryGetAccount(accountName, out BlobAccount? account))
            throw new StorageException(StorageErrors.AccountNotFound);

        BlobContent body = await RequestBody.ReadAsync(context);
        var request = new BlobRequest(context.Request.Method.ToUpperInvariant(), target, context.Request.Headers, body);
        string endpoint = $"{context.Request.Scheme}://{context.Request.Host}/";
        StorageResponse response = new BlobRouter(store, AuthorizeCopySource).Run(request, account, endpoint);
        bool framed = HttpMethods.IsPut(context.Request.Method) && request.Header(StructuredMessage.Header) is not null;
        return framed ? response.With(StructuredMessage.Header, request.Header(StructuredMessage.Header)) : response;
    }

    private static void RequireVersion(HttpRequest request, RequestTarget target)
    {
        string version = request.Headers[VersionHeader].ToString();
        if (version.Length == 0)
        {
            // A signed URL says by itself which version it is for.
            version = target.Query.GetValueOrDefault("sv") ?? throw StorageErrors.MissingHeader(VersionHeader);
            request.Headers[VersionHeader] = version;
        }

        bool known =
            DateOnly.TryParseExact(version, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date)
            && date <= NewestVersion;
        if (!known)
            throw StorageErrors.InvalidHeader(VersionHeader, version);
    }

    private StorageResponse Describe(StorageException error, string requestId, bool isHead)
    {
        (int status, string? code, string? message) = error.Error;
        string now = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
        // A client that expects an XML body parses it, and there is none in these answers.
        StorageResponse response =
            isHead || status == StatusCodes.Status304NotModified ? new StorageResponse(status) : XmlBody.Respond(status, writer =>
                {
                    writer.WriteStartElement("Error");
                    writer.Element("Code", code);
                    writer.Element("Message", $"{message}\nRequestId:{requestId}\nTime:{now}");
                    foreach ((string? name, string? value) in error.Details)
                        writer.Element(name, XmlBody.IsXmlText(value) ? value : Uri.EscapeDataString(value));

                    writer.WriteEndElement();
                });
        foreach ((string? name, string? value) in error.Headers)
            response.With(name, value);

        return response.With("x-ms-error-code", code);
    }

    private static async Task SendAsync(HttpContext context, StorageResponse response)
    {
        context.Response.StatusCode = response.Status;
        foreach ((string? name, string? value) in response.Headers)
            context.Response.Headers[name] = value;

        if (response.Status is StatusCodes.Status304NotModified or StatusCodes.Status204NoContent)
            return;

        BlobContent body = response.Body ?? BlobContent.Empty;
        context.Response.ContentLength = body.Length;
        if (HttpMethods.IsHead(context.Request.Method))
            return;

        foreach (ReadOnlyMemory<byte> segment in body.Segments)
        {
            for (int at = 0; at < segment.Length; at += WriteSize)
            {
                ReadOnlyMemory<byte> part = segment.Slice(at, Math.Min(WriteSize, segment.Length - at));
                await context.Response.Body.WriteAsync(part, context.RequestAborted);
            }
        }
    }
}
