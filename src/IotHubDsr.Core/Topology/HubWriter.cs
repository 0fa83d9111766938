using System.Text.Json;
using IotHubDsr.Core.Azure;

namespace IotHubDsr.Core.Topology;

/// <summary>One way in which another hub writes to a container: by file uploads, or by a routing endpoint.</summary>
/// <param name="HubName">Name of the hub.</param>
/// <param name="Accounts">Names of the accounts that the setting can mean, in lower case; none when it does not tell.</param>
/// <param name="Container">
/// Name of the container, of documents with its database before it, in lower case; null when the setting does not tell.
/// </param>
/// <param name="FileNameFormat">The format of blob names of a routing endpoint; null for uploads, and for documents.</param>
internal sealed record HubWriter(string HubName, IReadOnlyList<string> Accounts, string? Container, string? FileNameFormat)
{
    private static readonly string[] DocumentEndpoints = ["cosmosDBSqlContainers", "cosmosDBSqlCollections"];
    private static readonly string[] UploadAddress = ["containerName", "connectionString", "endpointUri"];

    /// <summary>Whether it writes documents to Cosmos DB, and not blobs.</summary>
    public bool IsOfDocuments { get; private init; }

    /// <summary>Whether it writes to a container; null if unknown.</summary>
    public bool? WritesTo(string account, string container)
    {
        if (Container is not null && !Container.Equals(container, StringComparison.OrdinalIgnoreCase))
            return false;
        bool isKnown = Container is not null && Accounts.Count > 0;
        return Accounts.Contains(account, StringComparer.OrdinalIgnoreCase) ? (isKnown ? true : null) : (Accounts.Count > 0 ? false : null);
    }

    /// <summary>The writers of a hub.</summary>
    /// <param name="name">Name of the hub.</param>
    /// <param name="properties">Its configuration.</param>
    public static IEnumerable<HubWriter> Of(string name, JsonElement properties)
    {
        JsonElement? uploads = properties.Prop("storageEndpoints");
        if (uploads is { ValueKind: not JsonValueKind.Object })
            yield return new HubWriter(name, [], null, null);
        foreach (JsonProperty endpoint in uploads.Members().Where(static endpoint => IsConfigured(endpoint.Value)))
            yield return Read(name, endpoint.Value, fileNameFormat: null);

        JsonElement? storage = properties.Prop("routing").Prop("endpoints").Prop("storageContainers");
        if (storage is { ValueKind: not JsonValueKind.Array })
            yield return new HubWriter(name, [], null, BlobNameFormat.Default);
        foreach (JsonElement endpoint in storage.Items())
            yield return Read(name, endpoint, endpoint.Text("fileNameFormat") ?? BlobNameFormat.Default);
        foreach (string list in DocumentEndpoints)
        {
            JsonElement? documents = properties.Prop("routing").Prop("endpoints").Prop(list);
            if (documents is { ValueKind: not JsonValueKind.Array })
                yield return new HubWriter(name, [], null, null) { IsOfDocuments = true };
            foreach (JsonElement endpoint in documents.Items())
                yield return ReadDocuments(name, endpoint);
        }
    }

    private static bool IsConfigured(JsonElement upload) =>
        upload.ValueKind != JsonValueKind.Object
        || Array.Exists(UploadAddress, member =>
            upload.Prop(member) is { } value && (value.ValueKind != JsonValueKind.String || ((JsonElement?)value).Text() is not null)
        );

    private static HubWriter Read(string hubName, JsonElement endpoint, string? fileNameFormat)
    {
        IReadOnlyDictionary<string, string> parts = ServiceAddress.Parts(endpoint.Text("connectionString"));
        string?[] accounts =
        [
            StorageHost.AccountOf(endpoint.Text("endpointUri")),
            StorageHost.AccountOf(parts.GetValueOrDefault("BlobEndpoint")),
            parts.GetValueOrDefault("AccountName")?.Trim().ToLowerInvariant(),
        ];
        return new HubWriter(
            hubName,
            [.. accounts.OfType<string>().Distinct(StringComparer.Ordinal)],
            endpoint.Text("containerName")?.Trim().ToLowerInvariant(),
            fileNameFormat
        );
    }

    private static HubWriter ReadDocuments(string hubName, JsonElement endpoint)
    {
        string? account = ServiceAddress.FirstLabel(
            endpoint.Text("endpointUri") ?? ServiceAddress.Parts(endpoint.Text("connectionString")).GetValueOrDefault("AccountEndpoint")
        );
        string? database = endpoint.Text("databaseName");
        string? container = endpoint.Text("containerName") ?? endpoint.Text("collectionName");
        bool isNamed = database is not null && container is not null;
        return new HubWriter(
            hubName,
            account is null ? [] : [account],
            isNamed ? $"{database}/{container}".ToLowerInvariant() : null,
            FileNameFormat: null
        )
        {
            IsOfDocuments = true,
        };
    }
}
