using System.Runtime.CompilerServices;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace IotHubDsr.Core.Azure;

/// <summary>
/// Remembers which Azure RBAC action a refused request requires: Azure Storage refuses without naming it, and the exceptions of its clients
/// do not know the request.
/// </summary>
internal sealed class RequiredActions : HttpPipelinePolicy
{
    private static readonly ConditionalWeakTable<Response, string> s_ofRefusals = [];

    public static RequiredActions Policy { get; } = new();

    /// <summary>The action that a refused request needs; null when it is not known.</summary>
    public static string? Of(Response? refusal) =>
        refusal is not null && s_ofRefusals.TryGetValue(refusal, out string? action) ? action : null;

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        ProcessNext(message, pipeline);
        Note(message);
    }

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        await ProcessNextAsync(message, pipeline);
        Note(message);
    }

    private static void Note(HttpMessage message)
    {
        if (message.Response.Status != 403 || !message.Request.Headers.Contains("x-ms-version"))
            return;
        s_ofRefusals.AddOrUpdate(
            message.Response,
            StorageHost.ServiceOf(message.Request.Uri.Host ?? string.Empty) switch
            {
                StorageHost.Queues => QueueActions.Of(message.Request),
                StorageHost.Tables => TableActions.Of(message.Request),
                _ => BlobActions.Of(message.Request),
            }
        );
    }
}
