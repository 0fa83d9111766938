using Framing = Microsoft.Azure.Amqp.Framing;

namespace IotHubDsr.Sandbox.Messaging.Amqp;

/// <summary>The faults asked for by tests, in the order in which they were added; the first that applies is taken.</summary>
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

    private readonly Lock _lock = new();
    private readonly List<AmqpFaultRule> _rules = [];
    private volatile bool _any;

    /// <summary>Whether there is any rule at all: asked for each delivery, so it takes no lock.</summary>
    public bool Any => _any;

    public IReadOnlyList<AmqpFaultRule> Pending
    {
        get
        {
            lock (_lock)
                return [.. _rules];
        }
    }

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

        lock (_lock)
        {
            _rules.Add(rule);
            _any = true;
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _rules.Clear();
            _any = false;
        }
    }

    /// <summary>Lets a fault happen to a frame; true when the connection is gone and the frame must not be handled.</summary>
    public bool Strikes(BrokerConnection connection, string address, string frame)
    {
        if (!_any || Take(connection.HostName, address, rule => rule.Frame == frame && rule.Error is null) is not { } fault)
            return false;

        Apply(connection, fault);
        return fault.Reset;
    }

    /// <summary>The error with which an attach, a message or a settlement is refused.</summary>
    public MessagingRefusal? RefusalOf(BrokerConnection connection, string address, string frame) =>
        _any && Take(connection.HostName, address, rule => rule.Frame == frame && rule.Error is not null) is { } fault
            ? Refuse(connection, fault)
            : null;

    /// <summary>The error with which a request is refused.</summary>
    public MessagingRefusal? Refusal(BrokerConnection connection, string address, string operation) =>
        _any && Take(connection.HostName, address, rule => rule.Operation == operation && rule.TokenSeconds is null) is { } fault
            ? Refuse(connection, fault)
            : null;

    /// <summary>How long a token that is put now lives at most.</summary>
    public TimeSpan? TokenLifetime(BrokerConnection connection) =>
        _any
        && Take(connection.HostName, NodeAddress.TokenStore, rule => rule is { Operation: PutToken, TokenSeconds: not null }) is { } fault
            ? TimeSpan.FromSeconds(fault.TokenSeconds!.Value)
            : null;

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

    private AmqpFaultRule? Take(string host, string address, Predicate<AmqpFaultRule> applies)
    {
        lock (_lock)
        {
            for (int index = 0; index < _rules.Count; index++)
            {
                AmqpFaultRule rule = _rules[index];
                if (!applies(rule) || !Matches(rule, host, address))
                    continue;

                if (rule.Skip > 0)
                {
                    _rules[index] = rule with { Skip = rule.Skip - 1 };
                    continue;
                }

                if (rule.Times <= 1)
                    _rules.RemoveAt(index);
                else
                    _rules[index] = rule with { Times = rule.Times - 1 };

                _any = _rules.Count > 0;
                return rule;
            }

            return null;
        }
    }

    private static bool Matches(AmqpFaultRule rule, string host, string address) =>
        (rule.Host is null || rule.Host.Equals(host, StringComparison.OrdinalIgnoreCase))
        && (rule.AddressContains is null || address.Contains(rule.AddressContains, StringComparison.OrdinalIgnoreCase));
}
