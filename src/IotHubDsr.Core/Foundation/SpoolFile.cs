using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace IotHubDsr.Core.Foundation;

/// <summary>
/// Bytes that are appended once and read anywhere: in memory while they are few, then in a temporary file that only its owner can read. The
/// file has no name from the moment it exists (on Windows the system deletes it with its last handle), so that nothing of it is left
/// however the process ends.
/// </summary>
internal sealed class SpoolFile : IDisposable
{
    private const int FirstBuffer = 4 * 1024;
    private const int MostInMemory = 256 * 1024;

    private byte[] _buffer = [];
    private int _filled;
    private long _flushed;
    private FileStream? _file;
    private SafeFileHandle? _handle;

    /// <summary>How many bytes were appended.</summary>
    public long Length => _flushed + _filled;

    /// <summary>Whether there is a file.</summary>
    public bool IsOnDisk => _handle is not null;

    /// <summary>Where the file was created; null while there is none.</summary>
    public string? CreatedAt => _file?.Name;

    /// <summary>Who may read and write the file.</summary>
    [UnsupportedOSPlatform("windows")]
    public UnixFileMode? UnixMode => _handle is null ? null : File.GetUnixFileMode(_handle);

    /// <summary>Appends bytes; not while others read.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            if (_filled == _buffer.Length)
                MakeRoom(bytes.Length);
            int count = Math.Min(bytes.Length, _buffer.Length - _filled);
            bytes[..count].CopyTo(_buffer.AsSpan(_filled));
            _filled += count;
            bytes = bytes[count..];
        }
    }

    /// <summary>Reads what there is from an offset on, as far as there is room; any number of readers may at once.</summary>
    /// <exception cref="DsrException">The file cannot be read.</exception>
    public int Read(long offset, Span<byte> into)
    {
        int count = (int)Math.Min(into.Length, Length - offset);
        for (int read = 0; read < count; )
        {
            long at = offset + read;
            Span<byte> rest = into[read..count];
            if (at >= _flushed)
            {
                _buffer.AsSpan((int)(at - _flushed), rest.Length).CopyTo(rest);
                return count;
            }

            read += ReadFile(rest[..(int)Math.Min(rest.Length, _flushed - at)], at);
        }

        return Math.Max(count, 0);
    }

    /// <summary>Nothing more is appended: what is buffered for that is let go.</summary>
    public void Seal()
    {
        if (_handle is not null)
            Flush();
        _buffer = _buffer[.._filled];
    }

    public void Dispose()
    {
        _file?.Dispose();
        _buffer = [];
    }

    private void MakeRoom(int wanted)
    {
        if (_buffer.Length < MostInMemory)
        {
            long size = Math.Max(Math.Max(FirstBuffer, 2L * _buffer.Length), (long)_buffer.Length + wanted);
            Array.Resize(ref _buffer, (int)Math.Min(size, MostInMemory));
            return;
        }

        if (_handle is null)
        {
            _file = Create();
            _handle = _file.SafeFileHandle;
        }

        Flush();
    }

    private int ReadFile(Span<byte> into, long at)
    {
        try
        {
            int read = RandomAccess.Read(_handle!, into, at);
            return read > 0 ? read : throw new EndOfStreamException("A file in it was cut.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Failed(exception);
        }
    }

    private void Flush()
    {
        try
        {
            RandomAccess.Write(_handle!, _buffer.AsSpan(0, _filled), _flushed);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Failed(exception);
        }

        _flushed += _filled;
        _filled = 0;
    }

    private static FileStream Create()
    {
        string path = Path.Combine(Path.GetTempPath(), $"iothubdsr-{Guid.NewGuid():N}.spool");
        try
        {
            if (OperatingSystem.IsWindows())
                return PrivateFiles.Create(path, FileAccess.ReadWrite, FileOptions.DeleteOnClose);
            FileStream file = PrivateFiles.Create(path, FileAccess.ReadWrite);
            File.Delete(path);
            return file;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Failed(exception);
        }
    }

    /// <summary>It is this machine's failure, and not that of the service that is read.</summary>
    private static DsrException Failed(Exception exception) =>
        new(FaultCatalogue.TemporaryFileFailed.For(Path.GetTempPath(), exception.Message), exception);
}
