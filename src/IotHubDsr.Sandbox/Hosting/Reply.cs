using System.Buffers;
using System.Security;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace IotHubDsr.Sandbox.Hosting;

/// <summary>Writes whole responses with their length, as the simulated services do.</summary>
internal static class Reply
{
    // Azure's services do not escape apostrophes and angle brackets: clients must cope with them as they are.
    private static readonly JsonWriterOptions Unescaped = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Task JsonAsync(HttpContext context, int status, JsonNode body)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Unescaped))
            body.WriteTo(writer);

        return BytesAsync(context, status, "application/json; charset=utf-8", buffer.WrittenMemory);
    }

    public static Task JsonAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type) =>
        BytesAsync(context, StatusCodes.Status200OK, "application/json; charset=utf-8", JsonSerializer.SerializeToUtf8Bytes(value, type));

    public static Task TextAsync(HttpContext context, int status, string text) =>
        BytesAsync(context, status, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(text));

    /// <summary>The error shape of Azure Storage.</summary>
    public static Task StorageErrorAsync(
        HttpContext context,
        int status,
        string code,
        string message,
        string server = "Windows-Azure-Blob/1.0"
    )
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.Server = server;
        headers["x-ms-version"] = context.Request.Headers["x-ms-version"];
        headers["x-ms-error-code"] = code;
        if (HttpMethods.IsHead(context.Request.Method))
        {
            // A client that expects an XML body parses it, and there is none.
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        }

        string xml = $"""
            <?xml version="1.0" encoding="utf-8"?><Error><Code>{code}</Code><Message>{SecurityElement.Escape(message)}</Message></Error>
            """;
        return BytesAsync(context, status, "application/xml", Encoding.UTF8.GetBytes(xml));
    }

    public static async Task BytesAsync(HttpContext context, int status, string contentType, ReadOnlyMemory<byte> body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        context.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }
}
