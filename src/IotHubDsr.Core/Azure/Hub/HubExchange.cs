using System.Text.Json;
using Azure.Core;

namespace IotHubDsr.Core.Azure.Hub;

/// <summary>A request to the hub.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Encoded path without the leading slash.</param>
/// <param name="Operation">What it is in the hub's terms.</param>
internal sealed record HubRequest(RequestMethod Method, string Path, HubOperation Operation)
{
    /// <summary>How many operations the hub counts it as.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>Further parameters, encoded, each after its <c>&amp;</c>.</summary>
    public string Query { get; init; } = string.Empty;

    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>Records what the request destroys; it is called when the request has its turn. Null for none.</summary>
    public Func<CancellationToken, ValueTask>? Announce { get; init; }

    /// <summary>JSON; empty for none.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }
}

/// <summary>The hub's reply, of any status.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">The body.</param>
/// <param name="Error">What the hub said of a failure; null on success and when the reply is not in the hub's words.</param>
/// <param name="WasRetried">Whether an earlier attempt may have had its effect although its reply was lost.</param>
/// <param name="Continuation">Token of the next page of a query; null at the end.</param>
internal sealed record HubReply(int Status, ReadOnlyMemory<byte> Body, HubError? Error, bool WasRetried, string? Continuation)
{
    /// <summary>
    /// Whether the hub said that the device is not there. A bare 404 says that something does not know the address, not that the hub
    /// does not know the device.
    /// </summary>
    public bool SaysDeviceAbsent => Status == 404 && Error is { Code: HubErrorCodes.DeviceNotFound, NamesMissingHub: false };

    /// <summary>Whether the hub said that the module is not there.</summary>
    public bool SaysModuleAbsent => Status == 404 && Error is { Code: HubErrorCodes.ModuleNotFound, NamesMissingHub: false };

    /// <summary>The body; null when it is not a whole JSON document, the look-alike of "nothing there".</summary>
    public JsonElement? Json()
    {
        if (Body.IsEmpty)
            return null;
        try
        {
            using var document = JsonDocument.Parse(Body);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
