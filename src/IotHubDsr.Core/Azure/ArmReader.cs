using System.Runtime.CompilerServices;
using System.Text.Json;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace IotHubDsr.Core.Azure;

/// <summary>A call of Azure Resource Manager.</summary>
/// <param name="Path">Path from the root, each segment escaped.</param>
/// <param name="ApiVersion">Version of the provider's interface.</param>
/// <param name="Target">The target in words, as in "The account is not allowed to read …".</param>
internal sealed record ArmCall(string Path, string ApiVersion, string Target)
{
    /// <summary>The verb, as in "not allowed to … it".</summary>
    public string Verb { get; init; } = "read";

    /// <summary>The role or action that allows it.</summary>
    public string Permission { get; init; } = "Reader";

    /// <summary>Where that role has to be assigned: the subscription of a listing, the resource of a part of one.</summary>
    public string Scope =>
        Path.Split('?')[0].Split('/', StringSplitOptions.RemoveEmptyEntries) switch
        {
            [_, var subscription, "providers", ..] => $"the subscription {Uri.UnescapeDataString(subscription)}",
            [_, var subscription, _, var group, _, _, _] =>
                $"the resource group {Uri.UnescapeDataString(group)} of the subscription {Uri.UnescapeDataString(subscription)}",
            [_, _, _, _, "providers", _, _, _, ..] and var parts => $"the resource /{Uri.UnescapeDataString(string.Join('/', parts[..8]))}",
            _ => "the subscriptions that can hold data of the hub",
        };
}

/// <summary>
/// Reads Azure Resource Manager. Every failure is a <see cref="DsrException"/>; that of a missing resource is <c>LocationMissing</c>.
/// </summary>
internal sealed class ArmReader(AzureAccess access)
{
    /// <summary>No subscription has this many pages; a longer listing never ends.</summary>
    private const int MaxPages = 2_000;

    private static readonly JsonDocumentOptions Bounded = new() { MaxDepth = 64 };

    /// <summary>The way to Azure, for what resources tell only themselves.</summary>
    public AzureAccess Access => access;

    public Task<JsonElement> GetAsync(ArmCall call, CancellationToken cancellationToken) =>
        SendAsync(RequestMethod.Get, UriOf(call), call, cancellationToken);

    /// <summary>Calls an action that changes nothing, such as <c>listkeys</c>.</summary>
    public Task<JsonElement> PostAsync(ArmCall call, CancellationToken cancellationToken) =>
        PostAsync(call, ReadOnlyMemory<byte>.Empty, cancellationToken);

    /// <summary>Calls an action that changes nothing, and takes a body.</summary>
    public Task<JsonElement> PostAsync(ArmCall call, ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
        SendAsync(RequestMethod.Post, UriOf(call), call, cancellationToken, body);

    /// <summary>
    /// The items of a listing, page after page. A listing that cannot be read to its end throws: it never looks shorter than it is.
    /// </summary>
    public async IAsyncEnumerable<JsonElement> ListAsync(ArmCall call, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var progress = new PageProgress();
        progress.IsMade(UriOf(call).AbsoluteUri, items: 1, first: null);
        int pages = 0;
        for (Uri? uri = UriOf(call); uri is not null; )
        {
            JsonElement page = await SendAsync(RequestMethod.Get, uri, call, cancellationToken);
            if (
                page.ValueKind != JsonValueKind.Object
                || !page.TryGetProperty("value", out JsonElement items)
                || items.ValueKind != JsonValueKind.Array
            )
            {
                throw FaultCatalogue.ServiceFailed.Exception(call.Target, "the response contains no list.");
            }

            foreach (JsonElement item in items.EnumerateArray())
                yield return item;
            uri = NextOf(page, call);
            string? first = items.GetArrayLength() == 0 ? null : items[0].GetRawText();
            if (!progress.IsMade(uri?.AbsoluteUri, items.GetArrayLength(), first) || (uri is not null && ++pages >= MaxPages))
                throw FaultCatalogue.ServiceFailed.Exception(call.Target, "the listing never ends.");
        }
    }

    private Uri? NextOf(JsonElement page, ArmCall call)
    {
        if (!page.TryGetProperty("nextLink", out JsonElement link) || link.ValueKind == JsonValueKind.Null)
            return null;
        if (link.ValueKind != JsonValueKind.String)
            throw FaultCatalogue.ServiceFailed.Exception(call.Target, "the address of the next page is invalid.");
        if (link.GetString() is not { Length: > 0 } text)
            return null;

        // The request carries the account's token, which must not go to another host.
        if (
            !Uri.TryCreate(access.Cloud.ArmEndpoint, text, out Uri? next)
            || Uri.Compare(
                next,
                access.Cloud.ArmEndpoint,
                UriComponents.SchemeAndServer,
                UriFormat.Unescaped,
                StringComparison.OrdinalIgnoreCase
            ) != 0
        )
        {
            throw FaultCatalogue.ServiceFailed.Exception(call.Target, "the next page of the listing is at another host.");
        }

        return next;
    }

    private Uri UriOf(ArmCall call) =>
        new(
            access.Cloud.ArmEndpoint,
            $"{call.Path}{(call.Path.Contains('?') ? '&' : '?')}api-version={Uri.EscapeDataString(call.ApiVersion)}"
        );

    private async Task<JsonElement> SendAsync(
        RequestMethod method,
        Uri uri,
        ArmCall call,
        CancellationToken cancellationToken,
        ReadOnlyMemory<byte> body = default
    )
    {
        try
        {
            HttpPipeline pipeline = access.PipelineFor(access.Cloud.ArmScope);
            using HttpMessage message = pipeline.CreateMessage();
            message.Request.Method = method;
            message.Request.Uri.Reset(uri);
            message.Request.Headers.Add(HttpHeader.Common.JsonAccept);
            if (method == RequestMethod.Post)
                message.Request.Content = RequestContent.Create(body);
            if (!body.IsEmpty)
                message.Request.Headers.Add(HttpHeader.Common.JsonContentType);
            await pipeline.SendAsync(message, cancellationToken);
            return Read(message.Response);
        }
        catch (JsonException exception)
        {
            throw new DsrException(FaultCatalogue.ServiceFailed.For(call.Target, "the response is not JSON."), exception);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            throw AzureFaults.Translate(
                exception,
                call.Target,
                call.Verb,
                call.Permission,
                ArmActions.Of(method, uri),
                call.Scope,
                $"Azure Resource Manager ({uri.Host})"
            );
        }
    }

    private static JsonElement Read(Response response)
    {
        if (response.Status is not (>= 200 and < 300))
            throw ArmError.Read(response);
        using var document = JsonDocument.Parse(response.Content, Bounded);
        return document.RootElement.Clone();
    }
}
