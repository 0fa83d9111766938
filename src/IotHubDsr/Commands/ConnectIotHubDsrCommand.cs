using System.Management.Automation;
using System.Security;
using IotHubDsr.Completion;
using IotHubDsr.Isolation;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Commands;

/// <summary>Connects to a hub and makes the connection the default of the runspace.</summary>
[Cmdlet(VerbsCommunications.Connect, "IotHubDsr", DefaultParameterSetName = ByName)]
[OutputType(typeof(DsrContext))]
public sealed class ConnectIotHubDsrCommand : DsrCommand
{
    private const string ByName = "Name";
    private const string ByResourceId = "ResourceId";
    private const string ByConnectionString = "ConnectionString";
    private const string BySandbox = "Sandbox";

    /// <summary>Name of the hub, looked up in the subscriptions that the credential can read.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ByName)]
    [ValidateNotNullOrEmpty]
    [ValidateHubName]
    [ArgumentCompleter(typeof(HubNameCompleter))]
    public string? Name { get; set; }

    /// <summary>Searches this resource group only.</summary>
    [Parameter(ParameterSetName = ByName)]
    [ValidateNotNullOrEmpty]
    public string? ResourceGroupName { get; set; }

    /// <summary>Searches this subscription only.</summary>
    [Parameter(ParameterSetName = ByName)]
    [ValidateNotNullOrEmpty]
    public string? SubscriptionId { get; set; }

    /// <summary>Resource ID of the hub; the objects of Get-AzIotHub bind from the pipeline.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = ByResourceId)]
    [Alias("Id")]
    [ValidateNotNullOrEmpty]
    public string? ResourceId { get; set; }

    /// <summary>Connection string of a shared access policy of the hub.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByConnectionString)]
    [SecretTransformation]
    [ValidateNotNull]
    public SecureString? ConnectionString { get; set; }

    /// <summary>SKU of the hub, which a connection string does not tell; it sets the pace of calls to the hub.</summary>
    [Parameter(ParameterSetName = ByConnectionString)]
    [ValidateSet("F1", "B1", "B2", "B3", "S1", "S2", "S3")]
    public string? Sku { get; set; }

    /// <summary>Units of the hub.</summary>
    [Parameter(ParameterSetName = ByConnectionString)]
    [ValidateRange(1, 200)]
    public int Units { get; set; } = 1;

    /// <summary>A sandbox that Start-IotHubSandbox started.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = BySandbox)]
    [ValidateNotNull]
    public IotHubSandbox? Sandbox { get; set; }

    /// <summary>Where the Entra credential comes from.</summary>
    [Parameter(ParameterSetName = ByName)]
    [Parameter(ParameterSetName = ByResourceId)]
    [Parameter(ParameterSetName = BySandbox)]
    public CredentialSource CredentialSource { get; set; }

    /// <summary>Tenant of the credential.</summary>
    [Parameter(ParameterSetName = ByName)]
    [Parameter(ParameterSetName = ByResourceId)]
    [ValidateNotNullOrEmpty]
    public string? TenantId { get; set; }

    /// <summary>Client ID of a user-assigned managed identity or of a workload.</summary>
    [Parameter(ParameterSetName = ByName)]
    [Parameter(ParameterSetName = ByResourceId)]
    [ValidateNotNullOrEmpty]
    public string? ClientId { get; set; }

    /// <summary>The cloud.</summary>
    [Parameter(ParameterSetName = ByName)]
    [Parameter(ParameterSetName = ByResourceId)]
    public AzureCloud Cloud { get; set; }

    /// <summary>How calls to the hub itself are authorised.</summary>
    [Parameter(ParameterSetName = ByName)]
    [Parameter(ParameterSetName = ByResourceId)]
    [Parameter(ParameterSetName = BySandbox)]
    public HubAuthentication HubAuthentication { get; set; }

    /// <summary>JSON file with locations that the hub's configuration does not show.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? LocationFile { get; set; }

    /// <summary>Containers, as account/container or account/database/container, that belong to the hub alone.</summary>
    [Parameter]
    [ValidatePattern(@"^[^/\s]+(/[^/\s]+){1,2}$")]
    [ArgumentCompleter(typeof(ContainerCompleter))]
    public string[] DedicatedContainer { get; set; } = [];

    /// <summary>Hosts beside the cloud's own to which storage tokens may go.</summary>
    [Parameter]
    [ValidatePattern(@"^[^/\s@]+$")]
    public string[] TrustedStorageHost { get; set; } = [];

    /// <summary>Folder or blob container (https URI) in which requests are kept.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? RequestStore { get; set; }

    /// <summary>Share of the hub's throttle that the connection may use.</summary>
    [Parameter]
    [ValidateRange(0.01, 1.0)]
    public double ThrottleShare { get; set; } = 0.5;

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        var options = new ConnectOptions
        {
            Name = Name,
            ResourceGroupName = ResourceGroupName,
            SubscriptionId = SubscriptionId,
            ResourceId = ResourceId,
            ConnectionString = ConnectionString,
            Sandbox = Sandbox,
            CredentialSource =
                ParameterSetName is ByName or ByResourceId || MyInvocation.BoundParameters.ContainsKey(nameof(CredentialSource))
                    ? CredentialSource
                    : null,
            TenantId = TenantId,
            ClientId = ClientId,
            Cloud = Cloud,
            HubAuthentication = HubAuthentication,
            LocationFile = Paths.OfFile(LocationFile),
            DedicatedContainers = DedicatedContainer,
            TrustedStorageHosts = TrustedStorageHost,
            RequestStore = Paths.OfStore(RequestStore),
            ThrottleShare = ThrottleShare,
            Sku = Sku ?? (Units > 1 ? "S1" : null),
            Units = Units,
        };
        Run(cancellationToken => Engine.ConnectAsync(options, cancellationToken));
    }

    internal override void OnOutput(object value)
    {
        DefaultContexts.Current = (DsrContext)value;
        WriteObject(value);
    }
}
