namespace IotHubDsr.Core.Archives;

/// <summary>Why a file could not be read as an archive.</summary>
internal enum ArchiveFault
{
    NotAnArchive,
    Truncated,
    BadHeader,
    BadSyncMarker,
    BadBlock,
    BadRecord,
    UnknownCodec,
    UnknownSchema,
    UnknownEncoding,
    BadEncoding,
    RecordTooLarge,
    ConcatenatedFile,
}
