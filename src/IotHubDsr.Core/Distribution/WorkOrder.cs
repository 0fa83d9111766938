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

    public required UnitRole Role { get; init; }

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

    /// <summary>Digest of the plan that is run; null where none is.</summary>
    public string? Plan { get; init; }

    /// <summary>See <see cref="SinkCall.Held"/>.</summary>
    public IReadOnlyList<HeldOfOrder> Held { get; init; } = [];

    /// <summary>See <see cref="SinkCall.HeldDevices"/>.</summary>
    public IReadOnlyList<string> HeldDevices { get; init; } = [];

    public static WorkOrder Of(UnitOrder order, string hubHostName, string? plan = null)
    {
        SinkCall call = order.Call;
        return new WorkOrder
        {
            Role = order.Role,
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
            Plan = plan,
            Held =
            [
                .. call
                    .Held.SelectMany(static item => item, static (item, deviceId) => new HeldOfOrder(item.Key, deviceId))
                    .OrderBy(static held => held.Path, StringComparer.Ordinal)
                    .ThenBy(static held => held.DeviceId, StringComparer.Ordinal),
            ],
            HeldDevices = [.. call.HeldDevices.Order(StringComparer.Ordinal)],
        };
    }

    /// <exception cref="JsonException">It is no order.</exception>
    public static WorkOrder Parse(byte[] order) =>
        JsonSerializer.Deserialize<WorkOrder>(order, Json) ?? throw new JsonException("it is null");

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <summary>The call of a sink in a worker: it says nothing to anybody, because the command hears of all from what units show.</summary>
    /// <param name="index">The index of devices, for entries that the command asks for.</param>
    /// <param name="throttleLimit">How many blobs the worker reads at once.</param>
    /// <param name="record">Puts on record what is about to be destroyed; null where nothing is.</param>
    /// <param name="allowance">How much may be; null where nothing is.</param>
    /// <param name="parts">Where what is copied goes; null where nothing is.</param>
    public SinkCall ToCall(
        IndexStore index,
        int throttleLimit,
        Func<Announcement, CancellationToken, ValueTask>? record = null,
        ErasureAllowance? allowance = null,
        IUnitParts? parts = null
    ) =>
        new(ToLocation(), new SinkOptions(throttleLimit) { Erasure = Erasure }, static (_, _) => ValueTask.CompletedTask, record)
        {
            Allowance = allowance,
            Parts = parts,
            Held = Held.ToLookup(static held => held.Path, static held => held.DeviceId, StringComparer.Ordinal),
            HeldDevices = HeldDevices,
            Index = index,
            Generations = new ConcurrentDictionary<string, string>(Generations, StringComparer.Ordinal),
            Bounds = Bounds.ToDictionary(
                static bound => bound.Key,
                static bound => new RecordBound(bound.Value.Until, bound.Value.GenerationId, bound.Value.PlannedAt),
                StringComparer.Ordinal
            ),
        };

    public DataLocation ToLocation() =>
        new()
        {
            Id = LocationId,
            Kind = Kind,
            Place = Place,
            ResourceId = ResourceId,
            Settings = Settings,
            Statements = Statements,
        };

    private static SortedDictionary<string, TTo> Sorted<TFrom, TTo>(
        IEnumerable<KeyValuePair<string, TFrom>> pairs,
        Func<TFrom, TTo> make
    ) => new(pairs.ToDictionary(pair => pair.Key, pair => make(pair.Value), StringComparer.Ordinal), StringComparer.Ordinal);
}

/// <summary>See <see cref="RecordBound"/>.</summary>
internal sealed record BoundOfOrder(DateTimeOffset Until, string? GenerationId, DateTimeOffset PlannedAt);

/// <summary>An item that an operator holds, with one of the devices for which.</summary>
internal sealed record HeldOfOrder(string Path, string DeviceId);
