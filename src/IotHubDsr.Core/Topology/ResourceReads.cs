using System.Collections.Concurrent;
using System.Text.Json;
using IotHubDsr.Core.Azure;

namespace IotHubDsr.Core.Topology;

/// <summary>Single resources in Azure Resource Manager. One discovery reads each once, for all kinds of place that it tells of.</summary>
internal sealed class ResourceReads(ArmReader arm)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<JsonElement>>> _reads = new(StringComparer.OrdinalIgnoreCase);

    /// <exception cref="DsrException">It cannot be read.</exception>
    public Task<JsonElement> GetAsync(ArmCall call, CancellationToken cancellationToken) =>
        _reads
            .GetOrAdd($"{call.Path} {call.ApiVersion}", _ => new Lazy<Task<JsonElement>>(() => arm.GetAsync(call, cancellationToken)))
            .Value;
}
