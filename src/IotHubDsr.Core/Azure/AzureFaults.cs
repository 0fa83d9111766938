using System.Net.Sockets;
using System.Xml;
using Azure;
using Azure.Identity;

namespace IotHubDsr.Core.Azure;

/// <summary>Translates exceptions of Azure's libraries into catalogued faults: neither their types nor secrets cross the border.</summary>
internal static class AzureFaults
{
    /// <summary>Translates a failure of a call.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="target">What was called, in words.</param>
    /// <param name="verb">The verb, as in "not allowed to … it": <c>read</c>.</param>
    /// <param name="role">The role or permission that allows it.</param>
    /// <param name="action">The Azure RBAC action that it requires, if the caller knows it better than the request does.</param>
    /// <param name="scope">Where that role has to be assigned; null where the caller knows no better than the target.</param>
    /// <param name="service">The service that was called, where the target is only what it was asked about.</param>
    public static DsrException Translate(
        Exception exception,
        string target,
        string verb,
        string role,
        string? action = null,
        string? scope = null,
        string? service = null
    ) =>
        exception switch
        {
            DsrException dsr => dsr,
            RequestFailedException failed => new DsrException(
                FaultOf(failed, target, verb, role, action, scope, service ?? target),
                failed
            ),
            AuthenticationFailedException when FailedConnection(exception) is { } lost => new DsrException(
                FaultCatalogue.ConnectionFailed.For("the sign-in service", ReasonOf(lost)),
                exception
            ),
            AuthenticationFailedException => new DsrException(
                FaultCatalogue.CredentialUnavailable.For(target, FirstLine(exception.Message)),
                exception
            ),
            AggregateException aggregate when aggregate.InnerExceptions.Count > 0 => Translate(
                aggregate.InnerExceptions[^1],
                target,
                verb,
                role,
                action,
                scope,
                service
            ),
            HttpRequestException or IOException or SocketException or OperationCanceledException => new DsrException(
                FaultCatalogue.ConnectionFailed.For(service ?? target, ReasonOf(exception)),
                exception
            ),
            XmlException => new DsrException(FaultCatalogue.ServiceFailed.For(target, "its response could not be parsed"), exception),
            _ => Unforeseen(exception, target),
        };

    /// <summary>
    /// A failure that nobody foresaw; where it came from goes to the debug stream, which the recommended action asks for.
    /// </summary>
    public static DsrException Unforeseen(Exception exception, string target)
    {
        OperationNotices.Send(NoticeLevel.Debug, exception.ToString());
        return new DsrException(
            FaultCatalogue.Unforeseen.For(target, $"{exception.GetType().Name}: {FirstLine(exception.Message)}"),
            exception
        );
    }

    /// <summary>That a permission is missing, and which.</summary>
    /// <param name="target">What was called, in words.</param>
    /// <param name="verb">The verb, as in "not allowed to … it": <c>read</c>.</param>
    /// <param name="role">The role or permission that allows it.</param>
    /// <param name="scope">Where that role has to be assigned.</param>
    /// <param name="action">The Azure RBAC action that it requires; null when it is not known.</param>
    public static Fault PermissionMissing(string target, string verb, string role, string scope, string? action)
    {
        Fault fault = FaultCatalogue.PermissionMissing.For(target, verb, role, scope);
        return action is null ? fault : fault with { Message = $"{fault.Message.TrimEnd('.')}: the action {action} is missing." };
    }

    private static Fault FaultOf(
        RequestFailedException failed,
        string target,
        string verb,
        string role,
        string? action,
        string? scope,
        string service
    )
    {
        string reason = failed.ErrorCode is { Length: > 0 } code ? $"{code} ({failed.Status})" : $"status {failed.Status}";
        return (failed.Status, failed.ErrorCode) switch
        {
            (0, _) => FaultCatalogue.ConnectionFailed.For(service, ReasonOf(failed)),
            (401, _) => FaultCatalogue.AuthenticationFailed.For(target, reason),
            (403, _) => PermissionMissing(
                target,
                verb,
                role,
                scope ?? ScopeOf(role),
                action ?? RequiredActions.Of(failed.GetRawResponse())
            ),
            (404, _) => FaultCatalogue.LocationMissing.For(target, reason),
            (409, "BlobArchived") => FaultCatalogue.BlobArchived.For(target),
            (409, "BlobBeingRehydrated") => FaultCatalogue.BlobRehydrating.For(target),
            (409, "BlobImmutableDueToPolicy" or "BlobImmutableDueToLegalHold") => FaultCatalogue.BlobHeld.For(target, reason),
            (412, "LeaseIdMissing" or "LeaseIdMismatchWithBlobOperation") => FaultCatalogue.BlobLeased.For(target),
            (429, _) => FaultCatalogue.Throttled.For(target, reason),
            _ => FaultCatalogue.ServiceFailed.For(target, reason),
        };
    }

    private static string ScopeOf(string role) =>
        role.StartsWith("Storage Blob", StringComparison.Ordinal)
            ? "the container or its storage account"
            : "the resource that it is part of";

    /// <summary>What failed below a failure to sign in, if the network did; the message of that repeats it for each attempt.</summary>
    private static HttpRequestException? FailedConnection(Exception exception) =>
        exception switch
        {
            CredentialUnavailableException => null,
            HttpRequestException { StatusCode: null } lost => lost,
            AggregateException aggregate => aggregate.InnerExceptions.Select(FailedConnection).FirstOrDefault(lost => lost is not null),
            { InnerException: { } inner } => FailedConnection(inner),
            _ => null,
        };

    /// <summary>The cause, and the host where only an outer exception names it: that of a name that cannot be resolved does not.</summary>
    private static string ReasonOf(Exception exception)
    {
        string reason = FirstLine(Innermost(exception).Message);
        for (Exception? one = exception; one is not null; one = one.InnerException)
        {
            if (
                one is HttpRequestException { Message: var message }
                && message.LastIndexOf(" (", StringComparison.Ordinal) is > 0 and int start
                && message.EndsWith(')')
                && message.IndexOf(':', start) > 0
                && !reason.Contains(message[start..], StringComparison.Ordinal)
            )
            {
                return reason + FirstLine(message[start..]);
            }
        }

        return reason;
    }

    private static Exception Innermost(Exception exception)
    {
        while (exception.InnerException is { } inner)
            exception = inner;
        return exception;
    }

    /// <summary>What clients say goes on for several lines, with headers of the response.</summary>
    public static string FirstLine(string text)
    {
        int end = text.AsSpan().IndexOfAny('\r', '\n');
        return end < 0 ? text : text[..end];
    }
}
