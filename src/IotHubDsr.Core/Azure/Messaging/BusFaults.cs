using Azure.Messaging.ServiceBus;

namespace IotHubDsr.Core.Azure.Messaging;

/// <summary>Translates failures of Service Bus into catalogued faults.</summary>
internal static class BusFaults
{
    private const string ReceiveRole = "Azure Service Bus Data Receiver";
    private const string ReceiveAction = "Microsoft.ServiceBus/namespaces/messages/receive/action";
    private const string SendRole = "Azure Service Bus Data Sender";
    private const string SendAction = "Microsoft.ServiceBus/namespaces/messages/send/action";

    /// <summary>A failure to read, or to settle what was received.</summary>
    public static DsrException Translate(Exception exception, BusPlace place, string verb) =>
        Translate(exception, place, verb, ReceiveRole, ReceiveAction);

    /// <summary>A failure to cancel what is scheduled, which is a sender's right.</summary>
    public static DsrException TranslateOfSender(Exception exception, BusPlace place) =>
        Translate(exception, place, "cancel scheduled messages in", SendRole, SendAction);

    /// <summary>Whether another attempt may succeed: the connection broke, or the service asks to wait.</summary>
    public static bool IsPassing(Exception exception) =>
        exception
            is ServiceBusException { IsTransient: true }
                or IOException
                or System.Net.Sockets.SocketException
                or TimeoutException
                or OperationCanceledException
                or ObjectDisposedException;

    /// <summary>Whether the service asks to wait.</summary>
    public static bool IsBusy(Exception exception) => exception is ServiceBusException { Reason: ServiceBusFailureReason.ServiceBusy };

    /// <summary>Whether a message can no longer be settled under its lock.</summary>
    public static bool IsLockLost(Exception exception) =>
        exception is ServiceBusException { Reason: ServiceBusFailureReason.MessageLockLost or ServiceBusFailureReason.SessionLockLost };

    /// <summary>Whether a message is not there any more, or not in the state that was asked for.</summary>
    public static bool IsNotThere(Exception exception) =>
        exception is ServiceBusException { Reason: ServiceBusFailureReason.MessageNotFound };

    /// <summary>Whether another receiver has the session.</summary>
    public static bool IsSessionTaken(Exception exception) =>
        exception
            is ServiceBusException { Reason: ServiceBusFailureReason.SessionCannotBeLocked or ServiceBusFailureReason.ServiceTimeout };

    /// <summary>Whether the service does not let anyone read the entity in this way.</summary>
    public static bool IsNotAllowed(Exception exception) => exception is InvalidOperationException and not ObjectDisposedException;

    private static DsrException Translate(Exception exception, BusPlace place, string verb, string role, string action) =>
        exception switch
        {
            DsrException dsr => dsr,
            UnauthorizedAccessException => new DsrException(
                AzureFaults.PermissionMissing(place.Target, verb, role, place.Scope, action),
                exception
            ),
            ServiceBusException failed => new DsrException(FaultOf(failed, place), failed),
            TimeoutException => new DsrException(
                FaultCatalogue.ConnectionFailed.For(place.Host, AzureFaults.FirstLine(exception.Message)),
                exception
            ),
            InvalidOperationException and not ObjectDisposedException => new DsrException(
                FaultCatalogue.ServiceFailed.For(place.Target, AzureFaults.FirstLine(exception.Message)),
                exception
            ),
            _ => AzureFaults.Translate(exception, place.Target, verb, role, action, place.Scope, place.Host),
        };

    private static Fault FaultOf(ServiceBusException failed, BusPlace place) =>
        failed.Reason switch
        {
            ServiceBusFailureReason.MessagingEntityNotFound => FaultCatalogue.LocationMissing.For(
                place.Target,
                "the service knows no such queue or subscription."
            ),
            ServiceBusFailureReason.MessagingEntityDisabled => FaultCatalogue.ServiceFailed.For(
                place.Target,
                "its owner has disabled it; what is in it can be read when it is enabled again."
            ),
            ServiceBusFailureReason.ServiceBusy => FaultCatalogue.Throttled.For(place.Target, AzureFaults.FirstLine(failed.Message)),
            ServiceBusFailureReason.ServiceTimeout or ServiceBusFailureReason.ServiceCommunicationProblem =>
                FaultCatalogue.ConnectionFailed.For(place.Host, AzureFaults.FirstLine(failed.Message)),
            _ => FaultCatalogue.ServiceFailed.For(place.Target, AzureFaults.FirstLine(failed.Message)),
        };
}
