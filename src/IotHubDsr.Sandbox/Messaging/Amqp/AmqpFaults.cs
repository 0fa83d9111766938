using IotHubDsr.Sandbox.Hosting;
using Framing = Microsoft.Azure.Amqp.Framing;

namespace IotHubDsr.Sandbox.Messaging.Amqp;

/// <summary>The faults of AMQP connections.</summary>
internal sealed class AmqpFaults
{
    public const string Open = "open";
    public const string Attach = "attach";
    public const string Transfer = "transfer";
    public const string Disposition = "disposition";
    public const string PutToken = "put-token";

    private const string Text = "An injected fault of the sandbox.";

    private static readonly string[] Frames = [Open, "begin", Attach, "flow", Transfer, Disposition, "detach", "end"];
    private static readonly string[] Refusing = [Attach, Transfer, Disposition];

    private readonly CountedFaults<AmqpFaultRule> _rules = new();

    /// <inheritdoc cref="CountedFaults{TRule}.Any" />
    public bool Any => _rules.Any;

    public IReadOnlyList<AmqpFaultRule> Pending => _rules.Pending;

    public static string? NameOf(Framing.Performative command) =>
        command switch
        {
            Framing.Begin => "begin",
            Framing.Attach => Attach,
            Framing.Flow => "flow",
            Framing.Transfer => Transfer,
            Framing.Disposition => Disposition,
            Framing.Detach => "detach",
            Framing.End => "end",
            _ => null,
        };

    public void Add(AmqpFaultRule rule)
    {
        if (rule.Frame is null == rule.Operation is null)
            throw new ArgumentException("A rule has either a frame or an operation.");

        if (rule.Frame is not null && !Frames.Contains(rule.Frame))
            throw new ArgumentException($"'{rule.Frame}' is not a frame. Known are {string.Join(", ", Frames)}.");

        if (rule is { Error: not null, Frame: { } frame } && !Refusing.Contains(frame))
            throw new ArgumentException($"Of the frames only {string.Join(", ", Refusing)} can be refused with an error.");

        if (rule is { LosesAnswer: true, Frame: not null and not Disposition })
            throw new ArgumentException($"Of the frames only a {Disposition} has an answer that can be lost.");

        _rules.Add(rule);
    }

    public void Clear() => _rules.Clear();

    /// <summary>Lets a fault happen to a frame; true when the connection is gone and the frame must not be handled.</summary>
    public bool Strikes(BrokerConnection connection, string address, string frame)
    {
        if (!Any || Take(connection.HostName, address, rule => Meets(rule, frame) && rule.Error is null) is not { } fault)
            return false;

        Apply(connection, fault);
        return fault.Reset;
    }

    /// <summary>Waits for as long as a request is to be late.</summary>
    public Task DelayAsync(BrokerConnection connection, string address, string operation) =>
        Any && Take(connection.HostName, address, rule => rule.Operation == operation && IsOnlySlow(rule)) is { } slow
            ? Task.Delay(slow.LatencyMilliseconds)
            : Task.CompletedTask;

    /// <summary>The error with which an attach, a message or a settlement is refused.</summary>
    public MessagingRefusal? RefusalOf(BrokerConnection connection, string address, string frame) =>
        Any && Take(connection.HostName, address, rule => Meets(rule, frame) && rule.Error is not null) is { } fault
            ? Refuse(connection, fault)
            : null;

    /// <summary>The error with which a request is refused.</summary>
    public MessagingRefusal? Refusal(BrokerConnection connection, string address, string operation) =>
        Any
        && Take(connection.HostName, address, rule =>
            rule.Operation == operation && rule is { TokenSeconds: null, LosesAnswer: false } && !IsOnlySlow(rule)
        )
            is { } fault
            ? Refuse(connection, fault)
            : null;

    /// <summary>Whether the answer to what was carried out is lost, and the connection with it.</summary>
    public bool LosesAnswer(BrokerConnection connection, string address, string operation)
    {
        if (!Any || Take(connection.HostName, address, rule => rule.LosesAnswer && (rule.Operation ?? rule.Frame) == operation) is null)
            return false;

        connection.Abort();
        return true;
    }

    /// <summary>How long a token that is put now lives at most.</summary>
    public TimeSpan? TokenLifetime(BrokerConnection connection) =>
        Any
        && Take(connection.HostName, NodeAddress.TokenStore, rule => rule is { Operation: PutToken, TokenSeconds: not null }) is { } fault
            ? TimeSpan.FromSeconds(fault.TokenSeconds!.Value)
            : null;

    private static bool IsOnlySlow(AmqpFaultRule rule) =>
        rule is { LatencyMilliseconds: > 0, Reset: false, LosesAnswer: false, Error: null, TokenSeconds: null };

    private static bool Meets(AmqpFaultRule rule, string frame) => rule.Frame == frame && !rule.LosesAnswer;

    private static MessagingRefusal? Refuse(BrokerConnection connection, AmqpFaultRule fault)
    {
        Apply(connection, fault);
        return fault.Error is null && !fault.Reset
            ? null
            : new MessagingRefusal(fault.Status, fault.Error ?? MessagingErrors.ServerBusy, Text);
    }

    private static void Apply(BrokerConnection connection, AmqpFaultRule fault)
    {
        if (fault.LatencyMilliseconds > 0)
            Thread.Sleep(fault.LatencyMilliseconds);

        if (fault.Reset)
            connection.Abort();
    }

    private AmqpFaultRule? Take(string host, string address, Predicate<AmqpFaultRule> applies) =>
        _rules.Take(rule => applies(rule) && Matches(rule, host, address));

    private static bool Matches(AmqpFaultRule rule, string host, string address) =>
        (rule.Host is null || rule.Host.Equals(host, StringComparison.OrdinalIgnoreCase))
        && (rule.AddressContains is null || address.Contains(rule.AddressContains, StringComparison.OrdinalIgnoreCase));
}
