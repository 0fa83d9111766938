namespace IotHubDsr.Core.Evidence.Journals;

/// <summary>What a call takes from one subject in one document or blob.</summary>
/// <param name="Subject">Index of the subject in the registration.</param>
/// <param name="Records">Its records that go.</param>
/// <param name="Changes">How many documents or blobs go or change with it.</param>
internal readonly record struct AnnouncedShare(int Subject, long Records, int Changes);

/// <summary>
/// The shares of all subjects in one announced item, as base64 of three columns: the gaps between the subjects, their records, their
/// changes. Each column is written as runs of the same value, or value by value, whichever is shorter: 1,000 subjects next to each other
/// take a few bytes and one byte each for records that differ.
/// </summary>
internal static class AnnouncedShares
{
    /// <summary>As many as the line of a registration can name.</summary>
    public const int MostSubjects = 100_000;

    private const byte ByValue = 0;
    private const byte InRuns = 1;

    /// <param name="shares">At least one, in the order of their subjects.</param>
    public static string Write(IReadOnlyList<AnnouncedShare> shares)
    {
        List<long> gaps = new(shares.Count);
        int next = 0;
        foreach (AnnouncedShare share in shares)
        {
            gaps.Add(share.Subject - next);
            next = share.Subject + 1;
        }

        var bytes = new List<byte>();
        Append(bytes, shares.Count);
        Column(bytes, gaps);
        Column(bytes, [.. shares.Select(share => share.Records)]);
        Column(bytes, [.. shares.Select(share => (long)share.Changes)]);
        return Convert.ToBase64String([.. bytes]);
    }

    /// <param name="text">What was written.</param>
    /// <param name="most">How many subjects there can be.</param>
    /// <exception cref="FormatException">It is not what is written.</exception>
    public static AnnouncedShare[] Read(string text, int most)
    {
        byte[] bytes = Convert.FromBase64String(text);
        int at = 0;
        long count = Number(bytes, ref at);
        if (count < 1 || count > most)
            throw new FormatException("The number of shares is invalid.");
        long[] gaps = Column(bytes, ref at, (int)count);
        long[] records = Column(bytes, ref at, (int)count);
        long[] changes = Column(bytes, ref at, (int)count);
        if (at != bytes.Length)
            throw new FormatException("There is more than the shares.");

        var shares = new AnnouncedShare[count];
        long subject = -1;
        for (int index = 0; index < shares.Length; index++)
        {
            if (gaps[index] >= most || (subject += gaps[index] + 1) >= most || changes[index] > int.MaxValue)
                throw new FormatException("A share is invalid.");
            shares[index] = new AnnouncedShare((int)subject, records[index], (int)changes[index]);
        }

        return shares;
    }

    /// <summary>Whether all of them are subjects of a request with so many.</summary>
    public static bool AreWithin(string text, int subjects)
    {
        try
        {
            return Read(text, subjects).Length > 0;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static void Column(List<byte> to, List<long> values)
    {
        List<byte> single = [],
            runs = [];
        for (int start = 0; start < values.Count; )
        {
            int end = start;
            for (; end < values.Count && values[end] == values[start]; end++)
                Append(single, values[end]);
            Append(runs, values[start]);
            Append(runs, end - start);
            start = end;
        }

        to.Add(runs.Count < single.Count ? InRuns : ByValue);
        to.AddRange(runs.Count < single.Count ? runs : single);
    }

    private static long[] Column(byte[] bytes, ref int at, int count)
    {
        long form = Number(bytes, ref at);
        if (form is not (ByValue or InRuns))
            throw new FormatException("The form of a column is unknown.");
        long[] values = new long[count];
        for (int filled = 0; filled < count; )
        {
            long value = Number(bytes, ref at);
            long run = form == InRuns ? Number(bytes, ref at) : 1;
            if (run < 1 || run > count - filled)
                throw new FormatException("A run is invalid.");
            values.AsSpan(filled, (int)run).Fill(value);
            filled += (int)run;
        }

        return values;
    }

    /// <summary>Seven bits a byte, the lowest first; the highest bit says that more follow.</summary>
    private static void Append(List<byte> to, long value)
    {
        for (; value >= 0x80; value >>= 7)
            to.Add((byte)(value | 0x80));
        to.Add((byte)value);
    }

    private static long Number(byte[] bytes, ref int at)
    {
        const int most = 63;
        long value = 0;
        for (int shift = 0; shift < most; shift += 7)
        {
            if (at >= bytes.Length)
                throw new FormatException("The shares end too early.");
            byte next = bytes[at++];
            value |= (long)(next & 0x7f) << shift;
            if (next < 0x80)
                return value;
        }

        throw new FormatException("A number is too long.");
    }
}
