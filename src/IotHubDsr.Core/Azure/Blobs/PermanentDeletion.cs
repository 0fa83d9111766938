using Azure.Core;
using Azure.Core.Pipeline;

namespace IotHubDsr.Core.Azure.Blobs;

/// <summary>
/// Makes a deletion permanent, which the service offers for soft-deleted versions and snapshots and the client library does not. It applies
/// to the requests of one asynchronous flow.
/// </summary>
internal static class PermanentDeletion
{
    private const string Mark = "IotHubDsr.PermanentDeletion";

    public static HttpPipelinePolicy Policy { get; } = new QueryPolicy();

    /// <summary>Deletions are permanent until the result is disposed of.</summary>
    public static IDisposable Begin() => HttpPipeline.CreateHttpMessagePropertiesScope(new Dictionary<string, object?> { [Mark] = true });

    private sealed class QueryPolicy : HttpPipelineSynchronousPolicy
    {
        public override void OnSendingRequest(HttpMessage message)
        {
            if (message.TryGetProperty(Mark, out _))
                message.Request.Uri.AppendQuery("deletetype", "permanent");
        }
    }
}
