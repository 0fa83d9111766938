using Azure.Messaging.EventHubs;

namespace IotHubDsr.Core.Azure.Messaging;

/// <summary>Translates failures of messaging into catalogued faults.</summary>
internal static class MessagingFaults
{
    private const string ReadRole = "Azure Event Hubs Data Receiver";
    private const string ReadAction = "Microsoft.EventHub/namespaces/messages/receive/action";

    public static DsrException Translate(Exception exception, EventHubPlace place) =>
        exception switch
        {
            DsrException dsr => dsr,
            UnauthorizedAccessException when place.Key is { } key => new DsrException(
                FaultCatalogue.AuthenticationFailed.For(place.Target, $"the key of the policy '{key.Policy}' was refused"),
                exception
            ),
            UnauthorizedAccessException => new DsrException(
                AzureFaults.PermissionMissing(place.Target, "read", ReadRole, place.Scope, ReadAction),
                exception
            ),
            EventHubsException failed => new DsrException(FaultOf(failed, place), failed),
            TimeoutException => new DsrException(
                FaultCatalogue.ConnectionFailed.For(place.Host, AzureFaults.FirstLine(exception.Message)),
                exception
            ),
            _ => AzureFaults.Translate(exception, place.Target, "read", ReadRole, ReadAction, place.Scope, place.Host),
        };

    /// <summary>Whether another attempt may succeed: the connection broke, or the service asks to wait.</summary>
    public static bool IsPassing(Exception exception) =>
        exception
            is EventHubsException { IsTransient: true }
                or IOException
                or System.Net.Sockets.SocketException
                or TimeoutException
                or OperationCanceledException
                or ObjectDisposedException;

    /// <summary>Whether a consumer group has as many readers of a partition as the service allows: it tells so in no other way.</summary>
    public static bool IsFull(Exception exception) =>
        exception is EventHubsException { Reason: EventHubsException.FailureReason.QuotaExceeded };

    private static Fault FaultOf(EventHubsException failed, EventHubPlace place) =>
        failed.Reason switch
        {
            EventHubsException.FailureReason.ResourceNotFound => FaultCatalogue.LocationMissing.For(
                place.Target,
                $"neither the event hub '{place.Name}' nor its consumer group '{place.Group}' may be missing"
            ),
            EventHubsException.FailureReason.QuotaExceeded => FaultCatalogue.ConsumerGroupFull.For(place.Target, place.Group),
            EventHubsException.FailureReason.ConsumerDisconnected => FaultCatalogue.ConsumerGroupClaimed.For(place.Target, place.Group),
            EventHubsException.FailureReason.ServiceBusy => FaultCatalogue.Throttled.For(
                place.Target,
                AzureFaults.FirstLine(failed.Message)
            ),
            EventHubsException.FailureReason.ServiceTimeout or EventHubsException.FailureReason.ServiceCommunicationProblem =>
                FaultCatalogue.ConnectionFailed.For(place.Host, AzureFaults.FirstLine(failed.Message)),
            _ => FaultCatalogue.ServiceFailed.For(place.Target, AzureFaults.FirstLine(failed.Message)),
        };
}
