using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.Storage.Queues;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Sandbox.Arm;

/// <summary>Microsoft.Storage: the queue service of the accounts and its queues, as they are at the moment.</summary>
internal sealed class QueueResources(WorldNames names, BlobStore blobs) : IArmProvider
{
    private const string Service = "/queueServices/default";
    private const string Queues = $"{Service}/queues";

    public IReadOnlyList<(string Method, string Path)> Types
    {
        get
        {
            string account = names.StorageId(WorldNames.UploadAccount);
            return [("GET", account + Service), ("GET", account + Queues), ("GET", $"{account}{Queues}/any")];
        }
    }

    public JsonNode? Find(string method, ArmPath path, string apiVersion)
    {
        if (method != "GET" || Split(path.Text) is not var (account, rest))
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

    public (IReadOnlyList<JsonNode> Items, int PageSize)? List(ArmPath path, string apiVersion) =>
        Split(path.Text) is var (account, rest) && rest.Equals(Queues, StringComparison.OrdinalIgnoreCase)
            ? ([.. account.Queues.All.Select(queue => Described(account, queue))], int.MaxValue)
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
