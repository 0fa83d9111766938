using Azure.Core;
using Azure.Core.Pipeline;

namespace IotHubDsr.Core.Azure;

/// <summary>
/// Tells a <see cref="ServiceClock"/> the time in each answer of a service; a cache's answer is old, and a gateway's is not the service's.
/// </summary>
internal sealed class ServiceTimePolicy(ServiceClock clock) : HttpPipelinePolicy
{
    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        ProcessNext(message, pipeline);
        Hear(message);
    }

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        await ProcessNextAsync(message, pipeline);
        Hear(message);
    }

    private void Hear(HttpMessage message)
    {
        bool isService = message.Response.Status is not 407 and < 500 && !message.Response.Headers.Contains("Age");
        if (isService && message.Response.Headers.TryGetValue("Date", out string? date) && message.Request.Uri.Host is { } host)
            clock.Hear(host, date);
    }
}
