using System.Security;
using System.Security.Cryptography.X509Certificates;

namespace IotHubDsr;

/// <summary>Where a hub's credential comes from.</summary>
public enum CredentialSource
{
    /// <summary>The first of environment, workload identity, managed identity, Azure CLI, Azure PowerShell that works.</summary>
    Default = 0,

    /// <summary>The account that <c>Connect-AzAccount</c> signed in.</summary>
    AzurePowerShell = 1,

    /// <summary>The account that <c>az login</c> signed in.</summary>
    AzureCli = 2,

    /// <summary>The managed identity of the machine or of the Automation account.</summary>
    ManagedIdentity = 3,

    /// <summary>
    /// The variables <c>AZURE_TENANT_ID</c>, <c>AZURE_CLIENT_ID</c> and <c>AZURE_CLIENT_SECRET</c> or their certificate forms.
    /// </summary>
    Environment = 4,

    /// <summary>A federated token of a workload.</summary>
    WorkloadIdentity = 5,

    /// <summary>A code that is typed in on another device.</summary>
    DeviceCode = 6,

    /// <summary>A browser window.</summary>
    Interactive = 7,
}

/// <summary>How calls to the hub's service API are authorised.</summary>
public enum HubAuthentication
{
    /// <summary>By the Entra credential.</summary>
    Entra = 0,

    /// <summary>
    /// By a shared access key of the hub: that of the connection string, or one that is read from Azure Resource Manager.
    /// </summary>
    SharedAccessKey = 1,
}

/// <summary>The public clouds.</summary>
public enum AzureCloud
{
    /// <summary>The worldwide cloud.</summary>
    AzureCloud = 0,

    /// <summary>The cloud of the US government.</summary>
    AzureUSGovernment = 1,

    /// <summary>The cloud in China that 21Vianet operates.</summary>
    AzureChinaCloud = 2,
}

/// <summary>Asks for a connection: by sandbox, resource ID, name, or connection string, the first of these that is given.</summary>
public sealed record ConnectRequest
{
    /// <summary>Name of the hub, to be looked up in the subscriptions that the credential can read.</summary>
    public string? Name { get; init; }

    /// <summary>Narrows the look-up to a resource group.</summary>
    public string? ResourceGroupName { get; init; }

    /// <summary>Narrows the look-up to a subscription.</summary>
    public string? SubscriptionId { get; init; }

    /// <summary>Azure Resource Manager ID of the hub.</summary>
    public string? ResourceId { get; init; }

    /// <summary>Connection string of a shared access policy of the hub.</summary>
    public SecureString? ConnectionString { get; init; }

    /// <summary>A running sandbox.</summary>
    public IotHubSandbox? Sandbox { get; init; }

    /// <summary>Where the Entra credential comes from; null when a connection string alone is to be used.</summary>
    public CredentialSource? CredentialSource { get; init; }

    /// <summary>Tenant of the credential; null for the credential's own.</summary>
    public string? TenantId { get; init; }

    /// <summary>Client ID of a user-assigned managed identity or of a workload.</summary>
    public string? ClientId { get; init; }

    /// <summary>How calls to the hub's service API are authorised.</summary>
    public HubAuthentication HubAuthentication { get; init; }

    /// <summary>The cloud.</summary>
    public AzureCloud Cloud { get; init; }

    /// <summary>Full path of a JSON file with locations that the hub's configuration cannot tell of.</summary>
    public string? LocationFile { get; init; }

    /// <summary>Blob containers, as <c>account/container</c>, of which the operator says that they are the hub's alone.</summary>
    public IReadOnlyList<string> DedicatedContainers { get; init; } = [];

    /// <summary>Hosts beside the cloud's own to which storage tokens may go, as <c>host</c> or <c>host:port</c>.</summary>
    public IReadOnlyList<string> TrustedStorageHosts { get; init; } = [];

    /// <summary>Where requests are kept: full path of a folder or URI of a blob container; null for the default.</summary>
    public string? RequestStore { get; init; }

    /// <summary>SKU of the hub, such as <c>S1</c>, where only a connection string is known; null for the smallest standard one.</summary>
    public string? Sku { get; init; }

    /// <summary>Units of the hub, 1 or more, where only a connection string is known.</summary>
    public int Units { get; init; } = 1;

    /// <summary>Share of the hub's throttle that this connection may use, above 0 and up to 1.</summary>
    public double ThrottleShare { get; init; } = 0.5;
}

/// <summary>Which devices a request is about: those that arrive, and those that a query finds.</summary>
public abstract record SubjectRequest
{
    /// <summary>The connection.</summary>
    public required DsrContext Context { get; init; }

    /// <summary>Device IDs as they arrive from the pipeline; the sequence ends when the pipeline does.</summary>
    public required IAsyncEnumerable<string> DeviceIds { get; init; }

    /// <summary>An IoT Hub WHERE clause, such as <c>tags.owner = 'x'</c>; null when devices are named.</summary>
    public string? Query { get; init; }

    /// <summary>How many blobs, or devices, are worked on at once; 1 to 64.</summary>
    public int ThrottleLimit { get; init; } = 8;
}

/// <summary>A request about devices that can be narrowed to some of their records.</summary>
public abstract record ScopedRequest : SubjectRequest
{
    /// <summary>Which of their records it is about.</summary>
    public RecordScope Scope { get; init; } = RecordScope.All;
}

/// <summary>Asks what is held of devices.</summary>
public sealed record FootprintRequest : ScopedRequest;

/// <summary>Asks for an export package.</summary>
public sealed record ExportRequest : ScopedRequest
{
    /// <summary>Full path of the folder or zip file to make; it must not exist.</summary>
    public required string Path { get; init; }

    /// <summary>ID of the registered request that the export answers; null when there is none.</summary>
    public string? RequestId { get; init; }

    /// <summary>As for <see cref="RequestStoreRequest.Store"/>.</summary>
    public string? Store { get; init; }

    /// <summary>Writes one zip file instead of a folder.</summary>
    public bool AsZip { get; init; }

    /// <summary>
    /// Certificate of the only one who can open the package; it makes the package a zip file that is encrypted (CMS EnvelopedData). Null
    /// for a package that is not encrypted.
    /// </summary>
    public X509Certificate2? ProtectTo { get; init; }

    /// <summary>ID of the package; null for a new one.</summary>
    public string? Identifier { get; init; }

    /// <summary>Who hands the data over, to be named in the package.</summary>
    public string? SourceOrganization { get; init; }

    /// <summary>Whom the recipient can ask, to be named in the package.</summary>
    public string? ContactName { get; init; }

    /// <summary>Includes messages that a gateway relayed for other devices.</summary>
    public bool IncludeRelayed { get; init; }
}

/// <summary>Asks for the plan of an erasure.</summary>
public sealed record PlanRequest : ScopedRequest
{
    /// <summary>Also erases messages that a gateway relayed for other devices.</summary>
    public bool IncludeRelayed { get; init; }

    /// <summary>Also erases old versions, snapshots and soft-deleted copies where the service allows it.</summary>
    public bool IncludeOldVersions { get; init; }

    /// <summary>Deletes a shared blob that keeps no record, instead of leaving it without any.</summary>
    public bool DeleteEmptied { get; init; }

    /// <summary>Full path of a file to save the plan to; it must not exist. Null when it is not saved.</summary>
    public string? Path { get; init; }
}

/// <summary>Asks whether a plan that was made before still holds.</summary>
public sealed record ConfirmPlanRequest
{
    /// <summary>The connection.</summary>
    public required DsrContext Context { get; init; }

    /// <summary>The plan; null when it is in a file.</summary>
    public ErasurePlan? Plan { get; init; }

    /// <summary>Full path of the file that the plan was saved to; null when it is at hand.</summary>
    public string? Path { get; init; }

    /// <summary>By how many records a step may differ from what the plan expects, 0 or more.</summary>
    public long Tolerance { get; init; }

    /// <summary>What the plan's approval must be; null when it needs none.</summary>
    public ApprovalRequirement? Approval { get; init; }

    /// <summary>How many blobs, or devices, are worked on at once; 1 to 64.</summary>
    public int ThrottleLimit { get; init; } = 8;
}

/// <summary>
/// What an approval has to be: a signature of the plan's file by somebody who is trusted and does not perform the erasure.
/// </summary>
public sealed record ApprovalRequirement
{
    /// <summary>Full path of the signature; null when it is beside the plan, with <c>.p7s</c> added to its name.</summary>
    public string? SignaturePath { get; init; }

    /// <summary>
    /// Certificates of those who may approve, or of root authorities for them. Nobody may approve who is not named by one.
    /// </summary>
    public IReadOnlyList<X509Certificate2> Approvers { get; init; } = [];

    /// <summary>Certificates of those whose time stamps (RFC 3161) count, or of root authorities for them.</summary>
    public IReadOnlyList<X509Certificate2> TimestampAuthorities { get; init; } = [];

    /// <summary>Certificate of the performer; null when there is none.</summary>
    public X509Certificate2? PerformerCertificate { get; init; }

    /// <summary>
    /// Names by which who performs the erasure is known: the one that was given, and without a certificate that of the account.
    /// </summary>
    public IReadOnlyList<string> PerformerNames { get; init; } = [];
}

/// <summary>Asks to approve a plan.</summary>
public sealed record ApprovePlanRequest
{
    /// <summary>Full path of the plan's file.</summary>
    public required string Path { get; init; }

    /// <summary>The connection of the session, whose services tell the time; null for the time of this machine.</summary>
    public DsrContext? Context { get; init; }

    /// <summary>Digest of the plan that the approver was asked about: another one in the file is not signed.</summary>
    public required string Digest { get; init; }

    /// <summary>
    /// Full path of the signature to make, which must not exist; null for beside the plan, with <c>.p7s</c> added to its name.
    /// </summary>
    public string? SignaturePath { get; init; }

    /// <summary>Certificate of the approver, with its private key.</summary>
    public required X509Certificate2 Certificate { get; init; }
}

/// <summary>Asks to check erasure certificates; it needs no connection.</summary>
public sealed record CheckCertificatesRequest
{
    /// <summary>As for <see cref="ApprovePlanRequest.Context"/>; nothing is sent over it.</summary>
    public DsrContext? Context { get; init; }

    /// <summary>Full paths of the certificates; those of one request are checked as a chain.</summary>
    public required IReadOnlyList<string> Paths { get; init; }

    /// <summary>
    /// Certificates of those who are trusted to sign, or of root authorities for them. Nobody is trusted who is not named by one.
    /// </summary>
    public IReadOnlyList<X509Certificate2> Trusted { get; init; } = [];

    /// <summary>
    /// As for <see cref="ApprovalRequirement.TimestampAuthorities"/>; a time stamp is beside its certificate, with <c>.tsr</c> added to the
    /// name.
    /// </summary>
    public IReadOnlyList<X509Certificate2> TimestampAuthorities { get; init; } = [];

    /// <summary>Full paths of the request's journal, its parts in order; empty when it is not compared.</summary>
    public IReadOnlyList<string> JournalPaths { get; init; } = [];
}

/// <summary>Asks to run steps of a plan.</summary>
public sealed record ErasureRequest
{
    /// <summary>The connection.</summary>
    public required DsrContext Context { get; init; }

    /// <summary>The plan.</summary>
    public required ErasurePlan Plan { get; init; }

    /// <summary>The steps of <see cref="Plan"/> that were approved.</summary>
    public required IReadOnlyCollection<ErasureStep> Approved { get; init; }

    /// <summary>By how many records a location may differ from the plan, 0 or more; later runs keep to it.</summary>
    public long Tolerance { get; init; }

    /// <summary>ID of a registered request that the erasure belongs to; null to register one.</summary>
    public string? RequestId { get; init; }

    /// <summary>As for <see cref="RequestStoreRequest.Store"/>.</summary>
    public string? Store { get; init; }

    /// <summary>When the request reached the controller; null for now. Not used with <see cref="RequestId"/>.</summary>
    public DateTimeOffset? ReceivedAt { get; init; }

    /// <summary>How the person was identified, in words. Not used with <see cref="RequestId"/>.</summary>
    public string? IdentityEvidence { get; init; }

    /// <summary>Who does it.</summary>
    public Performer Performer { get; init; } = new();

    /// <summary>How many blobs, or devices, are worked on at once; 1 to 64.</summary>
    public int ThrottleLimit { get; init; } = 8;
}

/// <summary>Asks for a sandbox.</summary>
public sealed record SandboxRequest
{
    /// <summary>Full path of the sandbox's assembly.</summary>
    public required string AssemblyPath { get; init; }

    /// <summary>The number that the world is made from: same seed, same world.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Multiplies the number of bulk devices and messages; 1 or more.</summary>
    public int Scale { get; init; } = 1;

    /// <summary>Port on 127.0.0.1; 0 for a free one.</summary>
    public int Port { get; init; }

    /// <summary>SKU of the hub, such as <c>S1</c>, which decides its throttles; null for the sandbox's own.</summary>
    public string? Sku { get; init; }

    /// <summary>Units of the hub, 1 or more; null for the sandbox's own.</summary>
    public int? Units { get; init; }

    /// <summary>How long to wait for it to start.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(120);
}
