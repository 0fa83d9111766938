namespace IotHubDsr.Sandbox.Storage.Blobs;

/// <summary>
/// Everything under one blob name: the base blob, its versions, snapshots and soft-deleted copies, staged blocks and lease.
/// Guarded by the container's lock.
/// </summary>
internal sealed class BlobEntry(string name, BlobAccount account)
{
    private readonly List<BlobRevision> _old = [];

    public string Name => name;

    public BlobRevision? Current { get; private set; }

    /// <summary>Versions, snapshots and soft-deleted revisions, oldest first.</summary>
    public IReadOnlyList<BlobRevision> Old => _old;

    public StagedBlocks Staged { get; } = new();

    public Lease Lease { get; private set; } = new();

    public bool IsVacant => Current is null && _old.Count == 0 && Staged.IsEmpty;

    public bool HasSnapshots => _old.Exists(old => old is { Snapshot: not null, Deletion: null });

    private BlobAccountOptions Options => account.Options;

    /// <summary>A new content or new metadata: the former state is kept as the account's options say.</summary>
    public BlobRevision Replace(BlobRevision next, bool overwritesContent = true)
    {
        DateTimeOffset now = account.Clock.Now;
        if (Current is { } former)
            Retire(former, overwritesContent, now);

        TurnDeletedBaseIntoSnapshot();
        // With versioning each version has its own creation time; without, an overwritten blob stays the one that was created.
        DateTimeOffset createdOn = Options.KeepsVersions ? next.CreatedOn : Current?.CreatedOn ?? next.CreatedOn;
        Current = next with
        {
            CreatedOn = createdOn,
            VersionId = Options.KeepsVersions ? account.Clock.NextId() : null,
            Snapshot = null,
            Deletion = null,
        };
        return Current;
    }

    /// <summary>A change that the service does not take for a new version.</summary>
    public void Amend(BlobRevision former, BlobRevision next)
    {
        if (ReferenceEquals(former, Current))
        {
            Current = next;
            return;
        }

        _old[_old.IndexOf(former)] = next;
    }

    public BlobRevision TakeSnapshot(BlobRevision current, BlobRevision content)
    {
        BlobRevision snapshot = content with { Snapshot = account.Clock.NextId(), VersionId = null };
        AddOld(snapshot);
        if (Options.KeepsVersions)
            Replace(current, overwritesContent: false);

        return snapshot;
    }

    public void DeleteCurrent()
    {
        if (Current is not { } former)
            return;

        DateTimeOffset now = account.Clock.Now;
        if (BecomesVersion(former))
            AddOld(AsVersion(former));
        else if (Options.KeepsDeleted)
            AddOld(former with { Deletion = DeletionAt(now) });

        Current = null;
        Lease = new();
        Staged.Clear();
    }

    public void DeleteOld(BlobRevision old)
    {
        int at = _old.IndexOf(old);
        if (Options.KeepsDeleted && old.Deletion is null)
            _old[at] = old with { Deletion = DeletionAt(account.Clock.Now) };
        else
            _old.RemoveAt(at);
    }

    public void DeletePermanently(BlobRevision old) => _old.Remove(old);

    public void DeleteSnapshots()
    {
        foreach (BlobRevision? snapshot in _old.Where(old => old is { Snapshot: not null, Deletion: null }).ToList())
            DeleteOld(snapshot);
    }

    /// <summary>Restores all that is soft-deleted; a version stays a version, so the base blob may still be absent.</summary>
    public void Undelete()
    {
        for (int i = _old.Count - 1; i >= 0; i--)
        {
            if (_old[i].Deletion is null)
                continue;

            BlobRevision restored = _old[i] with { Deletion = null };
            if (restored is { Snapshot: null, VersionId: null })
            {
                _old.RemoveAt(i);
                Current = restored;
            }
            else
            {
                _old[i] = restored;
            }
        }
    }

    /// <summary>What time has done by itself: retention that ran out, rehydration that is complete, stale staged blocks.</summary>
    public void CatchUp()
    {
        DateTimeOffset now = account.Clock.Now;
        _old.RemoveAll(old => old.Deletion?.Until <= now);
        Staged.DropStale(now);
        if (Current is { } current && current.Tier.At(now) is var tier && tier != current.Tier)
            Current = current with { Tier = tier };
    }

    private void Retire(BlobRevision former, bool overwritesContent, DateTimeOffset now)
    {
        if (BecomesVersion(former))
            AddOld(AsVersion(former));
        else if (overwritesContent && Options.KeepsDeleted && former.Tier.Name != AccessTierState.Archive)
            AddOld(former with { Snapshot = account.Clock.NextId(), Deletion = DeletionAt(now) });
    }

    /// <summary>A version stays one when versioning is turned off; only what comes after it is not versioned.</summary>
    private bool BecomesVersion(BlobRevision former) => Options.KeepsVersions || former.VersionId is not null;

    private static BlobRevision AsVersion(BlobRevision former) =>
        former.VersionId is null ? former with { VersionId = StampClock.ToId(former.LastModified.UtcTicks) } : former;

    private void TurnDeletedBaseIntoSnapshot()
    {
        int at = _old.FindIndex(old => old is { Snapshot: null, VersionId: null });
        if (at >= 0)
        {
            BlobRevision deleted = _old[at];
            _old.RemoveAt(at);
            AddOld(deleted with { Snapshot = account.Clock.NextId() });
        }
    }

    private Deletion DeletionAt(DateTimeOffset now) => new(now, now.AddDays(Options.SoftDeleteDays));

    private void AddOld(BlobRevision old)
    {
        int at = _old.FindIndex(other => string.CompareOrdinal(other.SortKey, old.SortKey) > 0);
        _old.Insert(at < 0 ? _old.Count : at, old);
    }
}
