using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Archives.Json;

/// <summary>Walks the objects of one file, in an array or one after another, as far as they are there.</summary>
/// <param name="pass">What is done with the records.</param>
/// <param name="maxBytes">The longest record.</param>
internal sealed class JsonDocumentWalker(RecordPass pass, int maxBytes)
{
    private enum Part
    {
        Head,
        Records,
        Tail,
    }

    private readonly JsonRecordWalker _records = new(pass.Matcher, pass.Bodies);
    private readonly List<Range> _kept = [];

    // A scan and a rewrite pass over the same records, so that they find the same damage. Bodies are looked for in every record.
    private readonly JsonSieve? _sieve = pass.Bodies is null ? new JsonSieve(pass.Subjects) : null;
    private Part _part;
    private JsonExtent _extent;
    private bool _isArray;
    private bool _keptAny;
    private long _number;
    private int _keptFrom;

    private static ReadOnlySpan<byte> Utf8Bom => [0xEF, 0xBB, 0xBF];

    /// <summary>Walks whole records and returns the ranges that stay, adjacent ones joined; valid until the next call.</summary>
    /// <param name="bytes">What is not taken yet.</param>
    /// <param name="offset">Offset in the file of the first of them.</param>
    /// <param name="ended">Whether the file ends with them: they are then walked to the end.</param>
    /// <param name="taken">How many of them have been walked.</param>
    public IReadOnlyList<Range> Walk(ReadOnlySpan<byte> bytes, long offset, bool ended, out int taken)
    {
        _kept.Clear();
        _keptFrom = 0;
        taken = offset == 0 && _part is Part.Head && bytes.StartsWith(Utf8Bom) ? Utf8Bom.Length : 0;
        while (TryStep(bytes, offset, ended, ref taken)) { }

        Keep(_keptFrom, taken);
        return _kept;
    }

    private bool TryStep(ReadOnlySpan<byte> bytes, long offset, bool ended, ref int at)
    {
        if (!TryFindText(bytes, at, out int next))
        {
            if (ended && _isArray && _part is not Part.Tail)
                throw new ArchiveFormatException(ArchiveFault.Truncated, offset + bytes.Length, "the file ends within its JSON array");

            at = ended || _part is Part.Tail ? bytes.Length : at;
            return false;
        }

        switch (_part)
        {
            case Part.Head:
                _part = Part.Records;
                _isArray = bytes[next] == '[';
                at = _isArray ? next + 1 : at;
                return true;
            case Part.Records when _isArray && bytes[next] == ']':
                _part = Part.Tail;
                at = next + 1;
                return true;
            case Part.Records:
                return TryWalkRecord(bytes, offset, ended, next, ref at);
            default:
                throw Bad(offset + next, "something follows the JSON array");
        }
    }

    private bool TryWalkRecord(ReadOnlySpan<byte> bytes, long offset, bool ended, int next, ref int at)
    {
        int start = next;
        if (_isArray && _number > 0)
        {
            if (bytes[next] != ',')
                throw Bad(offset + next, "the items of the JSON array are not separated by commas");

            if (!TryFindText(bytes, next + 1, out start))
                start = bytes.Length;
        }

        if (start < bytes.Length && bytes[start] != '{')
            throw Bad(offset + start, "a record is not a JSON object");

        if (!_extent.TryFindEnd(bytes[start..], out int length))
        {
            return !ended
                ? false
                : throw new ArchiveFormatException(
                    ArchiveFault.Truncated,
                    offset + start,
                    "the file ends within the record that begins there"
                );
        }

        if (length > maxBytes)
            throw TooLong(offset + start);

        _extent = default;
        _number++;
        Account(LeavesOut(bytes[start..], length, offset + start), at, start, start + length);
        at = start + length;
        return true;
    }

    /// <summary>Decides what stays of a separator and the record behind it.</summary>
    private void Account(bool leavesOut, int separator, int start, int end)
    {
        if (leavesOut)
        {
            Keep(_keptFrom, separator);
            _keptFrom = end;
        }
        else if (_isArray && !_keptAny && _number > 1)
        {
            // The comma joined it to a record that does not stay.
            Keep(_keptFrom, separator);
            _keptFrom = start;
        }

        _keptAny |= !leavesOut;
    }

    public ArchiveFormatException TooLong(long offset) =>
        new(ArchiveFault.RecordTooLarge, offset, $"a record is longer than {maxBytes} bytes");

    /// <param name="bytes">The record, and what follows it.</param>
    /// <param name="length">Its length.</param>
    /// <param name="offset">Its offset in the file.</param>
    private bool LeavesOut(ReadOnlySpan<byte> bytes, int length, long offset)
    {
        pass.RecordsRead++;
        if (_sieve?.PassesOver(bytes, length) == true)
            return false;

        ReadOnlySpan<byte> record = bytes[..length];
        pass.Matcher.Reset();
        _records.Walk(record, new JsonPlace(offset, _number, IsLine: false));
        return pass.IsOfInterest(offset)
            && pass.LeavesOut(new MatchedRecord(new RecordPlace(offset, 0), record, _records.FactsOf(record), _records));
    }

    private static bool TryFindText(ReadOnlySpan<byte> bytes, int start, out int text)
    {
        int length = bytes[start..].IndexOfAnyExcept(" \t\r\n"u8);
        text = start + length;
        return length >= 0;
    }

    private static ArchiveFormatException Bad(long offset, string detail) => new(ArchiveFault.BadRecord, offset, detail);

    private void Keep(int start, int end)
    {
        if (start < end)
            _kept.Add(start..end);
    }
}
