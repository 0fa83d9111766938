using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using IotHubDsr.Sandbox.Storage.Blobs;

namespace IotHubDsr.Sandbox.Storage;

/// <summary>
/// A container. <see cref="Put"/>, <see cref="Append"/>, <see cref="Delete"/> and <see cref="List"/> are for seeding and for
/// looking: they ask for no lease and pass by immutability.
/// </summary>
internal sealed class BlobContainer
{
    private readonly SortedBlobs _blobs = new();

    public BlobContainer(BlobAccount account, string name, ImmutableSortedDictionary<string, string>? metadata = null)
    {
        Account = account;
        Name = name;
        Metadata = metadata ?? BlobRevision.NoPairs;
        ETag = account.Clock.NextETag();
        LastModified = account.Clock.Now;
    }

    public string Name { get; }

    public BlobAccount Account { get; }

    public ImmutabilityPolicy? Policy { get; set; }

    /// <summary>The tags of the holds on the container: each is one ground, and all must be lifted.</summary>
    public IReadOnlyList<string> LegalHolds { get; set; } = [];

    /// <summary>Set without saying for how long, it is for as long as the service allows.</summary>
    public bool HasImmutabilityPolicy
    {
        get => Policy is not null;
        set => Policy = value ? Policy ?? new(ImmutabilityPolicy.MostDays) : null;
    }

    public bool HasLegalHold
    {
        get => LegalHolds.Count > 0;
        set => LegalHolds = value ? ["hold"] : [];
    }

    public ImmutableSortedDictionary<string, string> Metadata { get; }

    public string ETag { get; }

    public DateTimeOffset LastModified { get; }

    public Lease Lease { get; } = new();

    /// <summary>Held for the whole of an operation, which makes each request atomic.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Use under <see cref="Gate"/>.</summary>
    public SortedBlobs Blobs => _blobs;

    public void Put(string blobName, ReadOnlyMemory<byte> content, BlobSeed? seed = null)
    {
        seed ??= new BlobSeed();
        DateTimeOffset modified = seed.LastModified ?? Account.Clock.Now;
        var revision = new BlobRevision
        {
            Kind = seed.BlobType,
            Content = BlobContent.Of(content),
            AppendedBlocks = seed.BlobType == BlobKind.Append && !content.IsEmpty ? 1 : 0,
            ETag = Account.Clock.NextETag(),
            LastModified = modified,
            CreatedOn = modified,
            Headers = new() { ContentType = seed.ContentType },
            Metadata = BlobRevision.NoPairs.AddRange(seed.Metadata),
            Tags = BlobRevision.NoTags.AddRange(seed.Tags),
            Protection = new(seed.ImmutableUntil, seed.HasLegalHold),
            Tier = seed.Tier is null
                ? new()
                : new()
                {
                    Name = seed.Tier,
                    Inferred = false,
                    ChangedOn = modified,
                },
        };
        lock (Gate)
        {
            AddParentDirectories(blobName);
            GetOrAddEntry(blobName).Replace(revision);
        }
    }

    /// <summary>Adds a block to an append blob, which is made when it is not there.</summary>
    public void Append(string blobName, ReadOnlyMemory<byte> content, DateTimeOffset? modified = null)
    {
        lock (Gate)
        {
            if (!TryGetEntry(blobName, out BlobEntry? entry) || entry.Current is not { } current)
            {
                Put(blobName, content, new BlobSeed { BlobType = BlobKind.Append, LastModified = modified });
                return;
            }

            entry.Amend(
                current,
                current with
                {
                    Content = BlobContent.Concat([current.Content, BlobContent.Of(content)]),
                    AppendedBlocks = current.AppendedBlocks + 1,
                    ETag = Account.Clock.NextETag(),
                    LastModified = modified ?? Account.Clock.Now,
                }
            );
        }
    }

    public void Delete(string blobName)
    {
        lock (Gate)
        {
            if (TryGetEntry(blobName, out BlobEntry? entry))
            {
                entry.DeleteSnapshots();
                entry.DeleteCurrent();
                RemoveIfVacant(entry);
            }
        }
    }

    /// <summary>What is there now; with <paramref name="includeOld"/> also versions, snapshots and soft-deleted copies.</summary>
    public IReadOnlyList<BlobSnapshotInfo> List(string prefix = "", bool includeOld = false)
    {
        var found = new List<BlobSnapshotInfo>();
        lock (Gate)
        {
            foreach (BlobEntry? entry in _blobs.From(prefix).TakeWhile(entry => entry.Name.StartsWith(prefix, StringComparison.Ordinal)))
            {
                entry.CatchUp();
                if (includeOld)
                    found.AddRange(entry.Old.Select(old => Describe(entry, old)));

                if (entry.Current is { } current)
                    found.Add(Describe(entry, current));
            }
        }

        return found;
    }

    /// <summary>The entry, brought up to date; false when nothing at all is kept under the name.</summary>
    public bool TryGetEntry(string blobName, [NotNullWhen(true)] out BlobEntry? entry)
    {
        if (!_blobs.TryGet(blobName, out entry))
            return false;

        entry.CatchUp();
        return !entry.IsVacant;
    }

    public BlobEntry GetOrAddEntry(string blobName)
    {
        BlobEntry entry = _blobs.GetOrAdd(blobName, name => new BlobEntry(name, Account));
        entry.CatchUp();
        return entry;
    }

    public void RemoveIfVacant(BlobEntry entry)
    {
        if (entry.IsVacant)
            _blobs.Remove(entry.Name);
    }

    public bool HasChildren(string directory) =>
        _blobs
            .From(directory + "/")
            .TakeWhile(entry => entry.Name.StartsWith(directory + "/", StringComparison.Ordinal))
            .Any(entry => entry.Current is not null);

    /// <summary>With a hierarchical namespace, a blob makes the directories above it, and they stay when it goes.</summary>
    public void AddParentDirectories(string blobName)
    {
        if (!Account.Options.HierarchicalNamespace)
            return;

        for (int slash = blobName.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = blobName.IndexOf('/', slash + 1))
        {
            BlobEntry entry = _blobs.GetOrAdd(blobName[..slash], name => new BlobEntry(name, Account));
            if (entry.Current is null)
            {
                DateTimeOffset now = Account.Clock.Now;
                entry.Replace(
                    new BlobRevision
                    {
                        Kind = BlobKind.Block,
                        IsDirectory = true,
                        ETag = Account.Clock.NextETag(),
                        LastModified = now,
                        CreatedOn = now,
                        Metadata = BlobRevision.NoPairs.Add("hdi_isfolder", "true"),
                    }
                );
            }
        }
    }

    private static BlobSnapshotInfo Describe(BlobEntry entry, BlobRevision revision) =>
        new(
            entry.Name,
            revision.Content.Length,
            revision.ETag,
            revision.VersionId,
            revision.Snapshot,
            ReferenceEquals(revision, entry.Current),
            revision.Deletion is not null,
            revision.Metadata,
            revision.Tags,
            revision.Content
        );
}
