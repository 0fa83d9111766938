using Azure.Identity;

namespace IotHubDsr.Core.Azure.Logs;

/// <summary>One sending of an order to purge. The service knows orders by no ID of ours: what was accepted twice counts twice.</summary>
internal sealed class PurgeAttempt
{
    /// <summary>The ID of the request, by which the service's support finds it.</summary>
    public string RequestId { get; } = $"{Guid.NewGuid():D}";

    /// <summary>Whether the service may have accepted the order: it was sent, and not refused.</summary>
    public bool MayBeAccepted { get; private set; }

    public void Begin() => MayBeAccepted = true;

    public void EndWith(int status) => MayBeAccepted = status is not (>= 400 and < 500 and not 408);

    public void EndWith(Exception failure) => MayBeAccepted = MaySend(failure);

    /// <summary>Whether a request that failed may have reached the service: one without a token or a connection has not.</summary>
    public static bool MaySend(Exception failure) =>
        failure switch
        {
            AuthenticationFailedException => false,
            HttpRequestException
            {
                HttpRequestError: HttpRequestError.NameResolutionError
                    or HttpRequestError.ConnectionError
                    or HttpRequestError.SecureConnectionError
                    or HttpRequestError.ProxyTunnelError
            } => false,
            AggregateException aggregate => aggregate.InnerExceptions.Any(MaySend),
            { InnerException: { } inner } => MaySend(inner),
            _ => true,
        };
}
