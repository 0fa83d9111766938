using System.Text;

namespace IotHubDsr.Core.Records;

/// <summary>
/// The hub whose devices are asked for. Device IDs are unique only within a hub, and records of several hubs can lie in one file: one that
/// names another hub as its source is not about a subject, whatever its device ID. Anything but a hub says nothing.
/// </summary>
/// <param name="hubNames">
/// Names that the hub has or had. No two hubs of a cloud have the same, and a hub keeps it when it moves to another resource group or
/// subscription, where its resource ID changes.
/// </param>
internal sealed class RecordOrigin(params string[] hubNames)
{
    private const string HubType = "/providers/Microsoft.Devices/IotHubs/";

    private readonly byte[][] _hubNames = [.. hubNames.Select(Encoding.UTF8.GetBytes)];

    /// <summary>Everything that it says, as one text.</summary>
    public string Text => $"{string.Join('\n', hubNames)}\n{IsShared}\n{ListsDevices}";

    /// <summary>
    /// Whether records of another hub can be among those that name none: then only the generation of a known device tells that one is this
    /// hub's.
    /// </summary>
    public bool IsShared { get; init; }

    /// <summary>
    /// Whether the records are those of a hub's exports and imports, in which the member <c>id</c> is a device. Everywhere else it is the
    /// record's own.
    /// </summary>
    public bool ListsDevices { get; init; }

    private static ReadOnlySpan<byte> HubTypeBytes => "/providers/Microsoft.Devices/IotHubs/"u8;

    /// <summary>Whether a resource, in any case, is another hub, or part of one; null when it is no part of any hub.</summary>
    /// <param name="resource">An Azure Resource Manager ID in UTF-8.</param>
    public bool? IsAnotherHub(ReadOnlySpan<byte> resource)
    {
        // Nearly all records are of the hub itself: they end with its name.
        foreach (byte[] name in _hubNames)
        {
            int type = resource.Length - name.Length - HubTypeBytes.Length;
            if (
                type >= 0
                && Ascii.EqualsIgnoreCase(resource[^name.Length..], name)
                && Ascii.EqualsIgnoreCase(resource.Slice(type, HubTypeBytes.Length), HubTypeBytes)
            )
            {
                return false;
            }
        }

        return HubIn(Encoding.UTF8.GetString(resource)) is { } hub ? !IsNamed(hub) : null;
    }

    /// <summary>Whether a name of a hub, in any case, is this hub's.</summary>
    public bool IsNamed(string name) => hubNames.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a name of a hub, in any case, is another hub's.</summary>
    public bool IsAnotherHubName(ReadOnlySpan<byte> name)
    {
        foreach (byte[] own in _hubNames)
        {
            if (Ascii.EqualsIgnoreCase(name, own))
                return false;
        }

        return true;
    }

    /// <summary>Whether a resource is of another service than IoT Hub and its provisioning, so that no record of it has a device.</summary>
    /// <param name="resource">An Azure Resource Manager ID, in UTF-8 and any case; anything else is of no service.</param>
    public static bool IsOfAnotherService(ReadOnlySpan<byte> resource)
    {
        bool other = false;
        for (int slash; (slash = resource.IndexOf((byte)'/')) >= 0; )
        {
            resource = resource[(slash + 1)..];
            if (StartsWithIgnoreCase(resource, "providers/Microsoft.Devices/"u8))
                return false;
            other |= StartsWithIgnoreCase(resource, "providers/"u8);
        }

        return other;
    }

    /// <summary>Whether a resource is of a service, or of an instance of it, of this type.</summary>
    /// <param name="resource">An Azure Resource Manager ID, in UTF-8 and any case.</param>
    /// <param name="type">The type: <c>providers/Microsoft.Devices/IotHubs/</c>.</param>
    public static bool IsOf(ReadOnlySpan<byte> resource, ReadOnlySpan<byte> type)
    {
        for (int slash; (slash = resource.IndexOf((byte)'/')) >= 0; )
        {
            resource = resource[(slash + 1)..];
            if (StartsWithIgnoreCase(resource, type))
                return true;
        }

        return false;
    }

    private static bool StartsWithIgnoreCase(ReadOnlySpan<byte> text, ReadOnlySpan<byte> start) =>
        text.Length >= start.Length && Ascii.EqualsIgnoreCase(text[..start.Length], start);

    /// <summary>The name of the hub that a resource is, or is part of; null when it is none.</summary>
    /// <param name="resource">An Azure Resource Manager ID, in any case.</param>
    public static string? HubIn(string resource)
    {
        int type = resource.LastIndexOf(HubType, StringComparison.OrdinalIgnoreCase);
        return type < 0 ? null : resource[(type + HubType.Length)..].Split('/')[0];
    }
}
