using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace IotHubDsr.Core.Azure.Hub;

/// <summary>Sends requests to a hub at its pace, and reads replies without judging them.</summary>
internal sealed class HubChannel(HttpPipeline pipeline, Uri endpoint, HubThrottle throttle)
{
    private const string ApiVersion = "2021-04-12";
    private const string ErrorCodeHeader = "iothub-errorcode";
    private const string ContinuationHeader = "x-ms-continuation";
    private const int TooManyRequests = 429;

    // Others share the hub's limits: each round has the attempts of the retry policy, at the pace that the hub has asked for.
    private const int MaxRounds = 10;

    public string HostName { get; } = endpoint.Host;

    public async Task<HubReply> SendAsync(HubRequest request, CancellationToken cancellationToken)
    {
        for (int round = 1; ; round++)
        {
            await throttle.WaitAsync(request.Operation.Class, request.Weight, cancellationToken);

            // What waits for its turn is not yet about to be done.
            if (round == 1 && request.Announce is { } announce)
                await announce(cancellationToken);
            HubReply reply = await SendOnceAsync(request, cancellationToken);
            if (reply.Status != TooManyRequests || round == MaxRounds)
                return reply;
        }
    }

    /// <summary>One call, with the attempts of the retry policy.</summary>
    private async Task<HubReply> SendOnceAsync(HubRequest request, CancellationToken cancellationToken)
    {
        var attempts = new Attempts(throttle, request);
        using HttpMessage message = pipeline.CreateMessage();
        message.SetProperty(typeof(IAttemptObserver), attempts);
        message.Request.Method = request.Method;

        // A whole URI, kept as it is: a builder of paths would look for separators in what is encoded already.
        message.Request.Uri.Reset(new Uri(endpoint, $"/{request.Path}?api-version={ApiVersion}"));
        message.Request.Headers.SetValue(HttpHeader.Names.Accept, "application/json");
        foreach ((string name, string value) in request.Headers)
            message.Request.Headers.SetValue(name, value);
        if (!request.Body.IsEmpty)
        {
            message.Request.Headers.SetValue(HttpHeader.Names.ContentType, "application/json; charset=utf-8");
            message.Request.Content = RequestContent.Create(request.Body);
        }

        try
        {
            await pipeline.SendAsync(message, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw AzureFaults.Translate(exception, HubFaults.NameOf(HostName), request.Operation.Verb, request.Operation.Role);
        }

        return Read(message.Response, attempts.MayHaveHadEffect);
    }

    private static HubReply Read(Response response, bool wasRetried)
    {
        ReadOnlyMemory<byte> body = response.ContentStream is null ? default : response.Content.ToArray();
        bool failed = response.Status is < 200 or > 299;
        return new HubReply(
            response.Status,
            body,
            failed ? HubError.Read(Header(response, ErrorCodeHeader), body) : null,
            wasRetried,
            Header(response, ContinuationHeader)
        );
    }

    private static string? Header(Response response, string name) =>
        response.Headers.TryGetValue(name, out string? value) && value.Length > 0 ? value : null;

    /// <summary>Charges each attempt to the pace of the hub, and hands on the hub's wish for a pause.</summary>
    private sealed class Attempts(HubThrottle throttle, HubRequest request) : IAttemptObserver
    {
        /// <summary>Whether an attempt before the last one may have been carried out.</summary>
        public bool MayHaveHadEffect { get; private set; }

        public async ValueTask BeforeRetryAsync(CancellationToken cancellationToken) =>
            await throttle.WaitAsync(request.Operation.Class, request.Weight, cancellationToken);

        public void After(Response? response)
        {
            if (response?.Status is TooManyRequests or 503)
                throttle.Pause(request.Operation.Class, ServiceRetryPolicy.WishedDelay.WishOf(response) ?? TimeSpan.Zero);
            MayHaveHadEffect |= response?.Status is null or 408 or >= 500;
        }
    }
}
