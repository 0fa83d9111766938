using System.Collections.Immutable;
using System.Xml;
using System.Xml.Linq;
using IotHubDsr.Sandbox.Storage.Blobs;
using IotHubDsr.Sandbox.Storage.Rest;

namespace IotHubDsr.Sandbox.Storage.Operations;

/// <summary>Put Block, Put Block List and Get Block List.</summary>
internal static class BlockOperations
{
    private const int MostCommitted = 50_000;
    private const int MostStaged = 100_000;
    private const int LongestId = 64;

    public static StorageResponse Put(BlobCall call)
    {
        BlobRequest request = call.Request;
        if (request.Body.Length == 0)
            throw StorageErrors.InvalidHeader("Content-Length", "0");

        StorageResponse response = new StorageResponse(201).WithVerified(request, request.Body);
        Stage(call, request.Body);
        return response.With("x-ms-request-server-encrypted", true);
    }

    public static void Stage(BlobCall call, BlobContent content)
    {
        call.RefuseOldRevision();
        string id = BlockId(call.Request);
        BlobEntry entry = call.Container.GetOrAddEntry(call.BlobName);
        try
        {
            if (entry.Current is { } current && (current.Kind != BlobKind.Block || current.IsDirectory))
                throw new StorageException(StorageErrors.InvalidBlobType);

            call.RequireLease(entry.Lease);
            if (entry.Staged.All.Any(staged => staged.Id.Length != id.Length))
                throw new StorageException(StorageErrors.InvalidBlobOrBlock);

            if (entry.Staged.Count >= MostStaged && !entry.Staged.TryGet(id, out _))
                throw new StorageException(StorageErrors.BlockCountExceedsLimit);

            entry.Staged.Put(new(id, content), call.Now);
        }
        finally
        {
            call.Container.RemoveIfVacant(entry);
        }
    }

    public static StorageResponse Commit(BlobCall call)
    {
        call.RefuseOldRevision();
        BlobRequest request = call.Request;
        StorageResponse response = new StorageResponse(201).WithVerified(request, request.Body);
        XElement wanted = XmlBody.Parse(request.Body);
        if (wanted.Name != "BlockList")
            throw new StorageException(StorageErrors.InvalidXmlDocument);

        call.Container.TryGetEntry(call.BlobName, out BlobEntry? entry);
        if (entry?.Current is { Kind: not BlobKind.Block })
            throw new StorageException(StorageErrors.InvalidBlobType);

        var source = new BlockSource(entry);
        var blocks = wanted.Elements().Select(element => source.Find(element.Name.LocalName, element.Value.Trim())).ToImmutableArray();
        if (blocks.Length > MostCommitted)
            throw new StorageException(StorageErrors.BlockListTooLong);

        if (blocks.Select(block => block.Id.Length).Distinct().Count() > 1)
            throw new StorageException(StorageErrors.InvalidBlockList);

        BlobRevision revision = WriteBlob.New(call, BlobKind.Block) with
        {
            Content = BlobContent.Concat(blocks.Select(block => block.Content)),
            Blocks = blocks,
            Headers = PropertyHeaders.HttpHeaders(request),
        };
        return response.WithWritten(WriteBlob.Store(call, revision));
    }

    public static StorageResponse GetList(BlobCall call)
    {
        string type = call.Request.Parameter("blocklisttype")?.ToLowerInvariant() ?? "committed";
        if (type is not ("committed" or "uncommitted" or "all"))
            throw StorageErrors.InvalidParameter("blocklisttype", type);

        if (!call.Container.TryGetEntry(call.BlobName, out BlobEntry? entry))
            throw new StorageException(StorageErrors.BlobNotFound);

        bool isOnlyStaged = entry.Current is null && !entry.Staged.IsEmpty && call.Request.Parameter("snapshot") is null;
        BlobRevision? revision = isOnlyStaged ? null : call.Find(entry, includeDeleted: false);
        if (revision is { Kind: not BlobKind.Block })
            throw new StorageException(StorageErrors.InvalidBlobType);

        if (revision is not null)
            call.CheckReader(entry, revision);

        StorageResponse response = XmlBody.Respond(200, writer =>
        {
            writer.WriteStartElement("BlockList");
            WriteBlocks(writer, "CommittedBlocks", type == "uncommitted" ? null : revision?.Blocks ?? []);
            WriteBlocks(writer, "UncommittedBlocks", type == "committed" ? null : entry.Staged.All);
            writer.WriteEndElement();
        });
        response.With("x-ms-blob-content-length", revision?.Content.Length ?? 0);
        return revision is null ? response : response.WithIdentity(revision);
    }

    private static void WriteBlocks(XmlWriter writer, string name, IEnumerable<Block>? blocks)
    {
        if (blocks is null)
            return;

        writer.WriteStartElement(name);
        foreach (Block block in blocks)
        {
            writer.WriteStartElement("Block");
            writer.Element("Name", block.Id);
            writer.Element("Size", block.Content.Length);
            writer.WriteEndElement();
        }

        writer.WriteEndElement();
    }

    private static string BlockId(BlobRequest request)
    {
        string id = request.Parameter("blockid") ?? throw StorageErrors.MissingParameter("blockid");
        Span<byte> decoded = stackalloc byte[LongestId];
        return Convert.TryFromBase64String(id, decoded, out int length) && length > 0
            ? id
            : throw new StorageException(StorageErrors.InvalidBlockId);
    }

    /// <summary>Finds the blocks that a list names among the staged and the committed ones.</summary>
    private sealed class BlockSource(BlobEntry? entry)
    {
        private readonly Dictionary<string, Block> _committed = (entry?.Current?.Blocks ?? [])
            .DistinctBy(block => block.Id)
            .ToDictionary(block => block.Id, StringComparer.Ordinal);

        public Block Find(string from, string id) =>
            from switch
            {
                "Committed" => Committed(id),
                "Uncommitted" => Staged(id),
                "Latest" => Staged(id) ?? Committed(id),
                _ => throw new StorageException(StorageErrors.InvalidXmlDocument),
            } ?? throw new StorageException(StorageErrors.InvalidBlockList);

        private Block? Committed(string id) => _committed.GetValueOrDefault(id);

        private Block? Staged(string id) => entry is not null && entry.Staged.TryGet(id, out Block? block) ? block : null;
    }
}
