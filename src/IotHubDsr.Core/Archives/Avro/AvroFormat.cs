namespace IotHubDsr.Archives.Avro;
internal sealed class AvroFormat : IArchiveFormat
{
    public string Name => "Avro";
    public Task<ArchiveScan> ScanAsync(ArchiveSource source, ScanRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();
    public Task<ArchiveRewrite> RewriteAsync(ArchiveSource source, IRewriteTarget target, RecordSelection selection, CancellationToken cancellationToken) => throw new NotSupportedException();
}
internal sealed class AvroHeader { public static ReadOnlySpan<byte> Magic => "Obj\x01"u8; }
