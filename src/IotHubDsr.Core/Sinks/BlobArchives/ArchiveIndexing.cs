using System.Globalization;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Foundation;
using IotHubDsr.Core.Sinks.BlobIndexes;

namespace IotHubDsr.Core.Sinks.BlobArchives;

/// <summary>How the reading of an archive goes by the index of devices, and adds to it.</summary>
internal static class ArchiveIndexing
{
    /// <summary>
    /// The index for one reading; null where there is none, or it does not help: it does not know what bodies mention. One that cannot be read
    /// costs time: everything is read then.
    /// </summary>
    public static async Task<IndexSession?> OpenAsync(
        SinkCall call,
        ArchiveLayout layout,
        RecordSelection selection,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        if (call.Index is not { } store || call.Options.Index is IndexUse.None || selection.WithBody)
            return null;
        try
        {
            return await store.ReadKeyAsync(cancellationToken) is { } key
                ? await IndexSession.OpenAsync(
                    store,
                    key,
                    call.Options.Index,
                    PlaceOf(call.Location, layout),
                    selection.Subjects,
                    now,
                    cancellationToken
                )
                : null;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            string what =
                $"The device index in {store.Place} cannot be read, so every blob of {call.Location} is read: {Reason.Of(exception)}";
            await call.NoteAsync(NoticeLevel.Warning, what, cancellationToken);
            return null;
        }
    }

    /// <summary>The index for a process that reads blobs for another one, which has looked into it; null where there is none.</summary>
    public static async Task<IndexSession?> OpenForEntriesAsync(
        SinkCall call,
        ArchiveLayout layout,
        RecordSelection selection,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        call.Index is { } store && await store.ReadKeyAsync(cancellationToken) is { } key
            ? IndexSession.ForEntries(store, key, PlaceOf(call.Location, layout), selection.Subjects, now)
            : null;

    /// <summary>Saves what the reading left.</summary>
    public static async Task CompleteAsync(IndexSession index, SinkCall call, CancellationToken cancellationToken)
    {
        await index.CompleteAsync(cancellationToken);
        if (index.Failure is { } failure)
        {
            string what =
                $"The device index in {call.Index!.Place} cannot be written; later readings of {call.Location} take longer: "
                + Reason.Of(failure);
            await call.NoteAsync(NoticeLevel.Warning, what, cancellationToken);
            return;
        }

        string counts = $"{Counted.Of(index.Excluded, "blob")} not read by the device index, {Counted.Of(index.Added, "blob")} added to it";
        await call.NoteAsync(NoticeLevel.Verbose, $"{call.Location}: {counts}.", cancellationToken);
    }

    /// <summary>What a verdict says that rests on the index, without a full stop; null for one that does not.</summary>
    public static string? Remark(IndexSession? index) =>
        index is not { Excluded: > 0, Since: { } since }
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{Counted.Of(index.Excluded, "blob was", "blobs were")} not read now: the device index tells that nothing of the device is in "
                    + $"{(index.Excluded == 1 ? "it" : "them")}, by the reading of {since:u} or later"
            );

    /// <summary>A location under the name and the way of reading that its entries are for.</summary>
    private static IndexedPlace PlaceOf(DataLocation location, ArchiveLayout layout)
    {
        string name = $"{location.Kind}\0{location.Settings.GetValueOrDefault(LocationSettings.ContainerUri)}";
        return new IndexedPlace(
            name,
            string.Create(CultureInfo.InvariantCulture, $"{MatcherVersion.Current}\0{name}\0{layout.Origin?.Text}")
        );
    }
}
