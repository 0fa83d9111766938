using IotHubDsr.Sandbox.Storage.Blobs;
using Microsoft.AspNetCore.Http.Features;

namespace IotHubDsr.Sandbox.Storage.Rest;

/// <summary>Reads a body once, into the arrays in which the store keeps it.</summary>
internal static class RequestBody
{
    /// <summary>What one request may carry, as the service limits Put Blob.</summary>
    private const long Limit = 5000L * 1024 * 1024;

    private const int LongestSegment = 16 * 1024 * 1024;

    public static async Task<BlobContent> ReadAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        bool isWrite = HttpMethods.IsPut(request.Method) || HttpMethods.IsPost(request.Method);
        if (request.ContentLength is not { } length)
            return isWrite ? throw new StorageException(StorageErrors.MissingContentLength) : BlobContent.Empty;

        if (length > Limit)
            throw new StorageException(StorageErrors.RequestBodyTooLarge);

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
            feature.MaxRequestBodySize = Limit;

        var segments = new List<BlobContent>();
        for (long left = length; left > 0; )
        {
            byte[] segment = GC.AllocateUninitializedArray<byte>((int)Math.Min(left, LongestSegment));
            int read = await request.Body.ReadAtLeastAsync(segment, segment.Length, throwOnEndOfStream: false, context.RequestAborted);
            if (read < segment.Length)
                throw new StorageException(StorageErrors.IncompleteBody);

            segments.Add(BlobContent.Of(segment));
            left -= segment.Length;
        }

        var body = BlobContent.Concat(segments);
        string structured = request.Headers[StructuredMessage.Header].ToString();
        return structured.Length == 0 || !isWrite ? body : StructuredMessage.Decode(body.ToMemory(), structured, StructuredLength(request));
    }

    private static long StructuredLength(HttpRequest request)
    {
        string value = request.Headers[StructuredMessage.LengthHeader].ToString();
        return long.TryParse(value, out long length) ? length : throw StorageErrors.InvalidHeader(StructuredMessage.LengthHeader, value);
    }
}
