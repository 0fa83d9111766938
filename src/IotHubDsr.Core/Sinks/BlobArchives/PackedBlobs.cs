using Azure;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Records;
using IotHubDsr.Core.Sinks.BlobIndexes;

namespace IotHubDsr.Core.Sinks.BlobArchives;

/// <summary>
/// Blobs to read, and what reading them showed, as bytes for another process of the same version: subjects are numbers in the order of the
/// call. A few bytes for a blob that shows nothing.
/// </summary>
internal static class PackedBlobs
{
    /// <summary>Changes with every change of the form: a process of another version refuses what it might misread.</summary>
    private const byte Version = 1;

    /// <param name="blobs">The blobs, each with whether an entry for the index of devices is wanted.</param>
    public static byte[] Write(IReadOnlyCollection<(ListedBlob Blob, bool IsIndexed)> blobs)
    {
        using var bytes = new MemoryStream();
        using var to = new BinaryWriter(bytes);
        to.Write(Version);
        to.Write7BitEncodedInt(blobs.Count);
        foreach ((ListedBlob blob, bool isIndexed) in blobs)
        {
            Write(to, blob);
            to.Write(isIndexed);
        }

        to.Flush();
        return bytes.ToArray();
    }

    public static IReadOnlyList<(ListedBlob Blob, bool IsIndexed)> Read(ReadOnlyMemory<byte> packed) =>
        Read(packed, static from => (ReadBlob(from), from.ReadBoolean()));

    public static byte[] Write(IReadOnlyCollection<BlobReading> readings)
    {
        using var bytes = new MemoryStream();
        using var to = new BinaryWriter(bytes);
        to.Write(Version);
        to.Write7BitEncodedInt(readings.Count);
        foreach (BlobReading reading in readings)
            Write(to, reading);
        to.Flush();
        return bytes.ToArray();
    }

    /// <param name="shown">What another process showed.</param>
    /// <param name="subjects">The subjects, as that process had them.</param>
    public static IReadOnlyList<BlobReading> Read(ReadOnlyMemory<byte> shown, SubjectIndex subjects) =>
        Read(shown, from => ReadReading(from, subjects));

    private static List<T> Read<T>(ReadOnlyMemory<byte> bytes, Func<BinaryReader, T> read)
    {
        try
        {
            using var from = new BinaryReader(new MemoryStream(bytes.ToArray(), writable: false));
            if (from.ReadByte() != Version)
                throw new FormatException("The unit was packed by another version of the module.");
            int count = from.Read7BitEncodedInt();
            List<T> all = [];
            for (int index = 0; index < count; index++)
                all.Add(read(from));
            return from.BaseStream.Position == from.BaseStream.Length ? all : throw new FormatException("The unit has bytes at its end.");
        }
        catch (Exception exception) when (exception is EndOfStreamException or ArgumentException or InvalidOperationException)
        {
            throw new FormatException("The unit is damaged.", exception);
        }
    }

    private static void Write(BinaryWriter to, ListedBlob blob)
    {
        to.Write(blob.Name);
        to.Write(blob.ETag.ToString("G"));
        to.Write7BitEncodedInt64(blob.Length);
        Write(to, blob.LastModified);
        Write(to, blob.CreatedOn);
        Write(to, blob.VersionId);
        Write(to, blob.Snapshot);
        Write(to, blob.ContentEncoding);
        Write(to, blob.HeldUntil);
        to.Write(blob.IsOldCopy);
        to.Write(blob.IsHeld);
        to.Write(blob.IsLeased);
        to.Write(blob.IsBlockBlob);
    }

    private static ListedBlob ReadBlob(BinaryReader from) =>
        new(from.ReadString(), new ETag(from.ReadString()), from.Read7BitEncodedInt64(), ReadTime(from)!.Value)
        {
            CreatedOn = ReadTime(from)!.Value,
            VersionId = ReadText(from),
            Snapshot = ReadText(from),
            ContentEncoding = ReadText(from),
            HeldUntil = ReadTime(from),
            IsOldCopy = from.ReadBoolean(),
            IsHeld = from.ReadBoolean(),
            IsLeased = from.ReadBoolean(),
            IsBlockBlob = from.ReadBoolean(),
        };

    private static void Write(BinaryWriter to, BlobReading reading)
    {
        to.Write(reading.Blob is not null);
        if (reading.Blob is { } blob)
            Write(to, blob);
        to.Write(reading.Scan is not null);
        if (reading.Scan is { } scan)
            Write(to, scan);
        to.Write(reading.Fault is not null);
        if (reading.Fault is { } fault)
            Write(to, fault);
        to.Write(reading.IsForeign);
        to.Write(reading.Entry is not null);
        if (reading.Entry is { } entry)
        {
            to.Write((ulong)(entry.Content >> 64));
            to.Write((ulong)entry.Content);
            to.Write7BitEncodedInt(entry.Count);
            Write(to, entry.Set.Span);
        }
    }

    private static BlobReading ReadReading(BinaryReader from, SubjectIndex subjects) =>
        new()
        {
            Blob = from.ReadBoolean() ? ReadBlob(from) : null,
            Scan = from.ReadBoolean() ? ReadScan(from, subjects) : null,
            Fault = from.ReadBoolean() ? ReadFault(from) : null,
            IsForeign = from.ReadBoolean(),
            Entry = from.ReadBoolean()
                ? new IndexEntry(new UInt128(from.ReadUInt64(), from.ReadUInt64()), from.Read7BitEncodedInt(), ReadBytes(from))
                : null,
        };

    private static void Write(BinaryWriter to, Fault fault)
    {
        to.Write(fault.Id);
        to.Write(fault.Category.ToString());
        to.Write(fault.Target);
        to.Write(fault.Message);
        to.Write(fault.RecommendedAction);
    }

    private static Fault ReadFault(BinaryReader from) =>
        new(from.ReadString(), Enum.Parse<FaultCategory>(from.ReadString()), from.ReadString(), from.ReadString(), from.ReadString());

    private static void Write(BinaryWriter to, ArchiveScan scan)
    {
        to.Write(scan.Format);
        to.Write7BitEncodedInt64(scan.RecordsRead);
        to.Write7BitEncodedInt64(scan.BytesRead);
        to.Write7BitEncodedInt64(scan.Unread.Count);
        to.Write7BitEncodedInt64(scan.Unread.FirstOffset);
        to.Write(scan.HasLeftOut);
        to.Write7BitEncodedInt(scan.LaterDevices.Count);
        foreach (int device in scan.LaterDevices)
            to.Write7BitEncodedInt(device);
        to.Write7BitEncodedInt(scan.Subjects.Count);
        foreach (SubjectMatches matches in scan.Subjects)
            Write(to, matches);
    }

    private static ArchiveScan ReadScan(BinaryReader from, SubjectIndex subjects)
    {
        string format = from.ReadString();
        (long records, long bytes) = (from.Read7BitEncodedInt64(), from.Read7BitEncodedInt64());
        var unread = new UnreadRecords(from.Read7BitEncodedInt64(), from.Read7BitEncodedInt64());
        bool hasLeftOut = from.ReadBoolean();
        List<int> later = [];
        for (int left = from.Read7BitEncodedInt(); left > 0; left--)
            later.Add(ReadSubject(from, subjects));
        List<SubjectMatches> found = [];
        for (int left = from.Read7BitEncodedInt(); left > 0; left--)
            found.Add(ReadMatches(from, subjects));
        return new ArchiveScan(format, records, bytes, found, Digest: null)
        {
            Unread = unread,
            HasLeftOut = hasLeftOut,
            LaterDevices = later,
        };
    }

    private static void Write(BinaryWriter to, SubjectMatches matches)
    {
        to.Write7BitEncodedInt(matches.Subject);
        foreach (MatchTally tally in (ReadOnlySpan<MatchTally>)[matches.Own, matches.Attributed, matches.Relayed, matches.Mentioned])
            Write(to, tally);
        to.Write7BitEncodedInt64(matches.Unclear);
        IReadOnlyList<SentGeneration> sent = matches.Generations.All;
        to.Write7BitEncodedInt(sent.Count);
        foreach (SentGeneration generation in sent)
        {
            Write(to, generation.Generation);
            to.Write7BitEncodedInt64(generation.Records);
            Write(to, generation.Last);
        }
    }

    private static int ReadSubject(BinaryReader from, SubjectIndex subjects) =>
        from.Read7BitEncodedInt() is >= 0 and var subject && subject < subjects.Count
            ? subject
            : throw new FormatException("The unit is of other subjects.");

    private static SubjectMatches ReadMatches(BinaryReader from, SubjectIndex subjects)
    {
        int subject = ReadSubject(from, subjects);
        var matches = new SubjectMatches(subject, subjects[subject], ReadTally(from), ReadTally(from), ReadTally(from))
        {
            Mentioned = ReadTally(from),
            Unclear = from.Read7BitEncodedInt64(),
        };
        for (int left = from.Read7BitEncodedInt(); left > 0; left--)
            matches.Generations.Add(new SentGeneration(ReadBytes(from), from.Read7BitEncodedInt64(), ReadTime(from)));
        return matches;
    }

    private static void Write(BinaryWriter to, MatchTally tally)
    {
        to.Write7BitEncodedInt64(tally.Records);
        if (tally.Records == 0)
            return;
        to.Write7BitEncodedInt64(tally.Bytes);
        Write(to, tally.First);
        Write(to, tally.Last);
    }

    private static MatchTally ReadTally(BinaryReader from) =>
        from.Read7BitEncodedInt64() is > 0 and var records
            ? new MatchTally(records, from.Read7BitEncodedInt64(), ReadTime(from), ReadTime(from))
            : default;

    private static void Write(BinaryWriter to, DateTimeOffset? time)
    {
        to.Write(time is not null);
        if (time is not { } known)
            return;
        to.Write(known.Ticks);
        to.Write((short)known.TotalOffsetMinutes);
    }

    private static DateTimeOffset? ReadTime(BinaryReader from) =>
        from.ReadBoolean() ? new DateTimeOffset(from.ReadInt64(), TimeSpan.FromMinutes(from.ReadInt16())) : null;

    private static void Write(BinaryWriter to, string? text)
    {
        to.Write(text is not null);
        if (text is not null)
            to.Write(text);
    }

    private static string? ReadText(BinaryReader from) => from.ReadBoolean() ? from.ReadString() : null;

    private static void Write(BinaryWriter to, ReadOnlySpan<byte> bytes)
    {
        to.Write7BitEncodedInt(bytes.Length);
        to.Write(bytes);
    }

    private static byte[] ReadBytes(BinaryReader from)
    {
        int length = from.Read7BitEncodedInt();
        return length <= from.BaseStream.Length - from.BaseStream.Position ? from.ReadBytes(length) : throw new EndOfStreamException();
    }
}
