using System.Management.Automation;
using System.Security;
using IotHubDsr.Isolation;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Commands;

/// <summary>Approves a saved plan by signing its file; it needs no connection and changes nothing in Azure.</summary>
[Cmdlet(VerbsLifecycle.Approve, "IotErasurePlan", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(ErasurePlanApproval))]
public sealed class ApproveIotErasurePlanCommand : DsrCommand
{
    private ErasurePlan? _plan;

    /// <summary>The file of the plan; paths, files and plans that New-IotErasurePlan saved bind from the pipeline.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("FullName")]
    [PathTransformation]
    [AllowNull]
    [AllowEmptyString]
    public string? Path { get; set; }

    /// <summary>The approver's certificate with its private key.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNull]
    public X509CertificateSource? Certificate { get; set; }

    /// <summary>Password of the file that the certificate is in.</summary>
    [Parameter]
    [ValidateNotNull]
    public SecureString? CertificatePassword { get; set; }

    /// <summary>The file to write the signature to; it must not exist.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? SignaturePath { get; set; }

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        if (string.IsNullOrEmpty(Path))
        {
            WriteError(FaultCatalogue.PlanNotInFile.For("from the pipeline").ToErrorRecord());
            return;
        }

        string path = Paths.OfFile(Path);
        _plan = null;
        RunOne(cancellationToken => Engine.ReadPlanAsync(path, cancellationToken));
        if (_plan is not { } plan || !ShouldProcess($"{path}: {plan}", "Approve the erasure plan"))
            return;

        var options = new ApprovePlanOptions
        {
            Context = DefaultContexts.Current,
            Path = path,
            Digest = plan.Digest,
            SignaturePath = Paths.OfFile(SignaturePath),
            Certificate = Certificates.Load(Certificate!, CertificatePassword),
        };
        Run(cancellationToken => Engine.ApprovePlanAsync(options, cancellationToken));
    }

    internal override void OnOutput(object value)
    {
        if (value is ErasurePlan plan)
            _plan = plan;
        else
            WriteObject(value);
    }
}
