using System.Text.Json;
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

    public string HostName { get; } = endpoint.Host;

    /// <summary>The document of a reply that must have one.</summary>
    public JsonElement Success(HubReply reply, HubOperation operation) =>
        reply.Status == 200 ? reply.Json() ?? throw Incomplete("a whole JSON document") : throw Failure(reply, operation);

    public DsrException Failure(HubReply reply, HubOperation operation) =>
        new(HubFaults.For(reply.Status, reply.Error, operation, HostName));

    public DsrException Incomplete(string what) => new(HubFaults.Incomplete(what, HostName));

    public async Task<HubReply> SendAsync(HubRequest request, CancellationToken cancellationToken)
    {
        HubOperationClass limit = request.Operation.Class;
        var call = new PacedCall(token => throttle.WaitAsync(limit, request.Weight, token), wait => throttle.Pause(limit, wait));
        return await call.SendAsync(
            request.Announce,
            token => SendOnceAsync(request, call, token),
            static reply => reply.Status,
            cancellationToken
        );
    }

    /// <summary>One round, with the attempts of the retry policy.</summary>
    private async Task<HubReply> SendOnceAsync(HubRequest request, PacedCall call, CancellationToken cancellationToken)
    {
        using HttpMessage message = pipeline.CreateMessage();
        message.SetProperty(typeof(IAttemptObserver), call);
        message.Request.Method = request.Method;

        // A whole URI, kept as it is: a builder of paths would look for separators in what is encoded already.
        message.Request.Uri.Reset(new Uri(endpoint, $"/{request.Path}?api-version={ApiVersion}{request.Query}"));
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

        return Read(message.Response, call.MayHaveHadEffect);
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
}
