using System.Net.Http.Headers;

namespace IotHubDsr.Core.Azure.Cosmos;

/// <summary>
/// Stands between Microsoft's client and the network: sends to the account's own host and to no other, as requests carry a token or are
/// signed; tells the time of the service, and the running operation what was asked.
/// </summary>
internal sealed class CosmosHandler(AzureAccess access, Uri endpoint) : DelegatingHandler(access.Handler)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (
            request.RequestUri is not { } address
            || Uri.Compare(address, endpoint, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) != 0
        )
        {
            throw FaultCatalogue.StorageHostNotTrusted.Exception(request.RequestUri?.Authority ?? "?", access.Cloud.Name);
        }

        HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
        OperationNotices.Send(NoticeLevel.Debug, $"{request.Method} {address.Host}{address.AbsolutePath} -> {(int)response.StatusCode}");
        if ((int)response.StatusCode < 500 && response.Headers.NonValidated.TryGetValues("Date", out HeaderStringValues dates))
            access.Clock.Hear(address.Host, dates.ToString());
        return response;
    }

    /// <summary>The handler below is the connection's, and outlives this one.</summary>
    protected override void Dispose(bool disposing) => base.Dispose(disposing: false);
}
