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

    private static Fault FaultOf(EventHubsException failed, EventHubPlace place) =>
        failed.Reason switch
        {
            EventHubsException.FailureReason.ResourceNotFound => FaultCatalogue.LocationMissing.For(
                place.Target,
                $"neither the event hub '{place.Name}' nor its consumer group '{place.Group}' may be missing"
            ),
            EventHubsException.FailureReason.QuotaExceeded => FaultCatalogue.ConsumerGroupFull.For(place.Target, place.Group),
            EventHubsException.FailureReason.ConsumerDisconnected => FaultCatalogue.ServiceFailed.For(
                place.Target,
                $"a reader that claims the partition for itself took it over in the consumer group '{place.Group}'"
            ),
            EventHubsException.FailureReason.ServiceBusy => FaultCatalogue.Throttled.For(
                place.Target,
                AzureFaults.FirstLine(failed.Message)
            ),
            EventHubsException.FailureReason.ServiceTimeout or EventHubsException.FailureReason.ServiceCommunicationProblem =>
                FaultCatalogue.ConnectionFailed.For(place.Host, AzureFaults.FirstLine(failed.Message)),
            _ => FaultCatalogue.ServiceFailed.For(place.Target, AzureFaults.FirstLine(failed.Message)),
        };
}
