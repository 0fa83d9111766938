using System.Buffers;

namespace IotHubDsr.Archives.Avro;

/// <summary>Walks the records of one block after another, and makes anew those that lose records.</summary>
internal sealed class AvroBlockWalker(AvroHeader header, AvroCodec codec, RecordPass pass)
{
    private readonly AvroRecordEncoder _encoder = new(header.Layout);
    private readonly List<Range> _kept = [];
    private readonly ArrayBufferWriter<byte> _records = new();
    private readonly ArrayBufferWriter<byte> _remade = new();

    // Only where the maps are plain; and a rewrite walks every record, so that no damaged file is taken for a whole one.
    private readonly AvroBlockSieve? _sieve
        = pass.IsSearch && header.Layout.FastWalk is not null ? new AvroBlockSieve(pass.Subjects) : null;

    private AvroBlock _block;
    private long _keptCount;

    /// <summary>True if the block stays as it is.</summary>
    public bool Walk(AvroBlock block)
    {
        pass.RecordsRead += block.Count;
        return _sieve?.PassesOver(block.Records.Span, block.Count) is true || WalkRecords(block);
    }

    private bool WalkRecords(AvroBlock block)
    {
        _block = block;
        _kept.Clear();
        _keptCount = block.Count;
        var records = block.Records.Span;
        var cursor = new AvroCursor(records, block.RecordsOffset, inflated: !codec.IsIdentity);
        var keptFrom = 0;
        for (var index = 0; index < block.Count; index++)
        {
            var start = cursor.Position;
            WalkRecord(ref cursor, records);
            if (pass.Matcher.HasMatch && LeavesOut(index, cursor.Since(start)))
            {
                Keep(keptFrom, start);
                keptFrom = cursor.Position;
                _keptCount--;
            }
        }

        if (!cursor.AtEnd)
        {
            throw new ArchiveFormatException(ArchiveFault.BadBlock, block.Offset, "the block holds more bytes than its records");
        }

        Keep(keptFrom, records.Length);
        return _keptCount == block.Count;
    }

    /// <summary>The block last walked, without the records it loses; nothing if it loses all.</summary>
    public ReadOnlyMemory<byte> TakeRemade()
    {
        _remade.ResetWrittenCount();
        if (_keptCount > 0)
        {
            _records.ResetWrittenCount();
            foreach (var range in _kept)
            {
                _records.Write(_block.Records.Span[range]);
            }

            var payload = codec.Encode(_records.WrittenMemory).Span;
            WriteLong(_keptCount);
            WriteLong(payload.Length);
            _remade.Write(payload);
            _remade.Write(header.SyncMarker);
        }

        return _remade.WrittenMemory;
    }

    private void WalkRecord(ref AvroCursor cursor, ReadOnlySpan<byte> records)
    {
        pass.Matcher.Reset();
        var end = pass.Bodies is null && header.Layout.FastWalk is { } fast ? fast.Walk(records, cursor.Position, pass.Matcher) : -1;
        if (end >= 0)
        {
            cursor.MoveTo(end);
        }
        else
        {
            pass.Matcher.Reset();
            header.Layout.Walk(ref cursor, pass.Matcher, pass.Bodies);
        }
    }

    private bool LeavesOut(int index, ReadOnlySpan<byte> record)
    {
        var place = new RecordPlace(_block.Offset, index);
        return pass.LeavesOut(new MatchedRecord(place, record, _encoder.FactsOf(record), _encoder));
    }

    private void Keep(int start, int end)
    {
        if (start < end)
        {
            _kept.Add(start..end);
            pass.Digest(_block.Records.Span[start..end]);
        }
    }

    private void WriteLong(long value) => _remade.Advance(AvroVarint.Write(value, _remade.GetSpan(AvroVarint.MaxLength)));
}
