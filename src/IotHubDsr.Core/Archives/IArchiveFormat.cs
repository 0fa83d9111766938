namespace IotHubDsr.Core.Archives;

/// <summary>
/// A format of records in a file. Both methods read the source to its end or throw <see cref="ArchiveFormatException"/>;
/// there is no partial result. What a rewrite has written when it throws is worthless.
/// </summary>
internal interface IArchiveFormat
{
    string Name { get; }

    Task<ArchiveScan> ScanAsync(ArchiveSource source, ScanRequest request, CancellationToken cancellationToken);

    Task<ArchiveRewrite> RewriteAsync(
        ArchiveSource source,
        IRewriteTarget target,
        RecordSelection selection,
        CancellationToken cancellationToken
    );
}
