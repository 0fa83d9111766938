using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Evidence.Stores;

/// <summary>
/// A journal in a file. A file that was deleted, replaced or renamed can still be written to, and nobody would ever read it: what is added
/// is read back under the journal's name.
/// </summary>
internal sealed class FolderJournal : IJournalFile
{
    /// <summary>How much of what was there before is compared, so that a file that was cut and written behind its end shows.</summary>
    private const int MostBefore = 64;

    private readonly FileStream _lease;
    private readonly FileStream _file;
    private readonly string _path;
    private long _length;
    private byte[] _end;

    /// <param name="lease">The file whose lock is the lease of the request.</param>
    /// <param name="path">Full path of the journal.</param>
    /// <param name="isNew">Whether it begins; else it must exist.</param>
    public FolderJournal(FileStream lease, string path, bool isNew)
    {
        _lease = lease;
        _path = path;

        // A registration that was cut off leaves an empty journal.
        _file = PrivateFiles.OpenUnbuffered(path, isNew ? FileMode.OpenOrCreate : FileMode.Open, FileShare.Read);
        CutTornLine();
        _length = _file.Length;
        _end = new byte[Math.Min(_length, MostBefore)];
        _file.Position = _length - _end.Length;
        _file.ReadExactly(_end);
    }

    public CancellationToken Lost => CancellationToken.None;

    public async Task AppendAsync(ReadOnlyMemory<byte> lines, CancellationToken cancellationToken)
    {
        RequireLength(_file.Length);
        await _file.WriteAsync(lines, cancellationToken);
        _file.Flush(flushToDisk: true);
        _length += lines.Length;
        byte[] end = [.. _end, .. lines.Span];
        await RequireThereAsync(end, cancellationToken);
        _end = end[^Math.Min(end.Length, MostBefore)..];
    }

    public Task CheckAsync(CancellationToken cancellationToken) => RequireThereAsync(_end, cancellationToken);

    /// <summary>A lock of a file does not end while its process lives.</summary>
    public ValueTask RequireAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _file.DisposeAsync();
        await _lease.DisposeAsync();
    }

    private async Task RequireThereAsync(byte[] end, CancellationToken cancellationToken)
    {
        await using var there = new FileStream(
            _path,
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite | FileShare.Delete,
            bufferSize: 0
        );
        RequireLength(there.Length);
        there.Position = _length - end.Length;
        byte[] found = new byte[end.Length];
        await there.ReadExactlyAsync(found, cancellationToken);
        if (!found.AsSpan().SequenceEqual(end))
            throw new IOException($"The journal '{_path}' was replaced or overwritten.");
    }

    private void RequireLength(long length)
    {
        if (length != _length)
            throw new IOException($"The journal '{_path}' has {length} bytes where {_length} were written: it was truncated or replaced.");
    }

    /// <summary>Nobody waited for an incomplete line to be durable: nothing was done on the basis of it.</summary>
    private void CutTornLine()
    {
        long length = _file.Length;
        byte[] one = new byte[1];
        while (length > 0 && !IsLineEnd(length - 1))
            length--;
        if (length < _file.Length)
            _file.SetLength(length);

        bool IsLineEnd(long position)
        {
            _file.Position = position;
            return _file.Read(one) == 1 && one[0] == (byte)'\n';
        }
    }
}
