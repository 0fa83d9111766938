using Azure.Core;
using Azure.Core.Pipeline;

namespace IotHubDsr.Core.Azure;

/// <summary>Reports each request to the running operation: method, host, path and status, never a query, a header or a body.</summary>
internal sealed class RequestTracePolicy : HttpPipelinePolicy
{
    public static RequestTracePolicy Instance { get; } = new();

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        ProcessNext(message, pipeline);
        Trace(message);
    }

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        await ProcessNextAsync(message, pipeline);
        Trace(message);
    }

    private static void Trace(HttpMessage message) =>
        OperationNotices.Send(
            NoticeLevel.Debug,
            $"{message.Request.Method} {message.Request.Uri.Host}{message.Request.Uri.ToUri().AbsolutePath} -> {message.Response.Status}"
        );
}
