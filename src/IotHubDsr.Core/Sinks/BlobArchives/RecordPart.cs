using System.Buffers;
using System.IO.Pipelines;

namespace IotHubDsr.Core.Sinks.BlobArchives;

/// <summary>
/// Records on their way to the process that puts the package together: JSON lines, saved while they are found. What is found faster than it
/// is saved waits, so that a blob that is all the device's takes no more memory than another one.
/// </summary>
internal sealed class RecordPart : IRecordFile
{
    private const int MostWaiting = 4 * 1024 * 1024;
    private const int FlushedAtOnce = 64 * 1024;

    private readonly Pipe _pipe = new(
        new PipeOptions(pauseWriterThreshold: MostWaiting, resumeWriterThreshold: MostWaiting / 2, useSynchronizationContext: false)
    );
    private readonly Task<UnitPart> _saving;
    private bool _isComplete;

    public RecordPart(IUnitParts parts, CancellationToken cancellationToken) => _saving = SaveAsync(parts, cancellationToken);

    /// <summary>Writes the records of a part to a file.</summary>
    public static async Task ReadAsync(Stream content, IRecordFile file, CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(content, new StreamPipeReaderOptions(leaveOpen: true));
        while (true)
        {
            ReadResult read = await reader.ReadAsync(cancellationToken);
            ReadOnlySequence<byte> left = read.Buffer;
            while (left.PositionOf((byte)'\n') is { } end)
            {
                ReadOnlySequence<byte> line = left.Slice(0, end);
                file.Write(line.IsSingleSegment ? line.First : line.ToArray());
                left = left.Slice(left.GetPosition(1, end));
            }

            reader.AdvanceTo(left.Start, left.End);
            if (!read.IsCompleted)
                continue;
            await reader.CompleteAsync();
            return;
        }
    }

    public void Write(ReadOnlyMemory<byte> json)
    {
        _pipe.Writer.Write(json.Span);
        _pipe.Writer.Write("\n"u8);
        if (_pipe.Writer.UnflushedBytes < FlushedAtOnce)
            return;
        ValueTask<FlushResult> flush = _pipe.Writer.FlushAsync();

        // A blob is matched without a pause: what matches has to wait here.
        FlushResult result = flush.IsCompletedSuccessfully ? flush.Result : flush.AsTask().GetAwaiter().GetResult();
        if (result.IsCompleted)
            throw new ExportTargetException(new IOException("What was found could not be saved."));
    }

    /// <summary>All is written: waits until it is saved.</summary>
    public async Task<UnitPart> CompleteAsync()
    {
        _isComplete = true;
        await _pipe.Writer.CompleteAsync();
        return await _saving;
    }

    /// <summary>What is not complete is not saved.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isComplete)
            return;
        await _pipe.Writer.CompleteAsync(new OperationCanceledException());
        await ((Task)_saving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<UnitPart> SaveAsync(IUnitParts parts, CancellationToken cancellationToken)
    {
        try
        {
            return await parts.SaveAsync(_pipe.Reader.AsStream(leaveOpen: true), cancellationToken);
        }
        finally
        {
            await _pipe.Reader.CompleteAsync();
        }
    }
}
