using System.Globalization;
using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Azure.Hub;

namespace IotHubDsr.Core.Sinks.FileUploads;

/// <summary>What a container lists of one device.</summary>
internal sealed class DeviceUploads(
    string deviceId,
    UploadWindow window,
    ContainerHold hold,
    FormerContainers former,
    RestoreWindow restore,
    DateTimeOffset now
)
{
    private readonly List<ListedBlob> _files = [];
    private readonly List<ListedBlob> _deleted = [];
    private readonly List<ListedBlob> _directories = [];

    public string DeviceId => deviceId;

    /// <summary>What the names of the device's files begin with. The slash keeps <c>dev1</c> apart from <c>dev10</c>.</summary>
    public string Prefix => PrefixOf(deviceId);

    /// <summary>What can be read: current files, old versions and snapshots, and directories that hold data by themselves.</summary>
    public IReadOnlyList<ListedBlob> Files =>
        _directories.Count == 0 ? _files : [.. _files, .. Records.Where(directory => directory.LeavesAt is null)];

    /// <summary>Soft-deleted files and copies, and uploads that were never finished: only their names and sizes can be known.</summary>
    public IReadOnlyList<ListedBlob> Deleted =>
        _directories.Count == 0 ? _deleted : [.. _deleted, .. Records.Where(directory => directory.LeavesAt is not null)];

    /// <summary>How many blobs of the device the operator excludes.</summary>
    public long Excluded { get; set; }

    /// <summary>Whether there is a file that is no old copy.</summary>
    public bool HasFiles => _files.Exists(file => !file.IsOldCopy);

    /// <summary>Whether nothing was listed of it so far.</summary>
    public bool IsEmpty => _files.Count + _deleted.Count + _directories.Count == 0;

    /// <summary>Directories, deepest first. The device's own is among them where nothing else is.</summary>
    public IEnumerable<ListedBlob> Directories =>
        _directories
            .Where(directory => directory is { LeavesAt: null, IsOldCopy: false })
            .OrderByDescending(directory => directory.Name.Count(c => c == '/'));

    /// <summary>Directories that hold data by themselves: those with metadata, and those whose name nothing below them carries.</summary>
    private IEnumerable<ListedBlob> Records
    {
        get
        {
            HashSet<string> carried = [.. _files.Concat(_deleted).Concat(_directories).SelectMany(blob => FoldersOf(blob.Name))];
            return _directories.Where(directory => directory.Metadata.Count > 1 || !carried.Contains(directory.Name));
        }
    }

    public static string PrefixOf(string deviceId) => deviceId + "/";

    /// <summary>Takes a blob of the device; one of another device is not taken, regardless of what was asked of the service.</summary>
    /// <param name="blob">The blob.</param>
    /// <param name="isAgain">Whether it can be listed already, and was changed since.</param>
    public void Add(ListedBlob blob, bool isAgain)
    {
        bool isOwn = blob.Name.StartsWith(Prefix, StringComparison.Ordinal) || (blob.Name == deviceId && blob.IsDirectory);
        if (!isOwn || !window.Includes(blob.CreatedOn, blob.LastModified))
            return;
        List<ListedBlob> kind =
            blob.IsDirectory && !blob.IsUncommitted ? _directories
            : blob.LeavesAt is null ? _files
            : _deleted;
        if (isAgain)
            kind.RemoveAll(known => known.Path == blob.Path);
        kind.Add(blob);
    }

    public DeviceDataFinding ToFinding(DataLocation location)
    {
        IReadOnlyList<ListedBlob> readable = Files;
        List<ListedBlob> all = [.. readable, .. Deleted];
        Verdict verdict =
            readable.Count > 0 ? (readable.All(IsHeld) ? Verdict.Held : Verdict.Present)
            : LastLeaves is not null ? Verdict.Expiring
            : Verdict.Absent;
        return new DeviceDataFinding
        {
            DeviceId = deviceId,
            Location = location,
            Verdict = verdict,
            RecordCount = all.Count,
            OldCopyCount = readable.Count(file => file.IsOldCopy) + all.Count - readable.Count,
            ByteCount = all.Sum(file => file.Length),
            FirstTime = all.Min(file => (DateTimeOffset?)file.LastModified),
            LastTime = all.Max(file => (DateTimeOffset?)file.LastModified),
            Until =
                verdict == Verdict.Expiring ? LastLeaves
                : verdict == Verdict.Held ? LastHeldUntil
                : null,
            Detail = Detail(),
            Items = all.Select(ToItem).ToList(),
        };
    }

    private DateTimeOffset? LastLeaves => Deleted.Select(file => file.LeavesAt).Append(former.Until).Append(restore.Until).Max();

    /// <summary>Until when the last of the files is held; null when that is not known, or has no end.</summary>
    private DateTimeOffset? LastHeldUntil
    {
        get
        {
            List<DateTimeOffset?> ends = [.. _files.Where(file => file.IsHeld).Select(file => file.HeldUntil)];
            ends.AddRange(_files.Where(file => !hold.LetsDelete(file.CreatedOn, now)).Select(file => hold.EndFor(file.CreatedOn)));
            return ends.Contains(null) ? null : ends.Max();
        }
    }

    private bool IsHeld(ListedBlob file) => file.IsHeld || !hold.LetsDelete(file.CreatedOn, now);

    /// <summary>A soft-deleted file has no ETag under which it could be changed.</summary>
    private static SeenItem ToItem(ListedBlob blob) =>
        new(blob.Path, blob.LeavesAt is null ? blob.ETag.ToString("H") : null, 1, blob.Length)
        {
            IsOldCopy = blob.IsOldCopy || blob.LeavesAt is not null,
            FirstTime = blob.LastModified,
            LastTime = blob.LastModified,
        };

    /// <summary>The paths of all folders that a blob lies in.</summary>
    private static IEnumerable<string> FoldersOf(string name)
    {
        for (int slash = name.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = name.IndexOf('/', slash + 1))
            yield return name[..slash];
    }

    private string? Detail()
    {
        int versions = _files.Count(file => file.IsOldCopy && file.Snapshot is null);
        int snapshots = _files.Count(file => file.Snapshot is not null);
        var sentences = new List<string>();
        if (versions > 0)
            sentences.Add($"{Count(versions, "old version")} of files: -IncludeOldVersions erases {(versions == 1 ? "it" : "them")}.");
        if (snapshots > 0)
            sentences.Add($"{Count(snapshots, "snapshot")}: a file is deleted only with its snapshots, which takes -IncludeOldVersions.");
        if (Deleted.Count(file => !file.IsUncommitted) is > 0 and var deleted)
        {
            sentences.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Count(deleted, "soft-deleted file")} cannot be read or erased and will have expired by {LastLeaves:yyyy-MM-dd}."
                )
            );
        }

        if (_deleted.Count(file => file.IsUncommitted) is > 0 and var begun)
        {
            sentences.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Count(begun, "upload")} {(begun == 1 ? "was" : "were")} never finished: uncommitted blocks cannot be read, and the "
                        + $"service discards them by {LastLeaves:yyyy-MM-dd}."
                )
            );
        }

        if (Files.Count - _files.Count is > 0 and var directories)
        {
            sentences.Add(
                $"{Count(directories, "record")} {(directories == 1 ? "is a directory" : "are directories")} with a name or metadata of "
                    + $"{(directories == 1 ? "its" : "their")} own."
            );
        }

        if (_files.Count(file => file.IsHeld) is > 0 and var held)
        {
            sentences.Add(
                $"{Count(held, "file")} or {(held == 1 ? "copy is" : "copies are")} held by a policy or legal hold of "
                    + $"{(held == 1 ? "its" : "their")} own."
            );
        }

        if (_files.Count(file => file.IsLeased) is > 0 and var leased)
        {
            sentences.Add(
                $"{Count(leased, "file")} {(leased == 1 ? "is" : "are")} leased by another client and can be deleted only after the lease "
                    + "has ended."
            );
        }

        foreach (
            string more in new[]
            {
                BlobExclusions.Describe(Excluded),
                former.Ground,
                hold.Ground,
                restore.Remark(HasFiles),
            }.OfType<string>()
        )
        {
            sentences.Add($"{char.ToUpperInvariant(more[0])}{more[1..]}.");
        }

        return sentences.Count == 0 ? null : string.Join(' ', sentences);
    }

    private static string Count(int number, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{number} {noun}{(number == 1 ? "" : "s")}");
}
