namespace IotHubDsr.Archives.Json;

/// <summary>Walks whole lines, one window after another.</summary>
internal sealed class JsonLinesWalker(RecordPass pass)
{
    private readonly JsonRecordWalker _records = new(pass.Matcher, pass.Bodies);
    private readonly List<Range> _kept = [];

    // A rewrite reads every line in full, so that no damaged file is taken for a whole one and written again.
    private readonly JsonLineSieve? _sieve = pass.IsSearch ? new JsonLineSieve(pass.Subjects) : null;
    private long _number;

    private static ReadOnlySpan<byte> Utf8Bom => [0xEF, 0xBB, 0xBF];

    /// <summary>Walks these lines and returns the ranges of them that stay, adjacent ones joined; valid until the next call.</summary>
    /// <param name="lines">Whole lines; only the last of a file may lack its line ending.</param>
    /// <param name="offset">Offset in the file of the first.</param>
    public IReadOnlyList<Range> Walk(ReadOnlySpan<byte> lines, long offset)
    {
        _kept.Clear();
        var keptFrom = 0;
        var start = offset == 0 && lines.StartsWith(Utf8Bom) ? Utf8Bom.Length : 0;
        while (start < lines.Length)
        {
            start = PassOver(lines, start);
            if (start == lines.Length)
            {
                break;
            }

            var length = lines[start..].IndexOf((byte)'\n');
            var next = length < 0 ? lines.Length : start + length + 1;
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
        {
            return start;
        }

        var next = _sieve.PassOver(lines, start, out var passed);
        pass.RecordsRead += passed;
        _number += passed;
        return next;
    }

    private bool LeavesOut(ReadOnlySpan<byte> line, long offset)
    {
        var record = line.TrimEnd("\r\n"u8);
        if (record.IndexOfAnyExcept(" \t\r"u8) < 0)
        {
            return false;
        }

        pass.RecordsRead++;
        pass.Matcher.Reset();
        try
        {
            _records.Walk(record, new JsonPlace(offset, _number, IsLine: true));
        }
        catch (ArchiveFormatException e) when (line[^1] != '\n')
        {
            throw new ArchiveFormatException(ArchiveFault.Truncated, offset, $"the file ends within line {_number}, which begins there", e);
        }

        return pass.Matcher.HasMatch
            && pass.LeavesOut(new MatchedRecord(new RecordPlace(offset, 0), record, _records.FactsOf(record), _records));
    }

    private void Keep(int start, int end)
    {
        if (start < end)
        {
            _kept.Add(start..end);
        }
    }
}
