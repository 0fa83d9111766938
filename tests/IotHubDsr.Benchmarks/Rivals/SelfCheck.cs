using IotHubDsr.Benchmarks.Erasures;
using IotHubDsr.Sandbox;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.Storage.Blobs;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Benchmarks.Rivals;

/// <summary>
/// Shows that the oracle is not blind: each harm that is done to an untouched world, and each false word about it, has to be counted, and
/// nothing else.
/// </summary>
internal static class SelfCheck
{
    private const string Bystander = "dev10";
    private const string Subject = "dev1";

    private static readonly Place Json = new(WorldNames.PlainAccount, "raw-json", PlaceKind.Messages);
    private static readonly Place Avro = new(WorldNames.PlainAccount, "raw-avro", PlaceKind.Messages);
    private static readonly Place Versioned = new(WorldNames.VersionedAccount, "cold-archive", PlaceKind.Messages);

    private static readonly WorkerVerdict[] Lies =
    [
        Says(LocationKinds.RoutedBlobContainer, Json.Name),
        Says(LocationKinds.RoutedBlobContainer, Versioned.Name),
        Says(LocationKinds.FileUploadContainer, RivalWorld.Uploads.Name),
        Says(LocationKinds.DeviceRegistry, WorldNames.HubName),
        Says(LocationKinds.CloudToDeviceQueue, WorldNames.HubName),
    ];

    private static readonly (string Name, Action<RivalWorld> Harm)[] Harms =
    [
        ("a line of a bystander is taken from a blob", world => Without(world, Json)),
        ("a message of a bystander is taken from an Avro file", world => Without(world, Avro)),
        ("a blob is emptied", world => world.ContainerOf(Json).Put(Blobs(world, Json)[0].Name, ReadOnlyMemory<byte>.Empty)),
        ("the last copy of a blob is deleted", DeleteCopies),
        ("a file is overwritten", world => world.ContainerOf(RivalWorld.Uploads).Put($"{Bystander}/photo.jpg", "other"u8.ToArray())),
        ("a queue is purged", world => world.Registry.Device("it's").PendingCommands = 0),
        ("a device is changed", world => world.Registry.Device(Bystander).SetStatus("disabled", null, world.Clock.GetUtcNow())),
        ("a device is deleted", world => world.Registry.Delete(world.Registry.Device(Bystander))),
        ("a device is deleted whose ID was a subject's", world => world.Registry.Delete(world.Registry.Device(Subject))),
    ];

    private enum Sees
    {
        Nothing,
        Loss,
        FalseVerdict,
    }

    /// <exception cref="InvalidOperationException">The oracle does not see something, or sees what is not.</exception>
    public static async Task RunAsync()
    {
        await using RivalWorld world = await RivalWorld.StartAsync(new SandboxOptions(), StartedClock.MiddleOfAnHour(), inContainer: false);
        var oracle = new Oracle(world);
        oracle.Concern([world.Ledger.CurrentOf(Subject)]);
        Require(world, oracle, "nothing happens", Sees.Nothing, () => []);
        foreach (WorkerVerdict lie in Lies)
            Require(world, oracle, $"{lie.Kind} {lie.Place} is called erased", Sees.FalseVerdict, () => [lie]);
        Require(world, oracle, "a subject's ID is created again", Sees.Nothing, () => Recreate(world));
        foreach ((string name, Action<RivalWorld> harm) in Harms)
        {
            Require(world, oracle, name, Sees.Loss, () =>
            {
                harm(world);
                return [];
            });
        }
    }

    private static void Require(RivalWorld world, Oracle oracle, string what, Sees expected, Func<IReadOnlyList<WorkerVerdict>> happens)
    {
        (int losses, int falseVerdicts) = (oracle.Losses.Count, oracle.FalseVerdicts.Count);
        Reading before = world.Read();
        oracle.Judge(happens(), before, world.Read(), new HashSet<(string, string)>(), what);
        if (
            oracle.Losses.Count > losses != (expected == Sees.Loss)
            || oracle.FalseVerdicts.Count > falseVerdicts != (expected == Sees.FalseVerdict)
        )
        {
            string seen = string.Join(
                "; ",
                oracle.Losses.Skip(losses).Concat(oracle.FalseVerdicts.Skip(falseVerdicts)).DefaultIfEmpty("nothing")
            );
            throw new InvalidOperationException($"The oracle is not to be trusted: {what}, and it sees {seen}.");
        }
    }

    private static WorkerVerdict Says(string kind, string place) =>
        new(Subject, kind, kind, place, Verdict.Erased, Erased: 1, Remaining: 0);

    private static List<BlobSnapshotInfo> Blobs(RivalWorld world, Place place) =>
        [.. world.ContainerOf(place).List().Where(blob => world.RecordsOf(place, blob).Count > 0)];

    private static void Without(RivalWorld world, Place place)
    {
        BlobSnapshotInfo blob = Blobs(world, place)[0];
        int index = world.RecordsOf(place, blob).ToList().FindIndex(record => record.DeviceId == Bystander);
        world.ContainerOf(place).Put(blob.Name, Recoding.Without(place.Kind, blob.Content, new HashSet<int> { index }));
    }

    private static void DeleteCopies(RivalWorld world)
    {
        BlobContainer container = world.ContainerOf(Versioned);
        IGrouping<string, BlobSnapshotInfo> lost = container
            .List(includeOld: true)
            .GroupBy(blob => blob.Name)
            .First(copies => !copies.Any(copy => copy.IsCurrent));
        lock (container.Gate)
        {
            if (container.TryGetEntry(lost.Key, out BlobEntry? entry))
            {
                foreach (BlobRevision? copy in entry.Old.ToList())
                    entry.DeletePermanently(copy);
            }
        }
    }

    private static IReadOnlyList<WorkerVerdict> Recreate(RivalWorld world)
    {
        world.Registry.Delete(world.Registry.Device(Subject));
        world.Ledger.Knows(world.Registry.Create(Subject, []));
        return [];
    }
}
