using System.Text.RegularExpressions;
using IotHubDsr.Sandbox.Cosmos.Rest;
using IotHubDsr.Sandbox.Provisioning;

namespace IotHubDsr.Sandbox.Hosting;

/// <summary>One request as tests see it. Status 0: no response has been started, as it is in flight or its connection was reset.</summary>
internal sealed record LoggedRequest(
    long Sequence,
    DateTimeOffset Time,
    string Service,
    string Method,
    string Host,
    string Target,
    int Status,
    bool Mutating,
    long BytesIn,
    long BytesOut,
    string UserAgent,
    string ClientRequestId = ""
);

/// <summary>Set on a request whose body alone tells that it changes something.</summary>
internal sealed record MutatingCommand
{
    public static MutatingCommand Instance { get; } = new();
}

/// <summary>Every request to a simulated service, in order of arrival. Control requests are not in it.</summary>
internal sealed partial class RequestLog(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly List<LoggedRequest> _entries = [];

    /// <summary>Called for each request before it is handled (status 0) and when its answer begins; a test ends its client there.</summary>
    public Action<LoggedRequest>? Observer { get; set; }

    /// <summary>Awaited for each request before it is handled: a test lets another client act there.</summary>
    public Func<LoggedRequest, Task>? Interlude { get; set; }

    private long _last;

    /// <summary>
    /// Written before the request is handled and updated as it goes on: a client that has its response finds its request here.
    /// </summary>
    public Entry Begin(AzureService service, HttpContext context, string rawTarget)
    {
        HttpRequest request = context.Request;
        LoggedRequest logged;
        lock (_lock)
        {
            logged = new LoggedRequest(
                ++_last,
                time.GetUtcNow(),
                service.ToString().ToLowerInvariant(),
                request.Method,
                request.Host.Host,
                Signature().Replace(rawTarget, "$1REDACTED"),
                0,
                IsMutating(service, request, rawTarget),
                0,
                0,
                request.Headers.UserAgent.ToString(),
                request.Headers["x-ms-client-request-id"].ToString()
            );
            _entries.Add(logged);
        }

        Observer?.Invoke(logged);
        return new Entry(this, logged);
    }

    /// <summary>An operation over AMQP, which is handled as a whole before its answer goes out.</summary>
    public void Add(string service, string operation, string host, string target, int status, bool mutating)
    {
        LoggedRequest logged;
        lock (_lock)
        {
            logged = new LoggedRequest(++_last, time.GetUtcNow(), service, operation, host, target, status, mutating, 0, 0, "");
            _entries.Add(logged);
        }

        Observer?.Invoke(logged);
    }

    public IReadOnlyList<LoggedRequest> After(long sequence)
    {
        lock (_lock)
            return [.. _entries.Where(entry => entry.Sequence > sequence)];
    }

    public void Clear()
    {
        lock (_lock)
            _entries.Clear();
    }

    private static bool IsMutating(AzureService service, HttpRequest request, string target)
    {
        string method = request.Method;
        if (service is AzureService.Login || HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method))
            return false;

        string path = target.Split('?', 2)[0];
        bool readsByPost =
            HttpMethods.IsPost(method)
            && service switch
            {
                AzureService.Hub => path.Equals("/devices/query", StringComparison.OrdinalIgnoreCase),
                AzureService.Arm => path.EndsWith("/listkeys", StringComparison.OrdinalIgnoreCase)
                    || path.EndsWith("/getFullUrl", StringComparison.OrdinalIgnoreCase)
                    || path.EndsWith("/listFollowerDatabases", StringComparison.OrdinalIgnoreCase)
                    || path.EndsWith("/Microsoft.ResourceGraph/resources", StringComparison.OrdinalIgnoreCase),
                AzureService.Blob => target.Contains("comp=userdelegationkey", StringComparison.OrdinalIgnoreCase),
                AzureService.Provisioning => ProvisioningService.IsRead(path),
                // A command that changes something says so when it is read.
                AzureService.Logs or AzureService.Explorer => true,
                AzureService.Cosmos => CosmosRequest.IsQuery(request.Headers) || CosmosRequest.IsQueryPlan(request.Headers),
                _ => false,
            };
        return !readsByPost;
    }

    private LoggedRequest? Update(long sequence, Func<LoggedRequest, LoggedRequest> change)
    {
        lock (_lock)
        {
            // Sequences rise with the index; what was cleared in the meantime is gone.
            int index = _entries.FindLastIndex(entry => entry.Sequence == sequence);
            return index < 0 ? null : _entries[index] = change(_entries[index]);
        }
    }

    [GeneratedRegex("([?&]sig=)[^&]*", RegexOptions.IgnoreCase)]
    private static partial Regex Signature();

    /// <summary>The handle by which a running request completes its own entry.</summary>
    internal sealed class Entry(RequestLog log, LoggedRequest begun)
    {
        public Task InterludeAsync() => log.Interlude?.Invoke(begun) ?? Task.CompletedTask;

        /// <param name="status">The status.</param>
        /// <param name="mutates">Whether it turned out to change something.</param>
        public void Responded(int status, bool mutates)
        {
            if (log.Update(begun.Sequence, entry => entry with { Status = status, Mutating = entry.Mutating || mutates }) is { } logged)
                log.Observer?.Invoke(logged);
        }

        public void Completed(long bytesIn, long bytesOut) =>
            log.Update(begun.Sequence, entry => entry with { BytesIn = bytesIn, BytesOut = bytesOut });
    }
}
