using System.Globalization;
using Azure;
using IotHubDsr.Core.Azure.Blobs;

namespace IotHubDsr.Core.Sinks.BlobArchives;

/// <summary>What is known of a container as a whole, whoever's records it holds: holds, what cannot be read, and what is left out.</summary>
internal sealed class ContainerFacts
{
    private int _softDeleted;
    private int _uncommitted;
    private DateTimeOffset? _leavesBy;

    public ContainerHold Hold { get; private set; } = new(HasPolicy: false, HasLegalHold: false, Days: null);

    public FormerContainers Former { get; private set; } = new(IsMissing: false, Until: null);

    /// <summary>How many blobs the operator excludes.</summary>
    public long Excluded { get; set; }

    /// <summary>When the last copy has expired that nobody can read; null when there is none.</summary>
    public DateTimeOffset? LeavesBy => _leavesBy > Former.Until ? _leavesBy : Former.Until ?? _leavesBy;

    /// <summary>What is said of it, without full stops.</summary>
    public IEnumerable<string> Details
    {
        get
        {
            if (_softDeleted > 0)
            {
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Counted.Of(_softDeleted, "soft-deleted copy", "soft-deleted copies")} cannot be read and will have expired by "
                        + $"{_leavesBy:yyyy-MM-dd}"
                );
            }

            if (_uncommitted > 0)
            {
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Counted.Of(_uncommitted, "blob consists", "blobs consist")} of uncommitted blocks, which cannot be read; unless "
                        + $"they are committed, the service discards them by {_leavesBy:yyyy-MM-dd}"
                );
            }

            if (BlobExclusions.Describe(Excluded) is { } excluded)
                yield return excluded;
            if (Former is { IsMissing: true, Until: null })
                yield return "the container does not exist: its service creates it with the first record";
            if (Former.Ground is { } former)
                yield return former;
            if (Hold.Ground is { } ground)
                yield return ground;
        }
    }

    /// <summary>Reads what the container itself tells; it may be missing where its service creates it with the first record.</summary>
    public async Task ReadAsync(
        BlobContainerAccess container,
        DataLocation location,
        bool mayBeMissing,
        CancellationToken cancellationToken
    )
    {
        try
        {
            Hold = await container.HoldAsync(location, cancellationToken);
        }
        catch (RequestFailedException missing) when (BlobFailures.IsContainerMissing(missing))
        {
            Former = await FormerContainers.ReadAsync(container, isMissing: true, cancellationToken);
            if (Former.Until is null && !mayBeMissing)
                throw;
            return;
        }

        Former = await FormerContainers.ReadAsync(container, isMissing: false, cancellationToken);
    }

    /// <summary>Whether there is something to read; what is soft-deleted, or not committed, is only accounted for.</summary>
    public bool IsReadable(ListedBlob blob)
    {
        if (blob.LeavesAt is not { } leavesAt)
            return blob.Length > 0;
        if (blob.Length == 0 && !blob.IsUncommitted)
            return false;
        (_softDeleted, _uncommitted) = blob.IsUncommitted ? (_softDeleted, _uncommitted + 1) : (_softDeleted + 1, _uncommitted);
        _leavesBy = _leavesBy > leavesAt ? _leavesBy : leavesAt;
        return false;
    }
}
