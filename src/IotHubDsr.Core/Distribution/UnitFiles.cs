using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using IotHubDsr.Core.Evidence.Segments;
using IotHubDsr.Core.Evidence.Stores;
using IotHubDsr.Core.Foundation;
using IotHubDsr.Core.Sinks;

namespace IotHubDsr.Core.Distribution;

/// <summary>
/// The files of one distributed work: what workers need and show is private, and can be destroyed; segments are evidence. A unit is named by
/// its number and by what is in it, so that a work that is split again finds what was done of it.
/// </summary>
internal sealed partial class UnitFiles(ISegmentFolder folder, string work)
{
    private const int DigitsOfDigest = 16;
    private const int DigitsOfNumber = 7;
    private const int DigitsOfGroup = 4;
    private const string UnitEnding = ".unit";
    private const string SegmentEnding = ".jsonl";
    private const string PartEnding = ".part";

    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_patienceWithWorkers = TimeSpan.FromSeconds(45);

    private const string AllSegments = "segments/";
    private const string Works = EvidenceFiles.Private + "work/";

    private string Private => $"{Works}{work}/";

    private string Segments => $"{AllSegments}{work}/";

    /// <summary>A file that stops the work by being there.</summary>
    private string Stop => $"stop/{work}";

    public string Folder => folder.RequestId;

    public string Work => work;

    public static string NameOf(int number, byte[] content) =>
        string.Create(CultureInfo.InvariantCulture, $"{number:D7}-{Digests.HexOf(content)[..DigitsOfDigest]}");

    /// <summary>Whether a message names a work and a unit: it comes from a queue, and its names become names of blobs.</summary>
    public static bool AreNames(string work, string unit) => WorkName().IsMatch(work) && UnitName().IsMatch(unit);

    public static int NumberOf(string unit) => int.Parse(unit.AsSpan(0, DigitsOfNumber), NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>The units among the files of a folder.</summary>
    public static IEnumerable<(string Work, string Unit)> UnitsIn(IEnumerable<string> names) =>
        names
            .Where(static name => name.StartsWith(Works, StringComparison.Ordinal) && name.EndsWith(UnitEnding, StringComparison.Ordinal))
            .Select(static name => name[Works.Length..^UnitEnding.Length].Split('/'))
            .Where(static parts => parts.Length == 2)
            .Select(static parts => (parts[0], parts[1]));

    public static bool IsSegment(string name) =>
        name.StartsWith(AllSegments, StringComparison.Ordinal) && name.EndsWith(SegmentEnding, StringComparison.Ordinal);

    /// <param name="name">Name of a segment.</param>
    public static (string Work, int Number) UnitOfSegment(string name)
    {
        string[] parts = name[AllSegments.Length..^SegmentEnding.Length].Split('/');
        return parts.Length == 2 && UnitName().IsMatch(parts[1]) ? (parts[0], NumberOf(parts[1])) : (string.Empty, 0);
    }

    /// <summary>The location that a work is in, by the name that it has.</summary>
    public static string LocationOf(string work) => work.LastIndexOf('.') is > 0 and int dot ? work[..dot] : work;

    /// <summary>Ends all that workers do of the work, at the next renewal of their leases.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => folder.SaveAsync(Stop, "stop\n"u8.ToArray(), cancellationToken);

    /// <summary>Lets workers begin units of the work again.</summary>
    public Task ReleaseAsync(CancellationToken cancellationToken) => folder.DeleteAsync(Stop, cancellationToken);

    public async Task<bool> IsStoppedAsync(CancellationToken cancellationToken) =>
        await folder.ReadAsync(Stop, cancellationToken) is not null;

    /// <summary>
    /// Waits until no worker is at a unit of the work any more: each sees a stop at the next renewal of its lease, and that of one that was
    /// killed ends by itself.
    /// </summary>
    public async Task WaitForWorkersAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        long begun = time.GetTimestamp();
        while (
            (await ListAsync(cancellationToken)).Values.Any(static segment => segment.IsHeld)
            && time.GetElapsedTime(begun) < s_patienceWithWorkers
        )
        {
            await Task.Delay(s_look, time, cancellationToken);
        }
    }

    public Task SaveOrderAsync(byte[] order, CancellationToken cancellationToken) =>
        folder.SaveAsync($"{Private}order.json", order, cancellationToken);

    public Task<byte[]?> ReadOrderAsync(CancellationToken cancellationToken) => folder.ReadAsync($"{Private}order.json", cancellationToken);

    public Task SaveUnitAsync(string unit, byte[] content, CancellationToken cancellationToken) =>
        folder.SaveAsync(Private + unit + UnitEnding, content, cancellationToken);

    /// <summary>What is packed of a unit; null when there is none, or it is not the one that the name is of.</summary>
    public async Task<byte[]?> ReadUnitAsync(string unit, CancellationToken cancellationToken) =>
        await folder.ReadAsync(Private + unit + UnitEnding, cancellationToken) is { } content && NameOf(NumberOf(unit), content) == unit
            ? content
            : null;

    /// <summary>Saves what a unit shows, and gives the digest by which its segment names it.</summary>
    public async Task<string> SaveResultAsync(string unit, byte[] content, CancellationToken cancellationToken)
    {
        string digest = Digests.Of(content);
        await folder.SaveAsync(ResultOf(unit, digest), content, cancellationToken);
        return digest;
    }

    /// <exception cref="DsrException">It is not what the segment names.</exception>
    public async Task<byte[]> ReadResultAsync(string unit, string digest, CancellationToken cancellationToken) =>
        await folder.ReadAsync(ResultOf(unit, digest), cancellationToken) is { } content && Digests.Of(content) == digest
            ? content
            : throw Broken(unit);

    /// <summary>Saves what a unit shows and is too much to hold.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="content">Read once, to its end.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<UnitPart> SavePartAsync(string unit, Stream content, CancellationToken cancellationToken)
    {
        // An attempt that was lost leaves one, too.
        string name = $"{unit}.{RandomNumberGenerator.GetHexString(DigitsOfDigest, lowercase: true)}{PartEnding}";
        string digest = string.Empty;
        await using var hashed = new HashedStream(content, computed => digest = computed);
        await folder.SaveAsync(Private + name, hashed, cancellationToken);
        return new UnitPart(name, digest);
    }

    /// <summary>Opens what a unit has saved; the stream throws at its end when that is not what was saved.</summary>
    /// <exception cref="DsrException">It is not there, or no name of a part.</exception>
    public async Task<Stream> OpenPartAsync(UnitPart part, CancellationToken cancellationToken) =>
        PartName().IsMatch(part.Name) && await folder.OpenAsync(Private + part.Name, cancellationToken) is { } content
            ? new HashedStream(content, digest => Require(digest == part.Digest, part.Name))
            : throw Broken(part.Name);

    public SegmentStart StartOf(string unit, byte[] content, string? plan) => new(folder.RequestId, work, Digests.Of(content), plan);

    public Task<Segment?> TryOpenAsync(
        string unit,
        SegmentStart start,
        string worker,
        TimeProvider time,
        CancellationToken cancellationToken
    ) => Segment.TryOpenAsync(folder, SegmentOf(unit), start, worker, time, cancellationToken);

    /// <summary>What the segment of a unit says.</summary>
    /// <exception cref="DsrException">It is not the segment of that unit, or was changed.</exception>
    public async Task<SegmentState> ReadSegmentAsync(string unit, SegmentStart start, CancellationToken cancellationToken) =>
        await folder.ReadAsync(SegmentOf(unit), cancellationToken) is { } lines
            ? SegmentState.Read(folder.PlaceOf(SegmentOf(unit)), start, lines)
            : new SegmentState(start.Head, Ending: null);

    /// <summary>The segments of some units, as they are listed: a thousand a page, with others of the same thousand.</summary>
    public async Task<IReadOnlyDictionary<string, SegmentListing>> ListAsync(
        IReadOnlyCollection<string> units,
        CancellationToken cancellationToken
    )
    {
        var listed = new Dictionary<string, SegmentListing>(StringComparer.Ordinal);
        foreach (string group in units.Select(unit => unit[..DigitsOfGroup]).Distinct(StringComparer.Ordinal))
            await ListAsync(group, listed, cancellationToken);
        return listed;
    }

    /// <summary>All segments of the work.</summary>
    public async Task<IReadOnlyDictionary<string, SegmentListing>> ListAsync(CancellationToken cancellationToken)
    {
        var listed = new Dictionary<string, SegmentListing>(StringComparer.Ordinal);
        await ListAsync(string.Empty, listed, cancellationToken);
        return listed;
    }

    /// <summary>The units of the work that there are.</summary>
    public async Task<IReadOnlyList<string>> ListUnitsAsync(CancellationToken cancellationToken) =>
        [.. UnitsIn(await folder.ListAsync(cancellationToken)).Where(one => one.Work == work).Select(static one => one.Unit)];

    /// <summary>Whether one of some units is not closed.</summary>
    public async Task<bool> AreLeftAsync(IReadOnlyCollection<string> units, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, SegmentListing> listed = await ListAsync(units, cancellationToken);
        return units.Any(unit => listed.GetValueOrDefault(unit) is not { } one || !SegmentMarks.IsClosed(one.Marks));
    }

    private async Task ListAsync(string group, Dictionary<string, SegmentListing> listed, CancellationToken cancellationToken)
    {
        await foreach (SegmentListing segment in folder.ListSegmentsAsync(Segments + group, cancellationToken))
            listed[segment.Name[Segments.Length..^SegmentEnding.Length]] = segment;
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9.-]{0,200}\\z", RegexOptions.CultureInvariant)]
    private static partial Regex WorkName();

    [GeneratedRegex("^[0-9]{7}-[0-9a-f]{16}\\z", RegexOptions.CultureInvariant)]
    private static partial Regex UnitName();

    [GeneratedRegex("^[0-9]{7}-[0-9a-f]{16}\\.[0-9a-f]{16}\\.part\\z", RegexOptions.CultureInvariant)]
    private static partial Regex PartName();

    private void Require(bool isSame, string name)
    {
        if (!isSame)
            throw Broken(name);
    }

    /// <param name="name">A unit, or what begins with its name.</param>
    private DsrException Broken(string name) =>
        FaultCatalogue.JournalBroken.Exception(folder.PlaceOf(SegmentOf(name.Split('.')[0])), 1, "what it names is gone, or was changed");

    private string SegmentOf(string unit) => Segments + unit + SegmentEnding;

    private string ResultOf(string unit, string digest) => $"{Private}{unit}.{Digests.Hex(digest)[..DigitsOfDigest]}.result";
}
