using Azure.Core;
using Azure.Core.Pipeline;

namespace IotHubDsr.Core.Azure.Hub;

/// <summary>Authorises each request with a token made from a shared access key.</summary>
internal sealed class SharedAccessSignaturePolicy(HubConnectionString connectionString, TimeProvider time) : HttpPipelineSynchronousPolicy
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    // The service tolerates clocks that differ by five minutes; a token must outlive that and the request.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(10);

    private volatile Token? _token;

    public override void OnSendingRequest(HttpMessage message) =>
        message.Request.Headers.SetValue(HttpHeader.Names.Authorization, CurrentToken());

    private string CurrentToken()
    {
        DateTimeOffset now = time.GetUtcNow();
        if (_token is not { } token || token.Expiry - Margin <= now)
        {
            // Two requests may both make a token: either is good.
            DateTimeOffset expiry = now + Lifetime;
            token = new Token(SharedAccessSignature.Create(connectionString, expiry), expiry);
            _token = token;
        }

        return token.Header;
    }

    private sealed class Token(string header, DateTimeOffset expiry)
    {
        public string Header { get; } = header;

        public DateTimeOffset Expiry { get; } = expiry;
    }
}
