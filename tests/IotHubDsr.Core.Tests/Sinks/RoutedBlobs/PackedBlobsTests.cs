using System.Text;
using System.Text.Json;
using Azure;
using CsCheck;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Records;
using IotHubDsr.Core.Sinks.BlobArchives;
using IotHubDsr.Core.Sinks.BlobIndexes;

namespace IotHubDsr.Core.Tests.Sinks.RoutedBlobs;

/// <summary>What travels between processes arrives as it was.</summary>
public sealed class PackedBlobsTests
{
    private static readonly SubjectIndex Subjects = new(["dev1", "dev2", "dev3"]);

    private static readonly Gen<DateTimeOffset> Time = Gen.Select(Gen.Long[0, 3_000_000_000], Gen.Int[-14 * 4, 14 * 4])
        .Select(static (seconds, quarters) => DateTimeOffset.FromUnixTimeSeconds(seconds).ToOffset(TimeSpan.FromMinutes(15 * quarters)));

    private static readonly Gen<string> Name = Gen.String[Gen.Char[' ', '\u2fff'], 1, 40];

    private static readonly Gen<ListedBlob> Blob =
        from name in Name
        from etag in Gen.ULong
        from length in Gen.Long[0, long.MaxValue]
        from modified in Time
        from version in Name.Null()
        from held in Time.Nullable()
        from flags in Gen.Int[0, 15]
        select new ListedBlob(name, new ETag($"0x{etag:X}"), length, modified)
        {
            CreatedOn = modified.AddDays(-1),
            VersionId = version,
            Snapshot = version is null ? name : null,
            ContentEncoding = version,
            HeldUntil = held,
            IsOldCopy = (flags & 1) != 0,
            IsHeld = (flags & 2) != 0,
            IsLeased = (flags & 4) != 0,
            IsBlockBlob = (flags & 8) != 0,
        };

    private static readonly Gen<MatchTally> Tally =
        from records in Gen.Long[0, 1_000_000]
        from bytes in Gen.Long[0, long.MaxValue]
        from first in Time.Nullable()
        select records == 0 ? default : new MatchTally(records, bytes, first, first?.AddHours(1));

    private static readonly Gen<BlobReading> Reading =
        from blob in Blob
        from kind in Gen.Int[0, 3]
        from subject in Gen.Int[0, 2]
        from tallies in Tally.Array[4]
        from generation in Name
        from unread in Gen.Long[0, 100]
        from content in Gen.ULong
        select kind switch
        {
            0 => new BlobReading(),
            1 => new BlobReading { Fault = FaultCatalogue.ArchiveUnreadable.For(blob.Name, generation), IsForeign = unread > 50 },
            _ => new BlobReading
            {
                Blob = blob,
                Scan = ScanOf(subject, tallies, generation, unread, blob.LastModified),
                Entry = kind == 2 ? null : new IndexEntry(new UInt128(content, ~content), 3, Encoding.UTF8.GetBytes(generation)),
            },
        };

    [Fact]
    public void Blobs_ArriveAsTheyWere() =>
        Gen.Select(Blob, Gen.Bool).Array[0, 20].Sample(blobs => PackedBlobs.Read(PackedBlobs.Write(blobs)).SequenceEqual(blobs));

    [Fact]
    public void Readings_ArriveAsTheyWere() =>
        Reading
            .Array[0, 20]
            .Sample(readings => Assert.Equal(Text(readings), Text(PackedBlobs.Read(PackedBlobs.Write(readings), Subjects))));

    [Fact]
    public void AnythingElse_IsRefused() =>
        Gen
            .Byte.Array[0, 60]
            .Sample(bytes =>
            {
                try
                {
                    PackedBlobs.Read(bytes, Subjects);
                }
                catch (FormatException)
                {
                    // All but what happens to be a unit.
                }
            });

    private static ArchiveScan ScanOf(int subject, MatchTally[] tallies, string generation, long unread, DateTimeOffset last)
    {
        var matches = new SubjectMatches(subject, Subjects[subject], tallies[0], tallies[1], tallies[2])
        {
            Mentioned = tallies[3],
            Unclear = unread,
        };
        matches.Generations.Add(new SentGeneration(Encoding.UTF8.GetBytes(generation), 7, unread % 2 == 0 ? last : null));
        return new ArchiveScan("json", 10, 1_000, unread % 3 == 0 ? [] : [matches], Digest: null)
        {
            Unread = new UnreadRecords(unread, unread * 3),
            HasLeftOut = unread % 2 == 0,
            LaterDevices = unread % 5 == 0 ? [subject] : [],
        };
    }

    private static string Text(IEnumerable<BlobReading> readings) =>
        JsonSerializer.Serialize(
            readings.Select(static reading => new
            {
                reading.Blob,
                ETag = reading.Blob?.ETag.ToString("G"),
                reading.Scan,
                Generations = reading.Scan?.Subjects.Select(static matches => matches.Generations.All),
                reading.Fault,
                reading.IsForeign,
                Content = reading.Entry?.Content.ToString(System.Globalization.CultureInfo.InvariantCulture),
                Set = reading.Entry is { } entry ? Convert.ToHexString(entry.Set.Span) : null,
            })
        );
}
