using System.Security.Cryptography;
using IotHubDsr.Benchmarks.Erasures;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Records;
using IotHubDsr.Sandbox;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.Hub;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Benchmarks.Crash;

/// <summary>A world, and what it and its request store hold when a request has come to its end.</summary>
internal sealed class CrashWorld : ErasureWorld
{
    /// <summary>The world's clock runs slowly: how fast the machine is must not show in what happens.</summary>
    private const double SlowRate = 0.02;

    private const int Devices = 50;

    private readonly Belongings _belongings;

    private readonly double _clockRate;

    private CrashWorld(SandboxServer server, StartedClock clock, double clockRate, bool inContainer, bool settles)
        : base(server, clock, inContainer)
    {
        _clockRate = clockRate;
        _belongings = new Belongings(server.World);
        Settles = settles;
    }

    /// <summary>Whether workers take messages out of queues.</summary>
    public bool Settles { get; }

    /// <summary>Subjects of every sort: look-alikes, awkward IDs and ordinary ones, not always the same.</summary>
    public required IReadOnlyList<string> Subjects { get; init; }

    /// <param name="seed">Same seed, same world and same subjects; every second one has messages that wait taken out, too.</param>
    /// <param name="start">The time at which the world begins.</param>
    /// <param name="inContainer">Whether the requests are kept in a blob container, so that nothing of a worker stays on this
    /// machine.</param>
    /// <param name="clockRate">How fast the world's clock runs; 1 where leases have to end by themselves.</param>
    public static async Task<CrashWorld> StartAsync(int seed, DateTimeOffset start, bool inContainer, double clockRate = SlowRate)
    {
        var clock = new StartedClock(start, clockRate);
        SandboxServer server = await StartAsync(new SandboxOptions { Seed = seed, Time = clock });
        var random = new Random(seed);
        IEnumerable<string> others = server
            .World.Truth.Devices.Where(device => device is not ("dev1" or "it's"))
            .OrderBy(_ => random.Next());
        return new CrashWorld(server, clock, clockRate, inContainer, settles: seed % 2 == 0)
        {
            Subjects = ["dev1", "it's", .. others.Take(Devices - 2)],
        };
    }

    public WorkerJob Job(bool includeOldVersions) =>
        new(Sandbox, Store, RequestId, Subjects, includeOldVersions, Clock.GetUtcNow())
        {
            SettleMessages = Settles,
            ClockRate = _clockRate,
        };

    /// <summary>
    /// A worker that was killed gives nothing back: leases and locks end by themselves, and what it received from a queue is visible again.
    /// That takes longer, and in that time the hub's own record of a deletion would arrive: only the queues' time passes.
    /// </summary>
    public void LetGo()
    {
        LetLeasesEnd();
        _belongings.ShowHidden();
    }

    /// <summary>
    /// All that must be the same after a disturbed and an undisturbed run: what is left of the subjects, and what others have.
    /// </summary>
    public async Task<SortedDictionary<string, string>> StateAsync()
    {
        var state = new SortedDictionary<string, string>(StringComparer.Ordinal);
        lock (Server.World.Registry.Gate)
        {
            foreach (HubIdentity device in Server.World.Registry.Devices)
                state[$"device {device.DeviceId}"] = $"{device.ETag} {device.ToTwinJson().ToJsonString()}";
        }

        var selection = new RecordSelection(new SubjectIndex(Subjects), IncludeRelayed: false);
        foreach (ContainerTruth truth in Server.World.Truth.Containers)
        {
            BlobContainer container = ContainerOf(truth.Account, truth.Container);
            foreach (BlobSnapshotInfo blob in container.List())
                state[$"blob {truth.Account}/{truth.Container}/{blob.Name}"] = await DescribeAsync(blob.Content, selection);
        }

        foreach (TraceTruth truth in Server.World.Truth.Logs.Concat(Server.World.Truth.DeadLetters))
        {
            foreach (BlobSnapshotInfo blob in ContainerOf(truth.Account, truth.Container).List())
                state[$"traces {truth.Account}/{truth.Container}/{blob.Name}"] = Convert.ToHexString(SHA256.HashData(blob.Content.Span));
        }

        foreach (string container in (string[])[WorldNames.UploadContainer, WorldNames.ExportContainer])
        {
            foreach (BlobSnapshotInfo file in ContainerOf(WorldNames.UploadAccount, container).List())
                state[$"file {container}/{file.Name}"] = Convert.ToHexString(SHA256.HashData(file.Content.Span));
        }

        foreach ((string thing, string what) in _belongings.State())
            state[thing] = what;
        return state;
    }

    /// <summary>What is wrong with the world in itself, whatever an undisturbed run does.</summary>
    public IEnumerable<string> Defects()
    {
        IEnumerable<string> defects = Repeated().Concat(Endangered());
        return JournalDefect() is { } defect ? defects.Prepend(defect) : defects;
    }

    /// <summary>What is wrong with the request's journal; null when its chain holds and its last run was completed.</summary>
    private string? JournalDefect()
    {
        try
        {
            (string requestId, byte[] content) = Journals().Single(journal => journal.RequestId == RequestId);
            var state = RequestState.Read(requestId, content);
            return state.IsRunOpen || state.IsErasureOpen ? "the journal does not end with a completed run" : null;
        }
        catch (DsrException broken)
        {
            return broken.Message;
        }
    }

    /// <summary>What others have and could lose by the next thing that happens to it.</summary>
    private IEnumerable<string> Endangered() => _belongings.Defects();

    /// <summary>Destructive calls that succeeded more than once for the same device or blob.</summary>
    private IEnumerable<string> Repeated() =>
        Server
            .RequestLog.After(0)
            .Where(request =>
                request is { Mutating: true, Status: >= 200 and < 300 }
                && IsDestructive(request)
                && !request.Host.StartsWith(WorldNames.EvidenceAccount, StringComparison.Ordinal)
            )
            .GroupBy(request => $"{request.Method} {request.Host}{request.Target}")
            .Where(group => group.Count() > 1)
            .Select(group => $"{group.Count()} times {group.Key}");

    private static bool IsDestructive(LoggedRequest request) =>
        request.Method == "DELETE" || (request.Method == "PUT" && request.Target.Contains("comp=blocklist", StringComparison.Ordinal));

    private static async Task<string> DescribeAsync(ReadOnlyMemory<byte> content, RecordSelection selection)
    {
        using var stream = new MemoryStream(content.ToArray());
        ArchiveRewrite rewrite = await ArchiveFormats.RewriteAsync(stream, Stream.Null, selection, CancellationToken.None);
        return $"{rewrite.RecordsRemoved} of the subjects, {rewrite.RecordsKept} of others: {rewrite.KeptDigest}";
    }
}
