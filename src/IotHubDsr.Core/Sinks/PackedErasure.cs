using System.Text.Json;

namespace IotHubDsr.Core.Sinks;

/// <summary>An item from which another process erases.</summary>
/// <param name="Path">Its path.</param>
/// <param name="ETag">The ETag under which it was found.</param>
/// <param name="Shares">What was found in it of whom.</param>
internal sealed record ItemToErase(string Path, string? ETag, IReadOnlyList<ErasableShare> Shares);

/// <param name="DeviceId">The device.</param>
/// <param name="Records">Its records.</param>
internal sealed record ErasableShare(string DeviceId, long Records);

/// <summary>What became of an item.</summary>
/// <param name="Path">Its path.</param>
internal sealed record ErasedItem(string Path)
{
    /// <summary>What went of whom.</summary>
    public IReadOnlyList<ErasableShare> Removed { get; init; } = [];

    /// <summary>Until when it may still be written to: it was left alone.</summary>
    public DateTimeOffset? YoungUntil { get; init; }

    /// <summary>The ETag of what was replaced, where the new content was read again and is what it must be.</summary>
    public string? Replaced { get; init; }

    /// <summary>Why it was not changed, or is not what it must be.</summary>
    public Fault? Fault { get; init; }

    /// <summary>What of the work itself could not be cleared away.</summary>
    public Fault? Left { get; init; }

    /// <summary>Whether it was not there.</summary>
    public bool IsGone { get; init; }

    /// <summary>Contents that an earlier worker announced to replace: the digest of what had to stay, by ETag.</summary>
    public IReadOnlyDictionary<string, string>? Announced { get; init; }
}

/// <summary>A unit of an erasure on its way, and what it shows: texts that only workers and commands of this module read.</summary>
internal static class PackedErasure
{
    public static byte[] Write(IReadOnlyList<ItemToErase> items) => JsonSerializer.SerializeToUtf8Bytes(items);

    public static byte[] Write(IReadOnlyList<ErasedItem> items) => JsonSerializer.SerializeToUtf8Bytes(items);

    /// <exception cref="FormatException">It is no unit.</exception>
    public static IReadOnlyList<ItemToErase> ReadItems(ReadOnlyMemory<byte> packed) => Read<ItemToErase>(packed);

    /// <exception cref="FormatException">It is not what a unit shows.</exception>
    public static IReadOnlyList<ErasedItem> ReadErased(ReadOnlyMemory<byte> shown) => Read<ErasedItem>(shown);

    /// <summary>The findings that are only of some items, each of a device.</summary>
    /// <param name="location">The location.</param>
    /// <param name="deviceIds">All devices that are erased from it.</param>
    /// <param name="items">The items.</param>
    public static IReadOnlyList<DeviceDataFinding> FindingsOf(
        DataLocation location,
        IReadOnlyList<string> deviceIds,
        IReadOnlyList<ItemToErase> items
    )
    {
        ILookup<string, SeenItem> found = items
            .SelectMany(item => item.Shares, (item, share) => (item, share))
            .ToLookup(
                one => one.share.DeviceId,
                one => new SeenItem(one.item.Path, one.item.ETag, one.share.Records, Bytes: 0),
                StringComparer.Ordinal
            );
        return
        [
            .. deviceIds.Select(deviceId => new DeviceDataFinding
            {
                DeviceId = deviceId,
                Location = location,
                Verdict = Verdict.Present,
                Items = [.. found[deviceId]],
            }),
        ];
    }

    private static List<T> Read<T>(ReadOnlyMemory<byte> content)
    {
        try
        {
            return JsonSerializer.Deserialize<List<T>>(content.Span) is { } items && items.TrueForAll(static item => item is not null)
                ? items
                : throw new FormatException("It has none.");
        }
        catch (JsonException invalid)
        {
            throw new FormatException(invalid.Message, invalid);
        }
    }
}
