using System.Collections.Concurrent;
using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Azure.Hub;

namespace IotHubDsr.Core.Sinks.FileUploads;

/// <summary>
/// Deletes the files that were found of some devices. A file holds one device's data only: no bystander shares it, and what a device
/// uploads again under the same name belongs to the same device.
/// </summary>
internal sealed class UploadErasure(BlobContainerAccess container, SinkCall call)
{
    private const int Attempts = 4;
    private const string SnapshotMark = "?snapshot=";

    private readonly ConcurrentDictionary<string, Fault> _faults = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<(string DeviceId, string Path)> _held = [];
    private readonly UploadWindow _window = new(call.Options.Erasure.Scope);
    private readonly BlobExclusions _exclusions = new(call.Location);
    private Fault? _refusal;
    private bool _filesAreGone;
    private int _done;

    /// <summary>Deletes the files as they stand now, with their snapshots if old versions are to go.</summary>
    public Task DeleteFilesAsync(IReadOnlyList<DeviceDataFinding> findings, CancellationToken cancellationToken)
    {
        List<(string DeviceId, SeenItem Item)> files = findings
            .SelectMany(finding =>
                FilesOf(finding).Where(item => !item.IsOldCopy && item.Path != finding.DeviceId).Select(item => (finding.DeviceId, item))
            )
            .ToList();
        return call.Gate.ForEachAsync(
            files,
            async (file, token) =>
            {
                foreach (ListedBlob snapshot in SnapshotsInWindow(findings, file.DeviceId, file.Item))
                {
                    Task DeleteSnapshotAsync() => DeleteAsync(file.DeviceId, snapshot, "the snapshot", records: 1, token);
                    await TryAsync(file.DeviceId, snapshot.Path, DeleteSnapshotAsync, token);
                }

                await TryAsync(file.DeviceId, file.Item.Path, () => DeleteFileAsync(file.DeviceId, file.Item, token), token);
                int done = Interlocked.Increment(ref _done);
                await call.ProgressAsync($"{done} of {files.Count} files deleted", (int)(done * 100L / files.Count), token);
            },
            cancellationToken
        );
    }

    /// <summary>Deletes what is left of the files: old copies if they are to go, and directories that have become empty.</summary>
    public async Task<IReadOnlyList<ErasureOutcome>> DeleteRemainsAsync(
        IReadOnlyList<DeviceDataFinding> findings,
        UploadListing left,
        CancellationToken cancellationToken
    )
    {
        var outcomes = new ConcurrentDictionary<string, ErasureOutcome>(StringComparer.Ordinal);
        _filesAreGone = true;
        await call.Gate.ForEachAsync(
            findings,
            async (finding, token) =>
            {
                DeviceUploads uploads = left.Of(finding.DeviceId);
                var there = uploads.Files.Select(KeyOf).ToHashSet();
                if (call.Options.Erasure.IncludeOldVersions)
                    await DeleteOldCopiesAsync(finding, uploads, there, token);
                if (_window.IsOpen && !uploads.HasFiles)
                    await DeleteDirectoriesAsync(uploads, there, token);
                outcomes[finding.DeviceId] = ToOutcome(finding, there);
            },
            cancellationToken
        );
        return findings.Select(finding => outcomes[finding.DeviceId]).ToList();
    }

    /// <summary>
    /// What was found readable. A plan can have been stored and edited: a path outside the device's folder is not followed, and the folder
    /// itself is looked at again before it goes.
    /// </summary>
    private IEnumerable<SeenItem> FilesOf(DeviceDataFinding finding)
    {
        string prefix = DeviceUploads.PrefixOf(finding.DeviceId);
        return finding.Items.Where(item =>
            item.ETag is not null
            && (item.Path == finding.DeviceId || item.Path.StartsWith(prefix, StringComparison.Ordinal))
            && !_exclusions.Cover(item.Name)
        );
    }

    /// <summary>Whether all snapshots may go with their file: also those outside the window and those that are held would.</summary>
    private bool TakesSnapshots(SeenItem file) => call.Options.Erasure.IncludeOldVersions && _window.IsOpen && !HasHeldSnapshot(file.Path);

    private bool HasHeldSnapshot(string file) => call.Held.Any(held => held.Key.StartsWith(file + SnapshotMark, StringComparison.Ordinal));

    /// <summary>The snapshots to delete before their file, where they may not all go with it: those that were found.</summary>
    private IEnumerable<ListedBlob> SnapshotsInWindow(IEnumerable<DeviceDataFinding> findings, string deviceId, SeenItem file)
    {
        return TakesSnapshots(file) || !call.Options.Erasure.IncludeOldVersions
            ? []
            : findings
                .Where(finding => finding.DeviceId == deviceId)
                .SelectMany(FilesOf)
                .Where(item => item.IsOldCopy && item.Path.StartsWith(file.Path + SnapshotMark, StringComparison.Ordinal))
                .Select(item => new ListedBlob(file.Path, new ETag(item.ETag!), item.Bytes, default)
                {
                    IsOldCopy = true,
                    Snapshot = item.Path[(file.Path.Length + SnapshotMark.Length)..],
                });
    }

    private static (string Path, bool IsOldCopy) KeyOf(ListedBlob blob) => (blob.Path, blob.IsOldCopy);

    private async Task DeleteFileAsync(string deviceId, SeenItem file, CancellationToken cancellationToken)
    {
        BlockBlobClient client = container.Open(file.Path);
        DeleteSnapshotsOption snapshots = TakesSnapshots(file) ? DeleteSnapshotsOption.IncludeSnapshots : DeleteSnapshotsOption.None;
        var seen = new ETag(file.ETag!);
        for (int attempt = 1; ; attempt++)
        {
            string what = $"delete the file {file.Path} as it stands under {seen:H}";
            await call.AnnounceAsync(Announcement.Of(what, file.Path, deviceId, records: 1), cancellationToken);
            try
            {
                await client.DeleteAsync(snapshots, new BlobRequestConditions { IfMatch = seen }, cancellationToken);
                return;
            }
            catch (RequestFailedException changed) when (BlobFailures.IsConflict(changed))
            {
                if (attempt == Attempts)
                    throw FaultCatalogue.ConcurrentChange.Exception(PlaceOf(file.Path), Attempts);
                BlobProperties now = await client.GetPropertiesAsync(cancellationToken: cancellationToken);
                if (!UploadWindow.Of(call, deviceId).Includes(now.CreatedOn, now.LastModified))
                    return;
                if (await call.DoubtOfAsync(deviceId, cancellationToken) is { } doubt)
                    throw new DsrException(doubt);
                seen = now.ETag;
            }
        }
    }

    private async Task DeleteOldCopiesAsync(
        DeviceDataFinding finding,
        DeviceUploads left,
        HashSet<(string Path, bool IsOldCopy)> there,
        CancellationToken cancellationToken
    )
    {
        // The copies that were found, and those that deleting has just made of the files that were found.
        ILookup<bool, string> found = FilesOf(finding).ToLookup(item => item.IsOldCopy, item => item.Path);
        var copies = found[true].ToHashSet(StringComparer.Ordinal);
        var counted = FilesOf(finding).Where(item => item.Records > 0).Select(item => item.Path).ToHashSet(StringComparer.Ordinal);
        var files = found[false].ToHashSet(StringComparer.Ordinal);
        foreach (
            ListedBlob copy in left.Files.Where(file =>
                file.IsOldCopy && !call.Held.Contains(file.Path) && (copies.Contains(file.Path) || files.Contains(file.Name))
            )
        )
        {
            long records = counted.Contains(copy.Path) ? 1 : 0;
            Task DeleteCopyAsync() => DeleteAsync(finding.DeviceId, copy, "the old copy", records, cancellationToken);
            if (await TryAsync(finding.DeviceId, copy.Path, DeleteCopyAsync, cancellationToken, BlobFailures.OldCopyRole))
                there.Remove(KeyOf(copy));
        }

        foreach (
            ListedBlob copy in left.Deleted.Where(file =>
                file.IsOldCopy && !call.Held.Contains(file.Path) && !call.Held.Contains(file.Name)
            )
        )
        {
            Task DeleteForGoodAsync() =>
                DeleteAsync(finding.DeviceId, copy, "for good the soft-deleted copy", records: 0, cancellationToken);
            await TryAsync(finding.DeviceId, copy.Path, DeleteForGoodAsync, cancellationToken, BlobFailures.OldCopyRole);
        }
    }

    /// <summary>
    /// Where directories exist by themselves they outlive their files, and the topmost carries the device's name. The service
    /// refuses to delete one that is not empty.
    /// </summary>
    private async Task DeleteDirectoriesAsync(
        DeviceUploads left,
        HashSet<(string Path, bool IsOldCopy)> there,
        CancellationToken cancellationToken
    )
    {
        foreach (ListedBlob directory in left.Directories.Where(directory => !call.Held.Contains(directory.Path)))
        {
            bool isDeleted = await TryAsync(
                left.DeviceId,
                directory.Name,
                () => DeleteDirectoryAsync(left.DeviceId, directory, cancellationToken),
                cancellationToken
            );
            if (isDeleted)
                there.Remove(KeyOf(directory));
        }

        await TryAsync(left.DeviceId, left.DeviceId, () => DeleteOwnDirectoryAsync(left.DeviceId, cancellationToken), cancellationToken);
    }

    private async Task DeleteOwnDirectoryAsync(string deviceId, CancellationToken cancellationToken)
    {
        BlobProperties own = await container.Open(deviceId).GetPropertiesAsync(cancellationToken: cancellationToken);
        if (ListedBlob.DirectoryOf(deviceId, own) is { } directory)
            await DeleteDirectoryAsync(deviceId, directory, cancellationToken);
    }

    private Task DeleteDirectoryAsync(string deviceId, ListedBlob directory, CancellationToken cancellationToken) =>
        DeleteAsync(deviceId, directory, "the empty directory", records: 0, cancellationToken);

    private async Task DeleteAsync(string deviceId, ListedBlob blob, string what, long records, CancellationToken cancellationToken)
    {
        await call.AnnounceAsync(Announcement.Of($"delete {what} {blob.Path}", blob.Path, deviceId, records), cancellationToken);
        // An old copy cannot change and has no conditions.
        var conditions = new BlobRequestConditions { IfMatch = blob.ETag };
        Fault? refusal = null;
        if (blob.LeavesAt is not null)
            refusal = await container.DeletePermanentlyAsync(blob, cancellationToken);
        else if (blob.IsOldCopy)
            refusal = await container.DeleteCopyAsync(blob, cancellationToken);
        else
            await container.Open(blob).DeleteAsync(conditions: conditions, cancellationToken: cancellationToken);
        if (refusal is not null)
            await call.ReportAsync(refusal, cancellationToken);
    }

    /// <summary>Runs one deletion; what fails is reported and does not keep the others. True when the blob is gone.</summary>
    private async Task<bool> TryAsync(
        string deviceId,
        string path,
        Func<Task> delete,
        CancellationToken cancellationToken,
        string role = BlobFailures.WriteRole
    )
    {
        if (Volatile.Read(ref _refusal) is { } refusal)
        {
            _faults.TryAdd(deviceId, refusal);
            return false;
        }

        try
        {
            await delete();
            return true;
        }
        catch (RequestFailedException gone) when (BlobFailures.IsGone(gone))
        {
            return true;
        }
        catch (RequestFailedException kept) when (kept.ErrorCode is "SnapshotsPresent" or "DirectoryIsNotEmpty")
        {
            // A directory that was found goes when what is in it has gone.
            if (_filesAreGone || kept.ErrorCode == "SnapshotsPresent")
                await call.NoteAsync(NoticeLevel.Warning, WhyKept(kept.ErrorCode, path), cancellationToken);
            return false;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Fault fault = AzureFaults.Translate(exception, PlaceOf(path), "delete", role).Fault;
            if (fault.Id == FaultCatalogue.BlobHeld.Id)
                _held.Add((deviceId, path));
            await FailAsync(deviceId, fault, cancellationToken);
            return false;
        }
    }

    private async Task FailAsync(string deviceId, Fault fault, CancellationToken cancellationToken)
    {
        _faults.TryAdd(deviceId, fault);
        // A permission missing for one file is missing for all: it is reported once, and no more are tried.
        bool isRefusal = fault.Id == FaultCatalogue.PermissionMissing.Id || fault.Id == FaultCatalogue.AuthenticationFailed.Id;
        if (!isRefusal || Interlocked.CompareExchange(ref _refusal, fault, null) is null)
            await call.ReportAsync(fault, cancellationToken);
    }

    private ErasureOutcome ToOutcome(DeviceDataFinding finding, HashSet<(string Path, bool IsOldCopy)> there)
    {
        Fault? fault = _faults.GetValueOrDefault(finding.DeviceId);
        var held = _held.Where(file => file.DeviceId == finding.DeviceId).Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        int erased = FilesOf(finding).Count(item => item.Records > 0 && !there.Contains((item.Path, item.IsOldCopy)));
        return new ErasureOutcome(finding.DeviceId, erased, erased)
        {
            Fault = fault,
            Verdict = held.Count > 0 ? Verdict.Held : null,
            Left = held,
            Detail = fault?.Message,
        };
    }

    private string WhyKept(string code, string path) =>
        code == "SnapshotsPresent"
            ? $"{PlaceOf(path)} was kept: it has snapshots, and the service deletes it only with them. "
                + (
                    HasHeldSnapshot(path) ? "One of them is held."
                    : _window.IsOpen ? "-IncludeOldVersions deletes both."
                    : "-IncludeOldVersions deletes those in the window first; the others are kept, and the file with them."
                )
            : $"The directory {PlaceOf(path)} was kept: it is no longer empty.";

    private string PlaceOf(string path) => $"{call.Location.Place}/{path}";
}
