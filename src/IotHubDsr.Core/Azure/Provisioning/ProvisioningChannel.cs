using System.Collections.Concurrent;
using System.Text.Json;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using IotHubDsr.Core.Azure.Hub;

namespace IotHubDsr.Core.Azure.Provisioning;

/// <summary>
/// Sends requests to a Device Provisioning Service at its pace, with the account's token; where that is refused, with the key of a policy
/// that the account may list. Replies are read without being judged.
/// </summary>
internal sealed class ProvisioningChannel(AzureAccess access, string hostName, ProvisioningKeys keys, TokenBucket pace)
{
    private const string ApiVersion = "2021-10-01";
    private const string ErrorCodeHeader = "x-ms-error-code";
    private const string ContinuationHeader = "x-ms-continuation";

    private static readonly JsonDocumentOptions Bounded = new() { MaxDepth = 64 };

    private readonly ConcurrentDictionary<string, HttpPipeline> _signing = new(StringComparer.Ordinal);

    public string HostName => hostName;

    /// <inheritdoc cref="TokenBucket.TimeFor" />
    public TimeSpan TimeFor(long calls) => pace.TimeFor(calls);

    public async Task<ProvisioningReply> SendAsync(ProvisioningRequest request, CancellationToken cancellationToken)
    {
        var call = new PacedCall(token => pace.TakeAsync(1, onWait: null, token), pace.Pause);
        return await call.SendAsync(
            request.Announce,
            token => SendAuthorisedAsync(request, call, token),
            static reply => reply.Status,
            cancellationToken
        );
    }

    private async Task<ProvisioningReply> SendAuthorisedAsync(
        ProvisioningRequest request,
        PacedCall call,
        CancellationToken cancellationToken
    )
    {
        string right = request.Operation.Right;
        if (_signing.TryGetValue(right, out HttpPipeline? known))
            return await SendOnceAsync(known, request, call, cancellationToken);
        ProvisioningReply reply = await SendOnceAsync(access.PipelineFor(access.Cloud.ProvisioningScope), request, call, cancellationToken);
        if (reply.Status is not (401 or 403) || await keys.FindAsync(right, cancellationToken) is not { } key)
            return reply;
        HttpPipeline signing = access.CreatePipeline(new SharedAccessSignaturePolicy(key, access.Clock));
        ProvisioningReply signed = await SendOnceAsync(signing, request, call, cancellationToken);
        if (signed.Status is 401 or 403)
            return reply;
        _signing[right] = signing;
        return signed;
    }

    /// <summary>One round, with the attempts of the retry policy.</summary>
    private async Task<ProvisioningReply> SendOnceAsync(
        HttpPipeline pipeline,
        ProvisioningRequest request,
        PacedCall call,
        CancellationToken cancellationToken
    )
    {
        try
        {
            using HttpMessage message = pipeline.CreateMessage();
            message.SetProperty(typeof(IAttemptObserver), call);
            message.Request.Method = request.Method;
            message.Request.Uri.Reset(new Uri($"https://{hostName}/{request.Path}?api-version={ApiVersion}"));
            message.Request.Headers.SetValue(HttpHeader.Names.Accept, "application/json");
            foreach ((string name, string value) in request.Headers)
                message.Request.Headers.SetValue(name, value);
            if (!request.Body.IsEmpty)
            {
                message.Request.Headers.SetValue(HttpHeader.Names.ContentType, "application/json; charset=utf-8");
                message.Request.Content = RequestContent.Create(request.Body);
            }

            await pipeline.SendAsync(message, cancellationToken);
            return Read(message.Response, call.MayHaveHadEffect);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            ProvisioningOperation operation = request.Operation;
            throw AzureFaults.Translate(exception, ProvisioningFaults.NameOf(hostName), operation.Verb, operation.Role, operation.Action);
        }
    }

    private static ProvisioningReply Read(Response response, bool wasRetried)
    {
        JsonElement? json = Parse(response);
        string? code = Header(response, ErrorCodeHeader);
        bool failed = response.Status is < 200 or > 299;
        if (
            failed
            && code is null
            && json is { ValueKind: JsonValueKind.Object } body
            && body.TryGetProperty("errorCode", out JsonElement given)
        )
        {
            code = given.ToString();
        }

        return new ProvisioningReply(
            response.Status,
            json,
            failed ? ProvisioningFaults.ReasonOf(code, json) : null,
            failed ? code : null,
            wasRetried,
            Header(response, ContinuationHeader)
        );
    }

    private static JsonElement? Parse(Response response)
    {
        ReadOnlyMemory<byte> body = response.ContentStream is null ? default : response.Content.ToMemory();
        if (body.IsEmpty)
            return null;
        try
        {
            using var document = JsonDocument.Parse(body, Bounded);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Header(Response response, string name) =>
        response.Headers.TryGetValue(name, out string? value) && value.Length > 0 ? value : null;
}
