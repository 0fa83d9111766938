namespace IotHubDsr.Core.Archives;

/// <summary>
/// A file is not, or is no longer, what an archive must be. It is the only exception that reading a file's content raises,
/// so that a caller can tell damaged data from a failing connection.
/// </summary>
/// <param name="fault">What is wrong.</param>
/// <param name="offset">Byte offset in the file; inside a compressed block, the offset of that block.</param>
/// <param name="detail">What was found there, without any content of the file.</param>
/// <param name="inner">What a decoder said, if one did.</param>
internal sealed class ArchiveFormatException(ArchiveFault fault, long offset, string detail, Exception? inner = null)
    : Exception($"At byte {offset}: {detail}.", inner)
{
    public ArchiveFault Fault { get; } = fault;

    public long Offset { get; } = offset;
}
