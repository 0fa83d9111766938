using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Benchmarks.Rivals;

/// <summary>Jobs of somebody else's that work on the same blobs: they copy, move, compact, rewrite and delete them.</summary>
internal static class Strangers
{
    public static Rival Any(Random random) =>
        random.Next(6) switch
        {
            0 => Moves(random),
            1 => Compacts(random),
            2 => Copies(random),
            3 => Rewrites(random),
            4 => MovesSlowly(random),
            _ => Retires(random),
        };

    /// <summary>Renames a blob, at once: to a name that is listed before or after it.</summary>
    private static Rival Moves(Random random) => new("a stranger moves blobs", run => ForEachPlace(run, random, (place, blobs) =>
            {
                BlobSnapshotInfo moved = blobs[random.Next(blobs.Count)];
                run.World.Put(place, NewName(run, random), moved.Content);
                run.World.Delete(place, moved.Name);
            }));

    private static Rival Compacts(Random random) => new("a stranger compacts blobs", run => ForEachPlace(run, random, (place, blobs) =>
            {
                List<BlobSnapshotInfo> some = [.. blobs.OrderBy(_ => random.Next()).Take(3)];
                run.World.Put(place, NewName(run, random), Recoding.Join(place.Kind, some.Select(blob => blob.Content)));
                foreach (BlobSnapshotInfo blob in some)
                    run.World.Delete(place, blob.Name);
            }));

    private static Rival Copies(Random random) =>
        new("a stranger copies blobs", run =>
            ForEachPlace(run, random, (place, blobs) => run.World.Put(place, NewName(run, random), blobs[random.Next(blobs.Count)].Content))
        );

    /// <summary>Writes a blob again: in another order, or without one of its records.</summary>
    private static Rival Rewrites(Random random) => new("a stranger rewrites blobs", run => ForEachPlace(run, random, (place, blobs) =>
            {
                BlobSnapshotInfo blob = blobs[random.Next(blobs.Count)];
                int records = run.World.RecordsOf(place, blob).Count;
                run.World.Put(
                    place,
                    blob.Name,
                    random.Next(2) == 0
                        ? Recoding.Reverse(place.Kind, blob.Content)
                        : Recoding.Without(place.Kind, blob.Content, new HashSet<int> { random.Next(records) })
                );
            }));

    /// <summary>Reads a blob, and writes what it has read under another name only later; then it deletes the blob.</summary>
    private static Rival MovesSlowly(Random random) =>
        new("a stranger reads a blob to move it", run => ForEachPlace(run, random, (place, blobs) =>
            {
                BlobSnapshotInfo moved = blobs[random.Next(blobs.Count)];
                run.Later(random, new Rival("the stranger writes what he has read", later =>
                    {
                        later.World.Ledger.Arrived(place.Name, later.World.RecordsOf(place, moved));
                        later.World.Put(place, NewName(later, random), moved.Content);
                        later.World.Delete(place, moved.Name);
                    }));
            }));

    /// <summary>A retention job deletes the oldest blobs.</summary>
    private static Rival Retires(Random random) =>
        new("a retention job deletes old blobs", run => ForEachPlace(run, random, (place, blobs) =>
            {
                foreach (BlobSnapshotInfo old in blobs.Take(random.Next(1, 4)))
                    run.World.Delete(place, old.Name);
            }));

    /// <summary>Works on the blobs of this hub in one or two containers.</summary>
    private static void ForEachPlace(RivalRun run, Random random, Action<Place, IReadOnlyList<BlobSnapshotInfo>> work)
    {
        IEnumerable<Place> places = run.World.Places.Where(place => place.Kind is PlaceKind.Messages or PlaceKind.DeadLetters);
        foreach (Place place in places.OrderBy(_ => random.Next()).Take(2))
        {
            BlobContainer container = run.World.ContainerOf(place);
            lock (container.Gate)
            {
                List<BlobSnapshotInfo> blobs = [.. container.List().Where(blob => run.World.RecordsOf(place, blob).Count > 0)];
                if (blobs.Count > 0)
                    work(place, blobs);
            }
        }
    }

    /// <summary>A name that is this hub's and follows no format: listed before or after those that the hub gives.</summary>
    private static string NewName(RivalRun run, Random random) =>
        $"{(random.Next(2) == 0 ? "0000" : "zzzz")}/{WorldNames.HubName}/{run.World.NextId("moved")}";
}
