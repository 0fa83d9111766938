namespace IotHubDsr.Archives.JsonLines;
internal sealed class JsonLinesFormat : IArchiveFormat
{
    public string Name => "JsonLines";
    public Task<ArchiveScan> ScanAsync(ArchiveSource source, ScanRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();
    public Task<ArchiveRewrite> RewriteAsync(ArchiveSource source, IRewriteTarget target, RecordSelection selection, CancellationToken cancellationToken) => throw new NotSupportedException();
}
