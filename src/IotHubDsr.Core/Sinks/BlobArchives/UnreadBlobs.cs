namespace IotHubDsr.Core.Sinks.BlobArchives;

/// <summary>
/// The blobs of a container that could not be read. A few are named and reported, of each kind of failure; the rest is counted: a container
/// can be full of them, and others choose their names.
/// </summary>
internal sealed class UnreadBlobs
{
    private const int MostNamed = 3;

    private readonly object _gate = new();
    private readonly SortedSet<string> _named = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _partly = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _foreign = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _reported = new(StringComparer.Ordinal);

    /// <summary>Archives that cannot be read: damaged, too large, encoded in a way that is not known, in the archive tier.</summary>
    public int Count { get; private set; }

    /// <summary>Blobs that were read, but for records that do not tell their sender.</summary>
    public int PartlyCount { get; private set; }

    /// <summary>Blobs that are not message archives at all.</summary>
    public int ForeignCount { get; private set; }

    /// <summary>How many of them were reported, so that they are not counted again among the faults of a call.</summary>
    public int Reported { get; private set; }

    /// <summary>What is said of them, without full stops.</summary>
    public IEnumerable<string> Details
    {
        get
        {
            if (Count > 0)
                yield return $"{Counted.Of(Count, "blob")} could not be read: {List(_named, Count)}";
            if (PartlyCount > 0)
            {
                yield return $"{Counted.Of(PartlyCount, "blob holds", "blobs hold")} records whose sender cannot be determined: "
                    + $"{List(_partly, PartlyCount)}";
            }

            if (ForeignCount > 0)
            {
                yield return $"{Counted.Of(ForeignCount, "blob is not an archive", "blobs are not archives")} of messages: "
                    + $"{List(_foreign, ForeignCount)}; "
                    + "their owner must check whether they hold data of the device, or the location file must exclude them with a ground";
            }
        }
    }

    /// <summary>Records a blob.</summary>
    /// <param name="path">The blob.</param>
    /// <param name="isNoArchive">Whether it is no archive at all.</param>
    /// <param name="isOfLayout">
    /// Whether its name is one that the service gives that writes the archive: such a blob is a damaged archive.
    /// </param>
    /// <param name="fault">What would be reported of it.</param>
    /// <returns>Whether it is to be reported.</returns>
    public bool Add(string path, bool isNoArchive, bool isOfLayout, Fault fault)
    {
        bool isForeign = !isOfLayout && isNoArchive;
        lock (_gate)
        {
            Name(isForeign ? _foreign : _named, path);
            (Count, ForeignCount) = isForeign ? (Count, ForeignCount + 1) : (Count + 1, ForeignCount);
            return IsToBeReported(fault);
        }
    }

    /// <summary>Records a blob of which some records could not be read.</summary>
    /// <param name="path">The blob.</param>
    /// <param name="fault">What would be reported of it.</param>
    /// <returns>Whether it is to be reported.</returns>
    public bool AddRecordsOf(string path, Fault fault)
    {
        lock (_gate)
        {
            Name(_partly, path);
            PartlyCount++;
            return IsToBeReported(fault);
        }
    }

    private static void Name(SortedSet<string> names, string path)
    {
        names.Add(path);
        if (names.Count > MostNamed)
            names.Remove(names.Max!);
    }

    private bool IsToBeReported(Fault fault)
    {
        int reported = _reported.GetValueOrDefault(fault.Id);
        if (reported == MostNamed)
            return false;
        _reported[fault.Id] = reported + 1;
        Reported++;
        return true;
    }

    private static string List(SortedSet<string> names, int count) =>
        $"{string.Join(", ", names.Select(name => $"'{name}'"))}{(count > names.Count ? $" and {count - names.Count} more" : string.Empty)}";
}
