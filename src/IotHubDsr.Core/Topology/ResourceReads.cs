using System.Collections.Concurrent;
using System.Text.Json;
using IotHubDsr.Core.Azure;

namespace IotHubDsr.Core.Topology;

/// <summary>Single resources in Azure Resource Manager. One discovery reads each once, for all kinds of place that it tells of.</summary>
internal sealed class ResourceReads(ArmReader arm)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<JsonElement>>> _reads = new(StringComparer.OrdinalIgnoreCase);

    private readonly ConcurrentDictionary<string, Lazy<Task<IReadOnlyList<JsonElement>>>> _listings = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>All items of a listing.</summary>
    /// <exception cref="DsrException">It cannot be read to its end.</exception>
    public Task<IReadOnlyList<JsonElement>> ListAsync(ArmCall call, CancellationToken cancellationToken) =>
        _listings
            .GetOrAdd($"{call.Path} {call.ApiVersion}", _ => new Lazy<Task<IReadOnlyList<JsonElement>>>(() =>
                ReadAllAsync(call, cancellationToken)
            ))
            .Value;

    /// <exception cref="DsrException">It cannot be read.</exception>
    public Task<JsonElement> GetAsync(ArmCall call, CancellationToken cancellationToken) =>
        _reads
            .GetOrAdd($"{call.Path} {call.ApiVersion}", _ => new Lazy<Task<JsonElement>>(() => arm.GetAsync(call, cancellationToken)))
            .Value;

    private async Task<IReadOnlyList<JsonElement>> ReadAllAsync(ArmCall call, CancellationToken cancellationToken)
    {
        var items = new List<JsonElement>();
        await foreach (JsonElement item in arm.ListAsync(call, cancellationToken))
            items.Add(item);
        return items;
    }
}
