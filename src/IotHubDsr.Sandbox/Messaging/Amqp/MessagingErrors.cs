using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Framing;

namespace IotHubDsr.Sandbox.Messaging.Amqp;

/// <summary>What the service refuses: on a link with the condition, to a request with the status as well.</summary>
internal sealed class MessagingRefusal(int status, string condition, string text) : Exception(text)
{
    public int Status { get; } = status;

    public string Condition { get; } = condition;

    public AmqpException ToLinkError() => new(new Error { Condition = Condition, Description = Message });
}

/// <summary>The service's own errors, by its own names.</summary>
internal static class MessagingErrors
{
    public const string ServerBusy = "com.microsoft:server-busy";
    public const string MessageLockLost = "com.microsoft:message-lock-lost";
    public const string SessionLockLost = "com.microsoft:session-lock-lost";
    public const string SessionCannotBeLocked = "com.microsoft:session-cannot-be-locked";
    public const string MessageNotFound = "com.microsoft:message-not-found";
    public const string Timeout = "com.microsoft:timeout";
    public const string ArgumentOutOfRange = "com.microsoft:argument-out-of-range";
    public const string ArgumentError = "com.microsoft:argument-error";
    public const string LockLostText =
        "The lock supplied is invalid. Either the lock expired, or the message has already been removed from the queue, or was received by a "
        + "different receiver instance.";

    public static AmqpException NoNamespace(string host) =>
        new(new Error { Condition = AmqpErrorCode.NotFound, Description = $"The namespace '{host}' could not be found." });

    public static MessagingRefusal NotFound(MessagingNamespace owner, string address) =>
        new(404, AmqpErrorCode.NotFound.Value, $"The messaging entity 'sb://{owner.HostName}/{address}' could not be found.");

    public static MessagingRefusal Unauthorized(MessagingNamespace owner, string address, MessagingRight right) =>
        new(
            401,
            AmqpErrorCode.UnauthorizedAccess.Value,
            $"Unauthorized access. '{right}' claim(s) are required to perform this operation. Resource: 'sb://{owner.HostName}/{address}'."
        );

    public static MessagingRefusal BadToken(string text) => new(401, AmqpErrorCode.UnauthorizedAccess.Value, text);

    public static MessagingRefusal NotAllowed(string text) => new(400, AmqpErrorCode.NotAllowed.Value, text);

    /// <summary>What Azure may well do, and this sandbox does not.</summary>
    public static MessagingRefusal NotSimulated(string what) =>
        new(501, AmqpErrorCode.NotImplemented.Value, $"Not simulated by the sandbox: {what}.");

    public static Rejected Rejected(string condition, string text) =>
        new()
        {
            Error = new Error { Condition = condition, Description = text },
        };
}
