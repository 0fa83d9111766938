using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using IotHubDsr.Azure;

namespace IotHubDsr.Hub;

/// <summary>Sends requests to a hub at its pace, and reads replies without judging them.</summary>
internal sealed class HubChannel(HttpPipeline pipeline, Uri endpoint, HubThrottle throttle)
{
    private const string ApiVersion = "2021-04-12";
    private const string ErrorCodeHeader = "iothub-errorcode";
    private const string ContinuationHeader = "x-ms-continuation";

    public string HostName { get; } = endpoint.Host;

    public async Task<HubReply> SendAsync(HubRequest request, CancellationToken cancellationToken)
    {
        await throttle.WaitAsync(request.Operation.Class, request.Weight, cancellationToken).ConfigureAwait(false);
        using HttpMessage message = pipeline.CreateMessage();
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
            await pipeline.SendAsync(message, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw AzureFaults.Translate(exception, HubFaults.NameOf(HostName), request.Operation.Verb, request.Operation.Role);
        }

        return Read(message.Response, message.ProcessingContext.RetryNumber > 0);
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
            Header(response, ContinuationHeader));
    }

    private static string? Header(Response response, string name) =>
        response.Headers.TryGetValue(name, out string? value) && value.Length > 0 ? value : null;
}
