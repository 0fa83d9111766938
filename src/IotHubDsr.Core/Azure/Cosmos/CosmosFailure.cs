using System.Globalization;
using Azure.Identity;
using Microsoft.Azure.Cosmos;

namespace IotHubDsr.Core.Azure.Cosmos;

/// <summary>What became of a call that did not succeed.</summary>
/// <param name="Status">Status of the answer; 0 when there was none.</param>
/// <param name="SubStatus">What the service says beside it.</param>
internal sealed record CosmosFailure(int Status, int SubStatus)
{
    private const int OwnerMissing = 1003;
    private const int SessionNotThere = 1002;
    private const string RetryAfterHeader = "x-ms-retry-after-ms";

    /// <summary>How long the service wishes to be left alone; null when it does not say.</summary>
    public TimeSpan? Wait { get; private init; }

    /// <summary>The service asks for fewer requests.</summary>
    public bool IsThrottle => Status == 429;

    /// <summary>The token or key was refused, or a right is missing.</summary>
    public bool IsRefusal => Status is 401 or 403;

    /// <summary>The document, and not the container, is missing.</summary>
    public bool IsDocumentMissing => Status == 404 && SubStatus is not (OwnerMissing or SessionNotThere);

    /// <summary>Whether another attempt may succeed.</summary>
    public bool IsPassing =>
        Status is 0 or 408 or 410 or 429 or 449 or 500 or 502 or 503 or 504 || (Status == 404 && SubStatus == SessionNotThere);

    /// <summary>Null when it is no failure of a call: of signing in, or one that was made here.</summary>
    public static CosmosFailure? Of(Exception exception) =>
        exception switch
        {
            DsrException => null,
            CosmosException failed => Of(failed),
            HttpRequestException or IOException or System.Net.Sockets.SocketException or TimeoutException or OperationCanceledException =>
                new CosmosFailure(0, 0),
            _ => null,
        };

    public override string ToString() =>
        SubStatus == 0
            ? string.Create(CultureInfo.InvariantCulture, $"status {Status}")
            : string.Create(CultureInfo.InvariantCulture, $"status {Status}, substatus {SubStatus}");

    private static CosmosFailure? Of(CosmosException failed)
    {
        // What the client wraps is what failed: signing in, or a request that was not let out.
        for (Exception? inner = failed.InnerException; inner is not null; inner = inner.InnerException)
        {
            if (inner is DsrException or AuthenticationFailedException)
                return null;
        }

        TimeSpan? wait = failed.RetryAfter
            ?? (
                failed.Headers.TryGetValue(RetryAfterHeader, out string? text)
                && double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double milliseconds)
                    ? TimeSpan.FromMilliseconds(milliseconds)
                    : null
            );
        return new CosmosFailure((int)failed.StatusCode, failed.SubStatusCode) { Wait = wait };
    }
}

/// <summary>A call that did not succeed, after all attempts.</summary>
internal sealed class CosmosCallException(CosmosFailure failure, Exception cause) : Exception(failure.ToString(), cause)
{
    public CosmosFailure Failure => failure;
}
