using System.Management.Automation;
using System.Security;
using IotHubDsr.Completion;

namespace IotHubDsr.Pipeline;

/// <summary>A command that works on the locations of requests; each request once, however often it is named.</summary>
public abstract class RequestRunCommand : RequestStoreCommand
{
    private readonly HashSet<(Guid? Connection, string? Store, string RequestId)> _seen = [];
    private Performer? _performer;

    /// <summary>IDs of the requests; receipts and requests bind from the pipeline.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [RequestIdTransformation]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RequestIdCompleter))]
    public string[] RequestId { get; set; } = [];

    /// <summary>The performer, as the certificate names them; by default the user and the machine.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Performer { get; set; }

    /// <summary>Certificate, with its private key, that signs the certificate of the outcome.</summary>
    [Parameter]
    [ValidateNotNull]
    public X509CertificateSource? SigningCertificate { get; set; }

    /// <summary>Password of the file that the signing certificate is in.</summary>
    [Parameter]
    [ValidateNotNull]
    public SecureString? CertificatePassword { get; set; }

    /// <summary>How long to wait for another process that is working on the request.</summary>
    [Parameter]
    [ValidateRange(0, 86400)]
    public int WaitSeconds { get; set; }

    /// <summary>How many blobs or devices to process at once.</summary>
    [Parameter]
    [ValidateRange(1, 64)]
    public int ThrottleLimit { get; set; } = 8;

    /// <summary>Runs as a thread job of the session, and gives the job.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    /// <summary>Whether the command asks by default.</summary>
    private protected virtual bool Asks => false;

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        DsrContext? context = ContextOrNone;
        if (context is null)
            ThrowFault(FaultCatalogue.NotConnected.For(MyInvocation.MyCommand.Name, string.Empty));
        string[] requestIds = [.. RequestId.Where(requestId => _seen.Add((context!.Id, Store, requestId)))];
        if (AsJob && requestIds.Length > 0)
        {
            StartJob(Asks, ("Context", context), (nameof(RequestId), requestIds), (nameof(RequestStore), Store));
            return;
        }

        foreach (string requestId in requestIds)
        {
            Work(
                new ResumeOptions
                {
                    Context = context!,
                    Store = Store,
                    RequestId = requestId,
                    Performer = _performer ??= PerformerOf(Performer, SigningCertificate, CertificatePassword),
                    Wait = TimeSpan.FromSeconds(WaitSeconds),
                    ThrottleLimit = ThrottleLimit,
                }
            );
        }
    }

    /// <summary>Works on one request.</summary>
    private protected abstract void Work(ResumeOptions options);
}
