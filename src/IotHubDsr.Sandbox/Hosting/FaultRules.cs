namespace IotHubDsr.Sandbox.Hosting;

/// <summary>
/// What goes wrong, and when. Of the requests that match all given conditions the first <see cref="Skip"/> pass, the next
/// <see cref="Times"/> suffer, and the rest pass again.
/// </summary>
internal sealed record FaultRule : ICountedFault<FaultRule>
{
    /// <summary>login, arm, hub, blob, queue, cosmos, provisioning, logs or explorer.</summary>
    public string? Service { get; init; }

    public string? Host { get; init; }

    public string? Method { get; init; }

    /// <summary>Compared with the raw, still encoded path and query.</summary>
    public string? PathContains { get; init; }

    public int Skip { get; init; }

    public int Times { get; init; } = 1;

    /// <summary>
    /// Answers with this status and an error body in the shape of the service, or of logs without a body if it is a success; the request has
    /// no effect.
    /// </summary>
    public int? Status { get; init; }

    public int? RetryAfterSeconds { get; init; }

    /// <summary>Of Cosmos DB, which says in milliseconds how long to wait.</summary>
    public int? RetryAfterMilliseconds { get; init; }

    /// <summary>Waits before the request is handled. Can be combined with any other action.</summary>
    public int LatencyMilliseconds { get; init; }

    /// <summary>Closes the connection without an answer and without any effect.</summary>
    public bool Reset { get; init; }

    /// <summary>
    /// Closes the connection when this many bytes of the request body have been read or, of a request without body, when this
    /// many bytes of the response body have been written.
    /// </summary>
    public long? ResetAfterBytes { get; init; }

    /// <summary>Delivers only this many bytes of the response body, as a complete and successful response.</summary>
    public long? TruncateAfterBytes { get; init; }

    /// <summary>Of a query: answers with a part of the rows, and says so inside an answer that looks like a success.</summary>
    public bool Partial { get; init; }

    public FaultRule With(int skip, int times) => this with { Skip = skip, Times = times };
}

/// <summary>The faults of HTTP requests.</summary>
internal sealed class FaultRules
{
    private readonly CountedFaults<FaultRule> _rules = new();

    public IReadOnlyList<FaultRule> Pending => _rules.Pending;

    public void Add(FaultRule rule) => _rules.Add(rule);

    public void Clear() => _rules.Clear();

    public FaultRule? Take(AzureService service, string host, string method, string rawTarget) =>
        _rules.Take(rule => Matches(rule, service, host, method, rawTarget));

    private static bool Matches(FaultRule rule, AzureService service, string host, string method, string rawTarget) =>
        (rule.Service is null || rule.Service.Equals(service.ToString(), StringComparison.OrdinalIgnoreCase))
        && (rule.Host is null || rule.Host.Equals(host, StringComparison.OrdinalIgnoreCase))
        && (rule.Method is null || rule.Method.Equals(method, StringComparison.OrdinalIgnoreCase))
        && (rule.PathContains is null || rawTarget.Contains(rule.PathContains, StringComparison.Ordinal));
}
