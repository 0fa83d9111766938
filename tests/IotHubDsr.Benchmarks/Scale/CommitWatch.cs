using System.Collections.Concurrent;
using IotHubDsr.Benchmarks.Crash;
using IotHubDsr.Core.Distribution;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Work;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.Storage.Blobs;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Benchmarks.Scale;

/// <summary>
/// Looks, when a commit of a worker arrives at the service, whether that worker has the lease of the unit that the blob belongs to.
/// </summary>
internal sealed class CommitWatch(CrashWorld world)
{
    private const string Draft = ".iothubdsr-";

    private readonly ConcurrentDictionary<string, WorkOrder> _orders = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, HashSet<string>> _paths = new(StringComparer.Ordinal);
    private int _commits;

    public int Commits => _commits;

    /// <summary>Commits that were made without the lease.</summary>
    public ConcurrentBag<string> Stray { get; } = [];

    /// <param name="request">A request that is about to be handled.</param>
    /// <param name="workers">The names by which requests of workers are known.</param>
    public void See(LoggedRequest request, IReadOnlyCollection<string> workers)
    {
        if (!IsCommit(request) || !workers.Contains(request.ClientRequestId))
            return;
        Interlocked.Increment(ref _commits);
        string path = request.Target.Split('?')[0].TrimStart('/');
        int slash = path.IndexOf('/', StringComparison.Ordinal);
        var container = new Uri($"https://{request.Host}/{path[..slash]}");
        string blob = Uri.UnescapeDataString(path[(slash + 1)..]);
        if (!SegmentsOf(container, blob).Any(segment => IsHeldBy(segment, request.ClientRequestId)))
            Stray.Add($"{request.ClientRequestId} committed {request.Host}/{path}");
    }

    /// <summary>A blob of an archive is replaced by its list of blocks, by a copy of a draft, or goes; drafts are the worker's own.</summary>
    private static bool IsCommit(LoggedRequest request)
    {
        if (
            request is not { Status: 0, Service: "blob", Mutating: true }
            || request.Host.StartsWith(WorldNames.EvidenceAccount, StringComparison.Ordinal)
            || request.Target.Contains(Draft, StringComparison.Ordinal)
        )
        {
            return false;
        }

        return request.Method == "DELETE"
            || (
                request.Method == "PUT"
                && (
                    !request.Target.Contains("comp=", StringComparison.Ordinal)
                    || request.Target.Contains("comp=blocklist", StringComparison.Ordinal)
                )
            );
    }

    /// <summary>The segments of the units of an erasure that a blob is in.</summary>
    private IEnumerable<string> SegmentsOf(Uri container, string blob)
    {
        const string works = "/private/work/";
        foreach (BlobSnapshotInfo file in Evidence.List())
        {
            int at = file.Name.IndexOf(works, StringComparison.Ordinal);
            if (at < 0 || !file.Name.EndsWith(".unit", StringComparison.Ordinal))
                continue;
            string[] parts = file.Name[(at + works.Length)..^".unit".Length].Split('/');
            string request = file.Name[..at];
            WorkOrder order = _orders.GetOrAdd($"{request}{works}{parts[0]}", work => WorkOrder.Parse(Read($"{work}/order.json")));
            if (order.Role != UnitRole.Erase || new Uri(order.Settings[LocationSettings.ContainerUri]) != container)
                continue;
            HashSet<string> paths = _paths.GetOrAdd(file.Name, name =>
                [.. PackedErasure.ReadItems(Read(name)).Select(static one => one.Path)]
            );
            if (paths.Contains(blob))
                yield return $"{request}/segments/{parts[0]}/{parts[1]}.jsonl";
        }
    }

    private bool IsHeldBy(string segment, string worker)
    {
        BlobContainer container = Evidence;
        lock (container.Gate)
        {
            return container.TryGetEntry(segment, out BlobEntry? entry)
                && entry.Lease.IsLockedAt(world.Clock.GetUtcNow())
                && entry.Current?.Metadata.GetValueOrDefault("worker") == worker;
        }
    }

    private byte[] Read(string name) => Evidence.List(name).First(file => file.Name == name).Content.ToArray();

    private BlobContainer Evidence => world.ContainerOf(WorldNames.EvidenceAccount, WorldNames.EvidenceContainer);
}
