using System.Text;

namespace IotHubDsr.Archives;

/// <summary>
/// The hub whose devices are asked for. Device IDs are unique only within a hub, and records of several hubs can lie in one file: one that
/// names another hub as its source is not about a subject, whatever its device ID.
/// </summary>
internal sealed class RecordOrigin
{
    private const string HubType = "/providers/Microsoft.Devices/IotHubs/";

    private readonly string? _resourceId;
    private readonly string? _hubName;

    /// <param name="hubResourceId">Azure Resource Manager ID of the hub, when known.</param>
    /// <param name="hubName">Name of the hub, when known.</param>
    public RecordOrigin(string? hubResourceId, string? hubName)
    {
        _resourceId = hubResourceId?.TrimEnd('/');
        _hubName = hubName;
    }

    /// <summary>Whether a resource that a record names as its source is another hub. Anything but a hub says nothing.</summary>
    /// <param name="resource">An Azure Resource Manager ID in UTF-8, in any case.</param>
    public bool IsAnotherHub(ReadOnlySpan<byte> resource) => IsAnotherHub(Encoding.UTF8.GetString(resource));

    /// <inheritdoc cref="IsAnotherHub(ReadOnlySpan{byte})"/>
    public bool IsAnotherHub(string resource)
    {
        int type = resource.LastIndexOf(HubType, StringComparison.OrdinalIgnoreCase);
        if (type < 0)
            return false;
        int end = resource.IndexOf('/', type + HubType.Length);
        string hub = end < 0 ? resource : resource[..end];
        return _resourceId is not null
            ? !hub.Equals(_resourceId, StringComparison.OrdinalIgnoreCase)
            : _hubName is not null && !hub[(type + HubType.Length)..].Equals(_hubName, StringComparison.OrdinalIgnoreCase);
    }
}
