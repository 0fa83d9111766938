using System.Management.Automation;
using System.Security;

namespace IotHubDsr.Pipeline;

/// <summary>A command that works on the locations of requests; each request once, however often it is named.</summary>
public abstract class RequestRunCommand : RequestStoreCommand
{
    private readonly HashSet<(Guid? Connection, string RequestId)> _seen = [];
    private Performer? _performer;

    /// <summary>IDs of the requests; receipts and requests bind from the pipeline.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [RequestIdTransformation]
    [ValidateNotNullOrEmpty]
    public string[] RequestId { get; set; } = [];

    /// <summary>Who does it, as the certificate names them; by default the user and the machine.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Performer { get; set; }

    /// <summary>Certificate, with its private key, that signs the certificate of the outcome.</summary>
    [Parameter]
    [ValidateNotNull]
    public CertificateSource? SigningCertificate { get; set; }

    /// <summary>Password of the file that the signing certificate is in.</summary>
    [Parameter]
    [ValidateNotNull]
    public SecureString? CertificatePassword { get; set; }

    /// <summary>How long to wait for somebody else who works on the request.</summary>
    [Parameter]
    [ValidateRange(0, 86400)]
    public int WaitSeconds { get; set; }

    /// <summary>How many blobs, or devices, are worked on at once.</summary>
    [Parameter]
    [ValidateRange(1, 64)]
    public int ThrottleLimit { get; set; } = 8;

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        DsrContext? context = ContextOrNone;
        if (context is null)
            ThrowFault(FaultCatalogue.NotConnected.For(MyInvocation.MyCommand.Name, string.Empty));
        foreach (string requestId in RequestId.Where(requestId => _seen.Add((context!.Id, requestId))))
        {
            Work(new ContinueRequest
            {
                Context = context!,
                Store = Store,
                RequestId = requestId,
                Performer = _performer ??= PerformerOf(Performer, SigningCertificate, CertificatePassword),
                Wait = TimeSpan.FromSeconds(WaitSeconds),
                ThrottleLimit = ThrottleLimit,
            });
        }
    }

    /// <summary>Works on one request.</summary>
    private protected abstract void Work(ContinueRequest request);
}
