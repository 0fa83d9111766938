using IotHubDsr.Sandbox.Hosting;

namespace IotHubDsr.Sandbox.Messaging.Amqp;

/// <summary>
/// What goes wrong on AMQP connections, and when. Of the frames or requests that match all given conditions the first <see cref="Skip"/>
/// pass, the next <see cref="Times"/> suffer, and the rest pass again. A rule has either a frame or an operation.
/// </summary>
internal sealed record AmqpFaultRule : ICountedFault<AmqpFaultRule>
{
    /// <summary>The host name of the namespace.</summary>
    public string? Host { get; init; }

    /// <summary>A part of the address that the link is attached to: "analytics", "$cbs", "/Partitions/3".</summary>
    public string? AddressContains { get; init; }

    /// <summary>open, begin, attach, flow, transfer, disposition, detach or end. Transfers count in both directions.</summary>
    public string? Frame { get; init; }

    /// <summary>put-token, READ, com.microsoft:peek-message and so on.</summary>
    public string? Operation { get; init; }

    public int Skip { get; init; }

    public int Times { get; init; } = 1;

    /// <summary>Closes the connection without a word; the frame or request has no effect.</summary>
    public bool Reset { get; init; }

    /// <summary>
    /// As <see cref="Reset"/>, after a request or a settlement has been carried out: its answer is lost. Of frames only a disposition.
    /// </summary>
    public bool LosesAnswer { get; init; }

    /// <summary>
    /// How much later a request is handled, as by a distant service: others on the connection are not held up. Of frames, and together with
    /// another action, it holds up the connection.
    /// </summary>
    public int LatencyMilliseconds { get; init; }

    /// <summary>
    /// Refuses an attach, a sent message, a settlement or a request with this condition, in the way in which the service does it:
    /// com.microsoft:server-busy, amqp:unauthorized-access and so on.
    /// </summary>
    public string? Error { get; init; }

    /// <summary>The status of a refused request; 503 is busy, 401 a bad token.</summary>
    public int Status { get; init; } = 503;

    /// <summary>Of a put-token: the token ends after so long, whatever it says.</summary>
    public double? TokenSeconds { get; init; }

    public AmqpFaultRule With(int skip, int times) => this with { Skip = skip, Times = times };
}
