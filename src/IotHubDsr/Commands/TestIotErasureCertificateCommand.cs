using System.Management.Automation;
using IotHubDsr.Isolation;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Commands;

/// <summary>
/// Checks erasure certificates without any connection: each bit, the signature, the chain, and the journal if it is given.
/// </summary>
[Cmdlet(VerbsDiagnostic.Test, "IotErasureCertificate")]
[OutputType(typeof(ErasureCertificateCheck))]
public sealed class TestIotErasureCertificateCommand : DsrCommand
{
    private readonly List<string> _paths = [];

    /// <summary>Files of the certificates; paths, files and objects with a property Path bind from the pipeline.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("FullName")]
    [PathTransformation]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Certificates of those who are trusted to sign, or of their authorities.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public X509CertificateSource[] TrustedCertificate { get; set; } = [];

    /// <summary>
    /// Certificates of accepted time stamp authorities, or of their issuers: for signers whose certificates have expired.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public X509CertificateSource[] TimestampAuthority { get; set; } = [];

    /// <summary>The journal of the request; its parts in order when it has several.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] JournalPath { get; set; } = [];

    /// <inheritdoc />
    protected override void ProcessRecord() => _paths.AddRange(FilesOf(Path, fault => WriteError(fault.ToErrorRecord())));

    /// <inheritdoc />
    protected override void EndProcessing()
    {
        if (_paths.Count == 0)
            return;
        var options = new CheckCertificatesOptions
        {
            Context = DefaultContexts.Current,
            Paths = _paths,
            Trusted = Certificates.Load(TrustedCertificate),
            TimestampAuthorities = Certificates.Load(TimestampAuthority),
            JournalPaths = [.. FilesOf(JournalPath, Throw)],
        };
        Run(cancellationToken => Engine.CheckCertificatesAsync(options, cancellationToken));
    }

    /// <summary>
    /// The files that are on this machine; of others, such as the certificates of a request in a blob container, it is said what to do.
    /// </summary>
    private IEnumerable<string> FilesOf(IEnumerable<string> paths, Action<Fault> refuse)
    {
        foreach (string path in paths)
        {
            if (path.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
                refuse(FaultCatalogue.FileInContainer.For(path));
            else
                yield return Paths.OfFile(path);
        }
    }
}
