using System.Text.Json;
using Azure.Core;

namespace IotHubDsr.Core.Azure.Provisioning;

/// <summary>A request to a Device Provisioning Service.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Encoded path without the leading slash.</param>
/// <param name="Operation">What it takes to be allowed.</param>
internal sealed record ProvisioningRequest(RequestMethod Method, string Path, ProvisioningOperation Operation)
{
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>JSON; empty for none.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Records what the request destroys; it is called when the request has its turn. Null for none.</summary>
    public Func<CancellationToken, ValueTask>? Announce { get; init; }
}

/// <summary>The answer of a Device Provisioning Service, of any status.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Json">The body; null when it is not a whole JSON document.</param>
/// <param name="Reason">What the service said of a failure; null on success, and when the answer is not in its words.</param>
/// <param name="Code">Its error code; null when it named none.</param>
/// <param name="WasRetried">Whether an earlier attempt may have had its effect although its reply was lost.</param>
/// <param name="Continuation">Token of the next page; null at the end.</param>
internal sealed record ProvisioningReply(int Status, JsonElement? Json, string? Reason, string? Code, bool WasRetried, string? Continuation)
{
    private const string Missing = "404201";

    /// <summary>
    /// Whether the service said that there is no such thing. A bare 404 says that something does not know the address.
    /// </summary>
    public bool SaysAbsent => Status == 404 && Code == Missing;

    /// <summary>Never the document itself: it can hold keys.</summary>
    public override string ToString() => $"{Status} {Reason}";
}
