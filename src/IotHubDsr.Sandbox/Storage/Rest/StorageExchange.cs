using System.Globalization;
using IotHubDsr.Sandbox.Storage.Blobs;

namespace IotHubDsr.Sandbox.Storage.Rest;

/// <summary>What the services of Azure Storage have in common on the wire: versions, headers, and the form of a refusal.</summary>
internal sealed class StorageExchange(TimeProvider time, string server)
{
    /// <summary>The newest version of the services that is simulated; a newer one is refused, as they would.</summary>
    public static readonly DateOnly NewestVersion = new(2026, 10, 6);

    private const string VersionHeader = "x-ms-version";

    // A whole segment in one write would be copied whole into the server's output buffers.
    private const int WriteSize = 128 * 1024;

    public static void RequireVersion(HttpRequest request, RequestTarget target)
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
        headers["Server"] = server;
        headers["Date"] = time.GetUtcNow().ToString("R", CultureInfo.InvariantCulture);
        headers["x-ms-request-id"] = requestId;
        headers[VersionHeader] = context.Request.Headers[VersionHeader];
        if (context.Request.Headers["x-ms-client-request-id"] is { Count: > 0 } clientRequestId)
            headers["x-ms-client-request-id"] = clientRequestId;

        await SendAsync(context, response);
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
