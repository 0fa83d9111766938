using System.Text.Json;
using IotHubDsr.Core.Azure;

namespace IotHubDsr.Core.Topology;

/// <summary>One way in which another hub writes to a place: by file uploads, or by a routing endpoint.</summary>
/// <param name="HubName">Name of the hub.</param>
internal abstract record HubWriter(string HubName)
{
    /// <summary>What it does, and what to, as in "hub 'x' … to the same …".</summary>
    public abstract (string Does, string To) Way { get; }

    /// <summary>What is to be known of it to tell its records from this hub's, as <see cref="LocationSettings.OtherHubs"/> has it.</summary>
    public virtual string Setting => HubName;

    /// <summary>Why it can be one of the writers of a place that it is not known to write to.</summary>
    public abstract string Doubt { get; }

    /// <summary>Whether it writes to a place; null if unknown.</summary>
    public abstract bool? WritesTo(PlaceKinds kinds, LocationDraft location);
}

/// <summary>A routing endpoint that leads to anything but a blob container.</summary>
/// <param name="HubName">Name of the hub.</param>
/// <param name="Place">Where it leads; null when its address is not of a form that can be read.</param>
/// <remarks>
/// Places are compared by their names: those of namespaces and accounts are unique in a cloud, and the resource group that a hub keeps of
/// an endpoint may be one that the resource has left.
/// </remarks>
internal sealed record EntityWriter(string HubName, LocationDraft? Place) : HubWriter(HubName)
{
    public override (string Does, string To) Way => ("routes messages", "place");

    public override string Doubt =>
        Place is null
            ? $"the settings of hub '{HubName}' do not tell which places it routes to."
            : $"hub '{HubName}' routes to {Place.Place}, and the entities of a namespace can forward to one another.";

    public override bool? WritesTo(PlaceKinds kinds, LocationDraft location)
    {
        if (kinds.Of(location.Kind).Form == PlaceForm.Container)
            return false;
        if (Place is null)
            return null;
        if (string.Equals(kinds.KeyOf(Place), kinds.KeyOf(location), StringComparison.Ordinal))
            return true;
        bool mayForward = Forwards(kinds, Place) && Forwards(kinds, location);
        return mayForward && SpaceOf(Place).Equals(SpaceOf(location), StringComparison.OrdinalIgnoreCase) ? null : false;
    }

    private static bool Forwards(PlaceKinds kinds, LocationDraft place) => kinds.Of(place.Kind).Is(PlaceTraits.ForwardsWithinNamespace);

    private static ReadOnlySpan<char> SpaceOf(LocationDraft place)
    {
        int slash = place.Place.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? place.Place : place.Place.AsSpan(0, slash);
    }
}

/// <summary>File uploads, or a routing endpoint, that lead to a blob container.</summary>
/// <param name="HubName">Name of the hub.</param>
/// <param name="Accounts">Names of the storage accounts that the setting can mean, in lower case; none when it does not tell.</param>
/// <param name="Container">Name of the container in lower case; null when the setting does not tell.</param>
/// <param name="FileNameFormat">The format of blob names of a routing endpoint; null for uploads.</param>
internal sealed record ContainerWriter(string HubName, IReadOnlyList<string> Accounts, string? Container, string? FileNameFormat)
    : HubWriter(HubName)
{
    /// <summary>The list of routing endpoints that lead to blob containers.</summary>
    public const string EndpointKind = "storageContainers";

    private static readonly string[] UploadAddress = ["containerName", "connectionString", "endpointUri"];

    public override (string Does, string To) Way =>
        (FileNameFormat is null ? "lets its devices upload files" : "routes messages", "container");

    public override string Setting => $"{HubName} {FileNameFormat}".TrimEnd();

    public override string Doubt => $"the settings of hub '{HubName}' do not tell which container it writes to.";

    public override bool? WritesTo(PlaceKinds kinds, LocationDraft location) =>
        kinds.Of(location.Kind).Form == PlaceForm.Container && location.Place.Split('/') is [var account, var container]
            ? WritesTo(account, container)
            : false;

    /// <summary>The writers of a hub.</summary>
    /// <param name="name">Name of the hub.</param>
    /// <param name="properties">Its configuration.</param>
    public static IEnumerable<ContainerWriter> Of(string name, JsonElement properties)
    {
        JsonElement? uploads = properties.Prop("storageEndpoints");
        if (uploads is { ValueKind: not JsonValueKind.Object })
            yield return new ContainerWriter(name, [], null, null);
        foreach (JsonProperty endpoint in uploads.Members().Where(static endpoint => IsConfigured(endpoint.Value)))
            yield return Read(name, endpoint.Value, fileNameFormat: null);

        JsonElement? storage = properties.Prop("routing").Prop("endpoints").Prop(EndpointKind);
        if (storage is { ValueKind: not JsonValueKind.Array })
            yield return new ContainerWriter(name, [], null, BlobNameFormat.Default);
        foreach (JsonElement endpoint in storage.Items())
            yield return Read(name, endpoint, endpoint.Text("fileNameFormat") ?? BlobNameFormat.Default);
    }

    private bool? WritesTo(string account, string container)
    {
        if (Container is not null && !Container.Equals(container, StringComparison.OrdinalIgnoreCase))
            return false;
        bool isKnown = Container is not null && Accounts.Count > 0;
        return Accounts.Contains(account, StringComparer.OrdinalIgnoreCase) ? (isKnown ? true : null) : (Accounts.Count > 0 ? false : null);
    }

    private static bool IsConfigured(JsonElement upload) =>
        upload.ValueKind != JsonValueKind.Object
        || Array.Exists(UploadAddress, member =>
            upload.Prop(member) is { } value && (value.ValueKind != JsonValueKind.String || ((JsonElement?)value).Text() is not null)
        );

    private static ContainerWriter Read(string hubName, JsonElement endpoint, string? fileNameFormat)
    {
        IReadOnlyDictionary<string, string> parts = ServiceAddress.Parts(endpoint.Text("connectionString"));
        string?[] accounts =
        [
            StorageHost.AccountOf(endpoint.Text("endpointUri")),
            StorageHost.AccountOf(parts.GetValueOrDefault("BlobEndpoint")),
            parts.GetValueOrDefault("AccountName")?.Trim().ToLowerInvariant(),
        ];
        return new ContainerWriter(
            hubName,
            [.. accounts.OfType<string>().Distinct(StringComparer.Ordinal)],
            endpoint.Text("containerName")?.Trim().ToLowerInvariant(),
            fileNameFormat
        );
    }
}
