using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Archives.Json;

/// <summary>Walks whole lines, one window after another.</summary>
/// <param name="pass">What is done with the records.</param>
/// <param name="maxBytes">The longest line.</param>
internal sealed class JsonLinesWalker(RecordPass pass, int maxBytes)
{
    private readonly JsonRecordWalker _records = new(pass.Matcher, pass.Bodies);
    private readonly List<Range> _kept = [];

    // A scan and a rewrite pass over the same lines, so that they find the same damage. Bodies are looked for in every line.
    private readonly JsonSieve? _sieve = pass.Bodies is null ? new JsonSieve(pass.Subjects) : null;
    private long _number;

    private static ReadOnlySpan<byte> Utf8Bom => [0xEF, 0xBB, 0xBF];

    /// <summary>Walks these lines and returns the ranges of them that stay, adjacent ones joined; valid until the next call.</summary>
    /// <param name="lines">Whole lines; only the last of a file may lack its line ending.</param>
    /// <param name="offset">Offset in the file of the first.</param>
    public IReadOnlyList<Range> Walk(ReadOnlySpan<byte> lines, long offset)
    {
        _kept.Clear();
        int keptFrom = 0;
        int start = offset == 0 && lines.StartsWith(Utf8Bom) ? Utf8Bom.Length : 0;
        while (start < lines.Length)
        {
            start = PassOver(lines, start);
            if (start == lines.Length)
                break;

            int length = lines[start..].IndexOf((byte)'\n');
            int next = length < 0 ? lines.Length : start + length + 1;
            _number++;
            if (LeavesOut(lines[start..next], offset + start))
            {
                Keep(keptFrom, start);
                keptFrom = next;
            }

            start = next;
        }

        Keep(keptFrom, lines.Length);
        return _kept;
    }

    private int PassOver(ReadOnlySpan<byte> lines, int start)
    {
        if (_sieve is null)
            return start;

        int next = _sieve.PassOverLines(lines, start, maxBytes, out int passed);
        pass.RecordsRead += passed;
        _number += passed;
        return next;
    }

    private bool LeavesOut(ReadOnlySpan<byte> line, long offset)
    {
        if (line.Length > maxBytes)
            throw TooLong(offset);

        ReadOnlySpan<byte> record = line.TrimEnd("\r\n"u8);
        if (record.IndexOfAnyExcept(" \t\r"u8) < 0)
            return false;

        pass.RecordsRead++;
        pass.Matcher.Reset();
        try
        {
            _records.Walk(record, new JsonPlace(offset, _number, IsLine: true));
        }
        catch (ArchiveFormatException e) when (line[^1] != '\n' && BreaksOff(record))
        {
            throw new ArchiveFormatException(ArchiveFault.Truncated, offset, $"the file ends within line {_number}, which begins there", e);
        }

        return pass.IsOfInterest(offset)
            && pass.LeavesOut(new MatchedRecord(new RecordPlace(offset, 0), record, _records.FactsOf(record), _records));
    }

    public ArchiveFormatException TooLong(long offset) =>
        new(ArchiveFault.RecordTooLarge, offset, $"a line is longer than {maxBytes} bytes");

    private static bool BreaksOff(ReadOnlySpan<byte> record)
    {
        int start = record.IndexOfAnyExcept(" \t\r"u8);
        return record[start] == '{' && !new JsonExtent().TryFindEnd(record[start..], out _);
    }

    private void Keep(int start, int end)
    {
        if (start < end)
            _kept.Add(start..end);
    }
}
