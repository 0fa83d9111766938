using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure;
using IotHubDsr.Benchmarks.Jobs;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Records;
using IotHubDsr.Core.Sinks.BlobIndexes;

namespace IotHubDsr.Benchmarks.Scale;

/// <summary>
/// 10,000 devices with random IDs in 2,000 blobs that are rewritten, grow, come and go, some of them indexed by another version of the matcher:
/// each device is looked for, and each blob that holds it must be read.
/// </summary>
internal static class IndexSearch
{
    private const int Devices = 10_000;
    private const int Blobs = 2_000;
    private const int DevicesOfBlob = 40;
    private const int Changes = 3;

    private static readonly BenchmarkRow s_missed = new("index_missed", 0, "devices", 0, AtMost: true);
    private static readonly DateTimeOffset s_now = new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);
    private static readonly IndexedPlace s_place = new("place", $"{MatcherVersion.Current} place");
    private static readonly IndexedPlace s_foreign = new("place", $"{MatcherVersion.Current + 1} place");

    public static async Task RunAsync(Action<BenchmarkRow> report)
    {
        var random = new Random(13);
        string[] devices = [.. Enumerable.Range(0, Devices).Select(_ => IdOf(random)).Distinct(StringComparer.Ordinal)];
        var store = new IndexStore(new Files());
        IndexKey key = await store.MakeKeyAsync(CancellationToken.None);
        Blob[] blobs = [.. Enumerable.Range(0, Blobs).Select(number => Blob.Of(number, random, devices))];
        await IndexAsync(store, key, s_place, blobs, contentOf: null);
        for (int change = 0; change < Changes; change++)
        {
            // A third changes in each round: some are indexed again, some by a matcher that sees less, and some not at all.
            for (int number = random.Next(3); number < Blobs; number += 3)
                blobs[number] = blobs[number].Changed(random, devices);
            await IndexAsync(store, key, s_foreign, blobs.Where(_ => random.Next(4) == 0), static _ => []);
            await IndexAsync(store, key, s_place, blobs.Where(_ => random.Next(3) == 0), contentOf: null);
        }

        int missed = 0;
        int excluded = 0;
        await Parallel.ForEachAsync(devices, async (device, token) =>
        {
            IndexSession session = (
                await IndexSession.OpenAsync(store, key, IndexUse.Use, s_place, new SubjectIndex([device]), s_now, token)
            )!;
            foreach (Blob blob in blobs)
            {
                if (!session.Excludes(blob.Listed))
                    continue;
                Interlocked.Increment(ref excluded);
                if (blob.DeviceIds.Contains(device))
                    Interlocked.Increment(ref missed);
            }
        });
        Require.That(excluded > devices.Length, "The index spares nothing.");
        await Console.Error.WriteLineAsync(
            string.Create(CultureInfo.InvariantCulture, $"   {100.0 * excluded / ((long)devices.Length * Blobs):F1} % of readings spared")
        );
        report(s_missed with { Value = missed });
    }

    /// <summary>Reads blobs as a scan does that looks for nobody, and leaves their entries.</summary>
    private static async Task IndexAsync(
        IndexStore store,
        IndexKey key,
        IndexedPlace place,
        IEnumerable<Blob> blobs,
        Func<Blob, byte[]>? contentOf
    )
    {
        var nobody = new SubjectIndex([]);
        IndexSession session = (await IndexSession.OpenAsync(store, key, IndexUse.Use, place, nobody, s_now, CancellationToken.None))!;
        foreach (Blob blob in blobs)
        {
            if (session.Note(blob.Listed) is not { } asked)
                continue;
            byte[] content = contentOf is null ? blob.Content : contentOf(blob);
            await ArchiveFormats.ScanAsync(new MemoryStream(content), new ScanRequest(nobody.Noting(asked)), CancellationToken.None);
            if (session.EntryOf(blob.Listed, asked) is { } entry)
                await session.AddAsync(entry, CancellationToken.None);
        }

        await session.CompleteAsync(CancellationToken.None);
    }

    /// <summary>An ID of any characters that IoT Hub allows, often much like another one.</summary>
    private static string IdOf(Random random)
    {
        const string allowed = "abcXYZ019-:.+%_#*?!(),=@;$'";
        return random.Next(2) == 0
            ? $"dev{random.Next(20_000)}"
            : new string([.. Enumerable.Range(0, random.Next(1, 129)).Select(_ => allowed[random.Next(allowed.Length)])]);
    }

    /// <summary>A blob of JSON lines, as a listing shows it.</summary>
    private sealed record Blob(ListedBlob Listed, byte[] Content, IReadOnlySet<string> DeviceIds)
    {
        public static Blob Of(int number, Random random, string[] devices) =>
            Of($"blob-{number}", [], new HashSet<string>(), random, devices);

        /// <summary>Grown, or written anew.</summary>
        public Blob Changed(Random random, string[] devices) =>
            random.Next(2) == 0
                ? Of(Listed.Name, Content, DeviceIds, random, devices)
                : Of(Listed.Name, [], new HashSet<string>(), random, devices);

        private static Blob Of(string name, byte[] start, IReadOnlySet<string> before, Random random, string[] devices)
        {
            string[] some = [.. Enumerable.Range(0, DevicesOfBlob).Select(_ => devices[random.Next(devices.Length)])];
            byte[] content = [.. start, .. Encoding.UTF8.GetBytes(string.Concat(some.Select((device, line) => LineOf(device, line))))];
            string etag = $"0x{Convert.ToHexString(SHA256.HashData(content))[..16]}";
            return new Blob(
                new ListedBlob(name, new ETag(etag), content.Length, s_now),
                content,
                before.Concat(some).ToHashSet(StringComparer.Ordinal)
            );
        }

        private static string LineOf(string device, int line) =>
            (line % 4) switch
            {
                0 =>
                    $$$"""{"EnqueuedTimeUtc":"2026-01-05T08:00:00Z","Properties":{"deviceId":"{{{device}}}"},"SystemProperties":{"connectionDeviceId":"gw"},"Body":1}""",
                1 => $$$"""{"time":"2026-01-05T08:00:00Z","resourceId":"/r","properties":"{\"deviceId\":\"{{{device}}}\"}"}""",
                2 => $$$"""{"subject":"devices/{{{device}}}","data":{"hubName":"h"}}""",
                _ =>
                    $$$"""{"EnqueuedTimeUtc":"2026-01-05T08:00:00Z","Properties":{},"SystemProperties":{"connectionDeviceId":"{{{device}}}"},"Body":1}""",
            } + "\n";
    }

    private sealed class Files : IIndexFiles
    {
        private readonly ConcurrentDictionary<string, byte[]> _files = new(StringComparer.Ordinal);

        public string Place => "memory";

        public Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<string>>([.. _files.Keys]);

        public Task<byte[]?> ReadAsync(string name, CancellationToken cancellationToken) => Task.FromResult(_files.GetValueOrDefault(name));

        public Task SaveAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
        {
            _files[name] = content.ToArray();
            return Task.CompletedTask;
        }

        public Task<KeptCopies> KeptCopiesAsync(CancellationToken cancellationToken) => Task.FromResult<KeptCopies>(default);

        public Task DeleteAsync(string name, CancellationToken cancellationToken)
        {
            _files.TryRemove(name, out _);
            return Task.CompletedTask;
        }
    }
}
