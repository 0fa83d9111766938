using System.Globalization;
using IotHubDsr.Azure.Blobs;

namespace IotHubDsr.Stores.FileUploads;

/// <summary>What a container lists of one device.</summary>
internal sealed class DeviceUploads(string deviceId, UploadWindow window, ContainerHold hold, DateTimeOffset now)
{
    private readonly List<ListedBlob> _files = [];
    private readonly List<ListedBlob> _deleted = [];
    private readonly List<ListedBlob> _directories = [];

    public string DeviceId => deviceId;

    /// <summary>What the names of the device's files begin with. The slash keeps <c>dev1</c> apart from <c>dev10</c>.</summary>
    public string Prefix => PrefixOf(deviceId);

    /// <summary>Files that can be read: current ones, old versions and snapshots.</summary>
    public IReadOnlyList<ListedBlob> Files => _files;

    /// <summary>Soft-deleted files and copies: only their names and sizes can be known.</summary>
    public IReadOnlyList<ListedBlob> Deleted => _deleted;

    /// <summary>Directories below the device's own, deepest first.</summary>
    public IEnumerable<ListedBlob> Directories => _directories.OrderByDescending(directory => directory.Name.Count(c => c == '/'));

    public static string PrefixOf(string deviceId) => deviceId + "/";

    /// <summary>Takes a blob of the device; one of another device is not taken, whatever was asked of the service.</summary>
    public void Add(ListedBlob blob)
    {
        if (!blob.Name.StartsWith(Prefix, StringComparison.Ordinal) || !window.Includes(blob.CreatedOn, blob.LastModified))
            return;
        if (!blob.IsDirectory)
            (blob.LeavesAt is null ? _files : _deleted).Add(blob);
        else if (blob is { LeavesAt: null, IsOldCopy: false })
            _directories.Add(blob);
    }

    public DeviceDataFinding ToFinding(DataLocation location)
    {
        IEnumerable<ListedBlob> all = _files.Concat(_deleted);
        Verdict verdict = _files.Count > 0 ? (_files.TrueForAll(IsHeld) ? Verdict.Held : Verdict.Present)
            : _deleted.Count > 0 ? Verdict.Expiring
            : Verdict.Absent;
        return new DeviceDataFinding
        {
            DeviceId = deviceId,
            Location = location,
            Verdict = verdict,
            Records = _files.Count + _deleted.Count,
            OldCopyRecords = _files.Count(file => file.IsOldCopy) + _deleted.Count,
            Bytes = all.Sum(file => file.Length),
            FirstTime = all.Min(file => (DateTimeOffset?)file.LastModified),
            LastTime = all.Max(file => (DateTimeOffset?)file.LastModified),
            Until = verdict == Verdict.Expiring ? LastLeaves : verdict == Verdict.Held ? LastHeldUntil : null,
            Detail = Detail(),
            Items = all.Select(ToItem).ToList(),
        };
    }

    private DateTimeOffset? LastLeaves => _deleted.Max(file => file.LeavesAt);

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
    private static SeenItem ToItem(ListedBlob blob) => new(blob.Path, blob.LeavesAt is null ? blob.ETag.ToString("H") : null, 1, blob.Length)
    {
        IsOldCopy = blob.IsOldCopy || blob.LeavesAt is not null,
        FirstTime = blob.LastModified,
        LastTime = blob.LastModified,
    };

    private string? Detail()
    {
        int versions = _files.Count(file => file.IsOldCopy && file.Snapshot is null);
        int snapshots = _files.Count(file => file.Snapshot is not null);
        var sentences = new List<string>();
        if (versions > 0)
            sentences.Add($"{Count(versions, "old version")} of files: -IncludeOldVersions erases {(versions == 1 ? "it" : "them")}.");
        if (snapshots > 0)
            sentences.Add($"{Count(snapshots, "snapshot")}: a file is deleted only with its snapshots, which takes -IncludeOldVersions.");
        if (_deleted.Count > 0)
        {
            sentences.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{Count(_deleted.Count, "soft-deleted file")} cannot be read or erased and will have left by {LastLeaves:yyyy-MM-dd}."));
        }

        if (_files.Count(file => file.IsHeld) is > 0 and var held)
            sentences.Add($"{Count(held, "file")} or {(held == 1 ? "copy is" : "copies are")} held by a policy or legal hold of {(held == 1 ? "its" : "their")} own.");
        if (_files.Count(file => file.IsLeased) is > 0 and var leased)
            sentences.Add($"{Count(leased, "file")} {(leased == 1 ? "is" : "are")} leased by somebody else and can be deleted only when the lease has ended.");
        if (hold.Ground is { } ground)
            sentences.Add($"{char.ToUpperInvariant(ground[0])}{ground[1..]}.");
        return sentences.Count == 0 ? null : string.Join(' ', sentences);
    }

    private static string Count(int number, string noun) => string.Create(CultureInfo.InvariantCulture, $"{number} {noun}{(number == 1 ? "" : "s")}");
}
