using System.Management.Automation;
using IotHubDsr.Parameters;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Commands;

/// <summary>Works on parts of what commands with -Distributed have to do, until nothing is left of it.</summary>
[Cmdlet(VerbsLifecycle.Start, "IotDsrWorker")]
[OutputType(typeof(WorkerRun))]
public sealed partial class StartIotDsrWorkerCommand : DsrCommand
{
    [Composed]
    private readonly ThrottleParameters _throttle = new();

    /// <summary>Blob container (https URI) of the requests: that of the connections whose commands are waiting.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? RequestStore { get; set; }

    /// <summary>Where the Entra credential comes from.</summary>
    [Parameter]
    public CredentialSource CredentialSource { get; set; } = CredentialSource.ManagedIdentity;

    /// <summary>Tenant of the credential.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? TenantId { get; set; }

    /// <summary>Client ID of a user-assigned managed identity or of a workload.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ClientId { get; set; }

    /// <summary>The cloud.</summary>
    [Parameter]
    public AzureCloud Cloud { get; set; }

    /// <summary>Hosts beside the cloud's own to which storage tokens may go.</summary>
    [Parameter]
    [ValidatePattern(@"^[^/\s@]+$")]
    public string[] TrustedStorageHost { get; set; } = [];

    /// <summary>When to end at the latest, as a runbook must; by default when nothing is left.</summary>
    [Parameter]
    [DateTransformation]
    public DateTimeOffset Until { get; set; }

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        var options = new WorkerOptions
        {
            Store = Paths.OfStore(RequestStore)!,
            CredentialSource = CredentialSource,
            TenantId = TenantId,
            ClientId = ClientId,
            Cloud = Cloud,
            TrustedStorageHosts = TrustedStorageHost,
            ThrottleLimit = ThrottleLimit,
            Until = MyInvocation.BoundParameters.ContainsKey(nameof(Until)) ? Until : null,
        };
        Run(cancellationToken => Engine.WorkAsync(options, cancellationToken));
    }
}
