using System.Text.Json;
using System.Text.RegularExpressions;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Cosmos;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.CosmosContainers;

/// <summary>A container as it is now, opened for one piece of work.</summary>
internal sealed partial class DocumentContainer : IDisposable
{
    private const string ApiVersion = "2024-11-15";
    private const string AccountType = "databaseAccounts";

    private DocumentContainer(DocumentClient client, IReadOnlyList<DocumentPath> paths, DocumentCopies copies)
    {
        Client = client;
        Paths = paths;
        Copies = copies;
    }

    /// <summary>
    /// Whether its index follows when the container is idle, so that a query can miss what is there. New containers cannot have such an index;
    /// those of before June 2020 keep it.
    /// </summary>
    public bool IsIndexedLazily { get; private init; }

    public DocumentClient Client { get; }

    /// <summary>The paths of the partition key, in their order; none for a container of old that has no key.</summary>
    public IReadOnlyList<DocumentPath> Paths { get; }

    public DocumentCopies Copies { get; }

    /// <param name="access">The connection.</param>
    /// <param name="location">The location.</param>
    /// <param name="mayDelete">Whether documents are to be deleted.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="DsrException">It cannot be opened.</exception>
    public static async Task<DocumentContainer> OpenAsync(
        AzureAccess access,
        DataLocation location,
        bool mayDelete,
        CancellationToken cancellationToken
    )
    {
        CosmosPlace place = PlaceOf(location);
        var arm = new ArmReader(access);
        ArmId? id = AccountOf(location);
        JsonElement? account = id is null
            ? null
            : await arm.GetAsync(new ArmCall(id.Path, ApiVersion, $"the Cosmos DB account {id.Name}"), cancellationToken);
        bool hasKeys = id is not null && !account.Prop("properties").Flag("disableLocalAuth", otherwise: false);
        var client = new DocumentClient(access, place, token =>
            hasKeys ? KeyAsync(arm, id!, mayDelete, token) : Task.FromResult<string?>(null)
        );
        try
        {
            JsonElement container = await client.DescribeAsync(cancellationToken);
            DocumentPath[] paths =
            [
                .. container.Prop("partitionKey").Prop("paths").Items().Select(static path => new DocumentPath(path.GetString() ?? "/")),
            ];
            string? indexing = ((JsonElement?)container).Prop("indexingPolicy").Text("indexingMode");
            return new DocumentContainer(client, paths, DocumentCopies.Read(account, container))
            {
                IsIndexedLazily = "lazy".Equals(indexing, StringComparison.OrdinalIgnoreCase),
            };
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    public void Dispose() => Client.Dispose();

    private static CosmosPlace PlaceOf(DataLocation location)
    {
        // Two containers of one name in two accounts of one name are told apart by the resource.
        int resource = location.Place.IndexOf(" (/", StringComparison.Ordinal);
        string place = resource < 0 ? location.Place : location.Place[..resource];
        return place.Split('/') is [var account, { Length: > 0 } database, { Length: > 0 } container] && AccountName().IsMatch(account)
            ? new CosmosPlace(account, database, container, location.ToString())
            {
                Scope = location.ResourceId ?? $"the Cosmos DB account {account}",
            }
            : throw FaultCatalogue.LocationMissing.Exception(
                location.ToString(),
                "it does not name a container; a location file can name it as account/database/container."
            );
    }

    /// <summary>The account in the resource ID, which a location file can give of the container; null when it is not known.</summary>
    private static ArmId? AccountOf(DataLocation location) =>
        ArmId.TryParse(location.ResourceId, out ArmId? known)
        && known.NameOf(AccountType) is { } name
        && ArmId.TryParse(
            $"/subscriptions/{known.SubscriptionId}/resourceGroups/{known.ResourceGroup}"
                + $"/providers/Microsoft.DocumentDB/{AccountType}/{name}",
            out ArmId? account
        )
            ? account
            : null;

    /// <summary>A key of the account, for where the account's own identity has no role; null when none may be listed.</summary>
    private static async Task<string?> KeyAsync(ArmReader arm, ArmId id, bool mayDelete, CancellationToken cancellationToken)
    {
        var call = new ArmCall($"{id.Path}/{(mayDelete ? "listKeys" : "readonlykeys")}", ApiVersion, $"the Cosmos DB account {id.Name}")
        {
            Verb = "list the keys of",
        };
        try
        {
            JsonElement keys = await arm.PostAsync(call, cancellationToken);
            OperationNotices.Send(
                NoticeLevel.Verbose,
                $"The Cosmos DB account {id.Name} refuses the account's own token: a key of it is used instead."
            );
            return keys.Text(mayDelete ? "primaryMasterKey" : "primaryReadonlyMasterKey");
        }
        catch (DsrException refused)
        {
            OperationNotices.Send(NoticeLevel.Debug, $"The keys of the Cosmos DB account {id.Name} could not be listed: {refused.Message}");
            return null;
        }
    }

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9-]{1,48}[a-z0-9]\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex AccountName();
}
