using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Azure;
using IotHubDsr.Core.Azure.Blobs;

namespace IotHubDsr.Core.Sinks.BlobArchives;

/// <summary>
/// The blobs in which a connection has found nothing of the devices that it looked for. One that still has the ETag under which it was read
/// to its end need not be read again: what a plan has read, the verdict after its run does not pay for twice.
/// </summary>
internal sealed class EmptyBlobs
{
    /// <summary>Some 24 MB. Blobs beyond it are read again, which is slow and right.</summary>
    private const int Most = 1_000_000;

    private readonly ConcurrentDictionary<string, Reading> _readings = new(StringComparer.Ordinal);
    private readonly byte[] _seed = RandomNumberGenerator.GetBytes(16);
    private int _count;

    /// <summary>
    /// The reading of a location for some devices. It knows what an earlier one found empty if that looked for all of them.
    /// </summary>
    /// <param name="location">The location.</param>
    /// <param name="deviceIds">The devices.</param>
    /// <param name="options">Which of their records are looked for.</param>
    /// <param name="now">The present time, from which on the reading counts if it is a new one.</param>
    public Reading ReadingOf(DataLocation location, IReadOnlyCollection<string> deviceIds, SinkOptions options, DateTimeOffset now)
    {
        string asked = Asked(location, options);

        // Reading for no device finds nothing of anybody: that says nothing of those that others look for.
        if (deviceIds.Count == 0)
            return new Reading(this, asked, deviceIds, now);
        if (_readings.TryGetValue(location.Id, out Reading? known) && known.Covers(asked, deviceIds))
            return known;
        var reading = new Reading(this, asked, deviceIds, now);
        if (known is not null)
            Interlocked.Add(ref _count, -known.Count);
        return _readings[location.Id] = reading;
    }

    /// <summary>The last reading of a location, if it looked for the same and for these devices among others; else null.</summary>
    public Reading? LastOf(DataLocation location, IReadOnlyCollection<string> deviceIds, SinkOptions options) =>
        _readings.TryGetValue(location.Id, out Reading? known) && known.Covers(Asked(location, options), deviceIds) ? known : null;

    private static string Asked(DataLocation location, SinkOptions options)
    {
        RecordScope scope = options.Erasure.Scope;
        string settings = string.Join(' ', location.Settings.OrderBy(setting => setting.Key, StringComparer.Ordinal));
        return $"{scope.GenerationId} {scope.StartTime:O} {scope.EndTime:O} {scope.IncludeMentioned} {settings}";
    }

    /// <summary>A key that an attacker who chooses blob names cannot make collide.</summary>
    private long KeyOf(string path, ETag etag, long length)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData([.. _seed, .. Encoding.UTF8.GetBytes($"{path}\n{etag.ToString("H")}\n{length}")], hash);
        return BinaryPrimitives.ReadInt64LittleEndian(hash);
    }

    /// <summary>What one reading of a location found empty.</summary>
    internal sealed class Reading(EmptyBlobs owner, string asked, IReadOnlyCollection<string> deviceIds, DateTimeOffset since)
    {
        private readonly HashSet<string> _deviceIds = new(deviceIds, StringComparer.Ordinal);
        private readonly HashSet<long> _keys = [];

        public int Count => _keys.Count;

        /// <summary>When it began: what it knows was read then or later.</summary>
        public DateTimeOffset Since => since;

        public IReadOnlyCollection<string> DeviceIds => _deviceIds;

        public bool Covers(string other, IEnumerable<string> others) => asked == other && others.All(_deviceIds.Contains);

        public bool Knows(ListedBlob blob)
        {
            long key = owner.KeyOf(blob.Path, blob.ETag, blob.Length);
            lock (_keys)
                return _keys.Contains(key);
        }

        /// <summary>Nothing of the devices is in a blob, whenever it was sent.</summary>
        public void Add(string path, ETag etag, long length)
        {
            if (_deviceIds.Count == 0)
                return;
            long key = owner.KeyOf(path, etag, length);
            lock (_keys)
            {
                if (owner._count < Most && _keys.Add(key))
                    Interlocked.Increment(ref owner._count);
            }
        }
    }
}
