using System.Buffers;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Archives.Avro;

/// <summary>Walks the records block by block, and rebuilds blocks that lose records.</summary>
internal sealed class AvroBlockWalker(AvroHeader header, AvroCodec codec, RecordPass pass)
{
    // Count, size and sync marker.
    private const int FrameRoom = (2 * AvroVarint.MaxLength) + AvroHeader.SyncLength;

    private readonly AvroRecordEncoder _encoder = new(header.Layout);
    private readonly List<Range> _kept = [];
    private readonly ArrayBufferWriter<byte> _records = new();
    private readonly ArrayBufferWriter<byte> _remade = new();
    private readonly AvroFastWalk? _fast = pass.Bodies is null ? header.Layout.FastWalk : null;

    private AvroBlock _block;
    private long _keptCount;

    /// <summary>Walks every record, so that a scan and a rewrite find the same damage. True if the block stays as it is.</summary>
    public bool Walk(AvroBlock block)
    {
        pass.RecordsRead += block.Count;
        _block = block;
        _kept.Clear();
        _keptCount = block.Count;
        ReadOnlySpan<byte> records = block.Records.Span;
        RecordMatcher matcher = pass.Matcher;
        int position = 0;
        int keptFrom = 0;
        for (int index = 0; index < block.Count; index++)
        {
            int start = position;
            bool isOfOthers = false;
            position = _fast is null ? -1 : _fast.Walk(records, start, matcher, out isOfOthers);
            if (position < 0)
            {
                position = WalkAny(records, start);
                isOfOthers = false;
            }

            if (!isOfOthers && !matcher.IsOfOthers && IsOfInterest(start) && LeavesOut(index, records[start..position]))
            {
                Keep(keptFrom, start);
                keptFrom = position;
                _keptCount--;
            }
        }

        if (position != records.Length)
            throw new ArchiveFormatException(ArchiveFault.BadBlock, block.Offset, "the block holds more bytes than its records");

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
            _records.GetSpan(_block.Records.Length);
            foreach (Range range in _kept)
                _records.Write(_block.Records.Span[range]);

            ReadOnlySpan<byte> payload = codec.Encode(_records.WrittenMemory).Span;
            _remade.GetSpan(payload.Length + FrameRoom);
            WriteLong(_keptCount);
            WriteLong(payload.Length);
            _remade.Write(payload);
            _remade.Write(header.SyncMarker);
        }

        return _remade.WrittenMemory;
    }

    /// <summary>Walks a record of any form that the schema allows, and returns where it ends.</summary>
    private int WalkAny(ReadOnlySpan<byte> records, int start)
    {
        pass.Matcher.Reset();
        var cursor = new AvroCursor(records, _block.RecordsOffset, inflated: !codec.IsIdentity);
        cursor.MoveTo(start);
        header.Layout.Walk(ref cursor, pass.Matcher, pass.Bodies);
        return cursor.Position;
    }

    private bool IsOfInterest(int start) => pass.IsOfInterest(codec.IsIdentity ? _block.RecordsOffset + start : _block.Offset);

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
