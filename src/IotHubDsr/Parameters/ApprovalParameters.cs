using System.Management.Automation;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Parameters;

/// <summary>What the approval of a plan must be.</summary>
internal sealed class ApprovalParameters
{
    /// <summary>Runs a plan only if another person has approved it; naming approvers or a signature implies it.</summary>
    [Parameter]
    public SwitchParameter RequireApproval { get; set; }

    /// <summary>Certificates of those who may approve, or of their authorities.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public X509CertificateSource[] ApproverCertificate { get; set; } = [];

    /// <summary>Certificates of accepted time stamp authorities, or of their issuers: for approvals by expired certificates.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public X509CertificateSource[] TimestampAuthority { get; set; } = [];

    /// <summary>The file with the signature of the approver, when it is not beside the plan.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? SignaturePath { get; set; }

    /// <summary>The requirement; null when no approval is asked for.</summary>
    public ApprovalRequirement? ToRequirement(PerformerParameters performer, DsrCommand command) =>
        RequireApproval || ApproverCertificate.Length > 0 || SignaturePath is not null
            ? new ApprovalRequirement
            {
                SignaturePath = command.Paths.OfFile(SignaturePath),
                Approvers = command.Certificates.Load(ApproverCertificate),
                TimestampAuthorities = command.Certificates.Load(TimestampAuthority),
                PerformerCertificate = performer.Load(command.Certificates).SigningCertificate,
                PerformerNames = performer.Names,
            }
            : null;
}
