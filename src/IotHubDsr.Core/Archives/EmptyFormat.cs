namespace IotHubDsr.Archives;

/// <summary>The file of no bytes that IoT Hub writes when a batch had no messages.</summary>
internal sealed class EmptyFormat : IArchiveFormat
{
    private static readonly KeptDigest NoBytes = new(System.IO.Hashing.XxHash128.HashToUInt128([]));

    public string Name => "Empty";

    public Task<ArchiveScan> ScanAsync(ArchiveSource source, ScanRequest request, CancellationToken cancellationToken)
        => Task.FromResult(new ArchiveScan(Name, 0, 0, [], request.WithDigest ? NoBytes : null));

    public Task<ArchiveRewrite> RewriteAsync(
        ArchiveSource source, IRewriteTarget target, RecordSelection selection, CancellationToken cancellationToken)
        => Task.FromResult(new ArchiveRewrite(Name, 0, 0, [], [], NoBytes, 0, 0));
}
