using IotHubDsr.Sandbox.Hosting;

namespace IotHubDsr.Sandbox.Messaging.Amqp;

/// <summary>
/// Writes operations over AMQP to the request log: the operation as the method, the namespace as the host, the address as the target.
/// </summary>
internal sealed class AmqpLog(RequestLog log)
{
    private static readonly string[] Mutating =
    [
        "send",
        "receive-locked",
        "receive-and-delete",
        "complete",
        "abandon",
        "defer",
        "dead-letter",
        "release",
        "com.microsoft:schedule-message",
        "com.microsoft:cancel-scheduled-message",
        "com.microsoft:receive-by-sequence-number",
        "com.microsoft:update-disposition",
        "com.microsoft:renew-lock",
        "com.microsoft:renew-session-lock",
        "com.microsoft:set-session-state",
    ];

    public void Add(BrokerConnection connection, string operation, string address, int status)
    {
        string service = connection.Namespace?.Service ?? "messaging";
        log.Add(service, operation, connection.HostName, address, status, Mutating.Contains(operation));
    }
}
