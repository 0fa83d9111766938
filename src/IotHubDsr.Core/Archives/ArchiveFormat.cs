namespace IotHubDsr.Core.Archives;

/// <summary>A format that scans and rewrites by one and the same walk.</summary>
internal abstract class ArchiveFormat : IArchiveFormat
{
    public abstract string Name { get; }

    public async Task<ArchiveScan> ScanAsync(ArchiveSource source, ScanRequest request, CancellationToken cancellationToken)
    {
        var pass = new ScanPass(request);
        await WalkAsync(source, pass, cancellationToken);
        return pass.ToScan(Name, source.Offset);
    }

    public async Task<ArchiveRewrite> RewriteAsync(
        ArchiveSource source,
        IRewriteTarget target,
        RecordSelection selection,
        CancellationToken cancellationToken
    )
    {
        var pass = new RewritePass(selection, target);
        await WalkAsync(source, pass, cancellationToken);
        return pass.ToRewrite(Name, source.Offset);
    }

    /// <summary>Reads the source to its end.</summary>
    protected abstract Task WalkAsync(ArchiveSource source, RecordPass pass, CancellationToken cancellationToken);
}
