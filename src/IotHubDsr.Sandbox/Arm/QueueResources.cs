using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.Storage.Queues;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Sandbox.Arm;

/// <summary>Microsoft.Storage: the queue service of the accounts and its queues, as they are at the moment.</summary>
internal sealed class QueueResources(WorldNames names, BlobStore blobs) : IArmSource
{
    private const string Service = "/queueServices/default";
    private const string Queues = $"{Service}/queues";

    public static void Know(ArmCatalogue catalogue, WorldNames names)
    {
        string account = names.StorageId(WorldNames.UploadAccount);
        foreach (string path in (string[])[Service, Queues, $"{Queues}/{WorldNames.EventQueue}"])
            catalogue.Know("GET", account + path);
    }

    public JsonNode? Find(string method, string path)
    {
        if (method != "GET" || Split(path) is not var (account, rest))
            return null;

        if (rest.Equals(Service, StringComparison.OrdinalIgnoreCase))
        {
            return new JsonObject
            {
                ["id"] = names.StorageId(account.Name) + Service,
                ["name"] = "default",
                ["type"] = "Microsoft.Storage/storageAccounts/queueServices",
                ["properties"] = new JsonObject { ["cors"] = new JsonObject { ["corsRules"] = new JsonArray() } },
            };
        }

        if (!rest.StartsWith(Queues + "/", StringComparison.OrdinalIgnoreCase))
            return null;

        return account.Queues.TryGet(rest[(Queues.Length + 1)..], out StorageQueue? queue) ? Detailed(account, queue) : null;
    }

    public IReadOnlyList<JsonNode>? List(string path) =>
        Split(path) is var (account, rest) && rest.Equals(Queues, StringComparison.OrdinalIgnoreCase)
            ? [.. account.Queues.All.Select(queue => Described(account, queue))]
            : null;

    private (BlobAccount Account, string Below)? Split(string path)
    {
        foreach (string name in StorageResources.Accounts)
        {
            string id = names.StorageId(name);
            if (path.StartsWith(id + "/", StringComparison.OrdinalIgnoreCase) && blobs.TryGetAccount(name, out BlobAccount? account))
                return (account, path[id.Length..]);
        }

        return null;
    }

    private JsonObject Described(BlobAccount account, StorageQueue queue)
    {
        var metadata = new JsonObject();
        foreach ((string name, string value) in queue.Metadata)
            metadata[name] = value;

        return new JsonObject
        {
            ["id"] = $"{names.StorageId(account.Name)}{Queues}/{queue.Name}",
            ["name"] = queue.Name,
            ["type"] = "Microsoft.Storage/storageAccounts/queueServices/queues",
            ["properties"] = new JsonObject { ["metadata"] = metadata },
        };
    }

    /// <summary>The count is not in a list.</summary>
    private JsonObject Detailed(BlobAccount account, StorageQueue queue)
    {
        JsonObject described = Described(account, queue);
        described["properties"]!["approximateMessageCount"] = queue.Messages.Count;
        return described;
    }
}
