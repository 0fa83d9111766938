using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using IotHubDsr.Core.Records;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Sinks.BlobIndexes;
using IotHubDsr.Core.Work;

namespace IotHubDsr.Core.Distribution;

/// <summary>What a worker opens a work from: all that the reading of a place depends on. It names the devices, and is kept as they are.</summary>
internal sealed record WorkOrder
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() },
        IgnoreReadOnlyProperties = true,
    };

    public required string HubHostName { get; init; }

    public required string LocationId { get; init; }

    public required string Kind { get; init; }

    public required string Place { get; init; }

    public string? ResourceId { get; init; }

    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    public required IReadOnlyList<OperatorStatement> Statements { get; init; }

    public required ErasureOptions Erasure { get; init; }

    public required IReadOnlyList<string> DeviceIds { get; init; }

    public required IReadOnlyDictionary<string, string> Generations { get; init; }

    public required IReadOnlyDictionary<string, BoundOfOrder> Bounds { get; init; }

    public static WorkOrder Of(UnitOrder order, string hubHostName)
    {
        SinkCall call = order.Call;
        return new WorkOrder
        {
            HubHostName = hubHostName,
            LocationId = call.Location.Id,
            Kind = call.Location.Kind,
            Place = call.Location.Place,
            ResourceId = call.Location.ResourceId,
            Settings = Sorted(call.Location.Settings, static value => value),
            Statements = call.Location.Statements,
            Erasure = call.Options.Erasure,
            DeviceIds = order.DeviceIds,
            Generations = Sorted(call.Generations, static value => value),
            Bounds = Sorted(call.Bounds, static bound => new BoundOfOrder(bound.Until, bound.GenerationId, bound.PlannedAt)),
        };
    }

    /// <exception cref="JsonException">It is no order.</exception>
    public static WorkOrder Parse(byte[] order) =>
        JsonSerializer.Deserialize<WorkOrder>(order, Json) ?? throw new JsonException("it is null");

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <summary>The call of a sink in a worker: it says nothing to anybody, because the command hears of all from what units show.</summary>
    /// <param name="index">The index of devices, for entries that the command asks for.</param>
    /// <param name="throttleLimit">How many blobs the worker reads at once.</param>
    public SinkCall ToCall(IndexStore index, int throttleLimit) =>
        new(
            new DataLocation
            {
                Id = LocationId,
                Kind = Kind,
                Place = Place,
                ResourceId = ResourceId,
                Settings = Settings,
                Statements = Statements,
            },
            new SinkOptions(throttleLimit) { Erasure = Erasure },
            static (_, _) => ValueTask.CompletedTask
        )
        {
            Index = index,
            Generations = new ConcurrentDictionary<string, string>(Generations, StringComparer.Ordinal),
            Bounds = Bounds.ToDictionary(
                static bound => bound.Key,
                static bound => new RecordBound(bound.Value.Until, bound.Value.GenerationId, bound.Value.PlannedAt),
                StringComparer.Ordinal
            ),
        };

    private static SortedDictionary<string, TTo> Sorted<TFrom, TTo>(
        IEnumerable<KeyValuePair<string, TFrom>> pairs,
        Func<TFrom, TTo> make
    ) => new(pairs.ToDictionary(pair => pair.Key, pair => make(pair.Value), StringComparer.Ordinal), StringComparer.Ordinal);
}

/// <summary>See <see cref="RecordBound"/>.</summary>
internal sealed record BoundOfOrder(DateTimeOffset Until, string? GenerationId, DateTimeOffset PlannedAt);
