using Azure.Core;
using Azure.Core.Pipeline;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Azure;

/// <summary>
/// Directly before a call that changes something is sent, and before each further attempt, looks whether the process may still make it: a
/// process can be stopped anywhere, for as long as its machine likes, and goes on in the middle of what is another one's by then.
/// </summary>
internal sealed class FencePolicy : HttpPipelinePolicy
{
    private static readonly string s_mark = typeof(ISendingFence).FullName!;

    public static FencePolicy Instance { get; } = new();

    /// <summary>All that this asynchronous flow sends from now on, until the result is disposed of, is sent within a fence.</summary>
    public static IDisposable Begin(ISendingFence? fence) =>
        HttpPipeline.CreateHttpMessagePropertiesScope(new Dictionary<string, object?> { [s_mark] = fence });

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => ProcessNext(message, pipeline);

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        if (
            message.Request.Method != RequestMethod.Get
            && message.Request.Method != RequestMethod.Head
            && message.TryGetProperty(s_mark, out object? value)
            && value is ISendingFence fence
        )
        {
            // To look can be to renew a lease, which is a call of its own.
            using (Begin(fence: null))
                await fence.RequireAsync(message.CancellationToken);
        }

        await ProcessNextAsync(message, pipeline);
    }
}
