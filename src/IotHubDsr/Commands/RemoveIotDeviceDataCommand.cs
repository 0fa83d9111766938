using System.Management.Automation;
using System.Security;
using IotHubDsr.Completion;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Commands;

/// <summary>Erases the data that every location holds about devices: plans, asks, erases, verifies.</summary>
[Cmdlet(
    VerbsCommon.Remove,
    "IotDeviceData",
    DefaultParameterSetName = "DeviceId",
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.High
)]
[OutputType(typeof(ErasureReceipt))]
public sealed class RemoveIotDeviceDataCommand : RegisteringCommand
{
    private const string ByPlan = "Plan";
    private readonly List<(DsrContext Context, ErasurePlanSource Source, string? RequestId, string? RequestStore)> _plans = [];
    private Performer? _performer;

    /// <summary>A plan that New-IotErasurePlan made, or the file that it was saved to; exactly it is run.</summary>
    // By property name as well: PowerShell settles for the default set, before it sees the input, when only that one takes property names.
    [Parameter(Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = ByPlan)]
    [ValidateNotNull]
    public ErasurePlanSource? Plan { get; set; }

    /// <summary>By how many records a location may differ from what the plan expects.</summary>
    [Parameter(ParameterSetName = ByPlan)]
    [ValidateRange(0, long.MaxValue)]
    public long Tolerance { get; set; }

    /// <summary>Runs the plan only if another person has approved it; naming approvers or a signature implies it.</summary>
    [Parameter(ParameterSetName = ByPlan)]
    public SwitchParameter RequireApproval { get; set; }

    /// <summary>Certificates of those who may approve, or of their authorities.</summary>
    [Parameter(ParameterSetName = ByPlan)]
    [ValidateNotNullOrEmpty]
    public X509CertificateSource[] ApproverCertificate { get; set; } = [];

    /// <summary>Certificates of accepted time stamp authorities, or of their issuers: for approvals by expired certificates.</summary>
    [Parameter(ParameterSetName = ByPlan)]
    [ValidateNotNullOrEmpty]
    public X509CertificateSource[] TimestampAuthority { get; set; } = [];

    /// <summary>The file with the signature of the approver, when it is not beside the plan.</summary>
    [Parameter(ParameterSetName = ByPlan)]
    [ValidateNotNullOrEmpty]
    public string? SignaturePath { get; set; }

    /// <summary>Certificate of the performer, with its private key.</summary>
    [Parameter]
    [ValidateNotNull]
    public X509CertificateSource? SigningCertificate { get; set; }

    /// <summary>Password of the file that the signing certificate is in.</summary>
    [Parameter]
    [ValidateNotNull]
    public SecureString? CertificatePassword { get; set; }

    /// <summary>Also erases messages that a gateway relayed for other devices.</summary>
    [Parameter(ParameterSetName = ByDeviceId)]
    [Parameter(ParameterSetName = ByQuery)]
    public SwitchParameter IncludeRelayed { get; set; }

    /// <summary>Also erases old versions, snapshots and soft-deleted copies where the service allows it.</summary>
    [Parameter(ParameterSetName = ByDeviceId)]
    [Parameter(ParameterSetName = ByQuery)]
    public SwitchParameter IncludeOldVersions { get; set; }

    /// <summary>Deletes a shared blob that keeps no record, instead of leaving it without any.</summary>
    [Parameter(ParameterSetName = ByDeviceId)]
    [Parameter(ParameterSetName = ByQuery)]
    public SwitchParameter DeleteEmptied { get; set; }

    /// <summary>The registered request that the erasure belongs to; by default one is registered.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RequestIdCompleter))]
    public string? RequestId { get; set; }

    /// <summary>The performer, as the certificate names them; by default the user and the machine.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Performer { get; set; }

    /// <summary>Suppresses the confirmation prompt.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        ErasurePlanSource? source = Plan ?? PipedPlan();
        if (source is null)
        {
            base.ProcessRecord();
            return;
        }

        DsrContext context = RequireContext();
        if (AsJob)
        {
            StartJob(
                Asks,
                ("Context", context),
                ("DeviceId", null),
                (nameof(Plan), source),
                (nameof(RequestId), RequestId),
                (nameof(RequestStore), RequestStore)
            );
            return;
        }

        _plans.Add((context, source, RequestId, RequestStore));
    }

    /// <inheritdoc />
    protected override void EndProcessing()
    {
        base.EndProcessing();
        if (_plans.Count == 0)
            return;
        List<RemoveOptions> removals =
        [
            .. _plans.Select(one =>
                OptionsOf(one.Context, one.RequestId, one.RequestStore) with
                {
                    Planned = PlannedBy(one.Context, one.Source),
                }
            ),
        ];
        Run(cancellationToken => Engine.RemoveAsync(removals, cancellationToken));
    }

    private RemoveOptions OptionsOf(DsrContext context, string? requestId, string? requestStore) =>
        new()
        {
            Context = context,
            RequestId = requestId,
            Store = StorePath(requestStore),
            ReceivedAt = Received,
            IdentityEvidence = IdentityEvidence,
            Performer = PerformerOfRun(),
            IsRehearsal = IsWhatIf(),
            ThrottleLimit = ThrottleLimit,
        };

    private ConfirmPlanOptions PlannedBy(DsrContext context, ErasurePlanSource source) =>
        new()
        {
            Context = context,
            Plan = source as ErasurePlan,
            Path = source is ErasurePlan ? null : FilePath(source.Path),
            Tolerance = Tolerance,
            Approval = AsksApproval ? Requirement() : null,
            ThrottleLimit = ThrottleLimit,
        };

    private protected override string? ForRequest => RequestId;

    private protected override bool Asks => true;

    private protected override bool IsForced => Force;

    private protected override string? InStore => RequestStore;

    /// <summary>
    /// The plan that a piped text names: one that ends with .json; a terminating error when there is no such file. Text is otherwise the ID
    /// of a device, and so it is beside parameters that only make sense for devices.
    /// </summary>
    private ErasurePlanSource? PipedPlan()
    {
        bool isOfDevices = Query is not null || Erasure != new ErasureOptions { DeleteEmptied = false };
        if (
            !MyInvocation.ExpectingInput
            || isOfDevices
            || DeviceId is not [{ Number: null, Hub: null, DeviceId: var text }]
            || !text.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
        )
        {
            return null;
        }

        if (!File.Exists(FilePath(text)))
        {
            ThrowFault(
                FaultCatalogue.FileNotRead.For(text, "the file does not exist. (Pass a device whose ID ends with .json with -DeviceId.)")
            );
        }

        return new ErasurePlanSource(text);
    }

    private ErasureOptions Erasure =>
        new()
        {
            Scope = Scope,
            IncludeRelayed = IncludeRelayed,
            IncludeOldVersions = IncludeOldVersions,
            DeleteEmptied = DeleteEmptied,
        };

    private bool AsksApproval => RequireApproval || ApproverCertificate.Length > 0 || SignaturePath is not null;

    private Performer PerformerOfRun() => _performer ??= PerformerOf(Performer, SigningCertificate, CertificatePassword);

    private ApprovalRequirement Requirement() =>
        new()
        {
            SignaturePath = FilePath(SignaturePath),
            Approvers = LoadCertificates(ApproverCertificate),
            TimestampAuthorities = LoadCertificates(TimestampAuthority),
            PerformerCertificate = PerformerOfRun().SigningCertificate,
            PerformerNames = PerformerNames(),
        };

    /// <summary>An account with a certificate is known by it; the named performer appears in the erasure certificate.</summary>
    private IReadOnlyList<string> PerformerNames() =>
        [.. new[] { SigningCertificate is null ? Environment.UserName : null, Performer }.OfType<string>()];

    private protected override IAsyncEnumerable<DsrEvent> Start(
        DsrContext context,
        IAsyncEnumerable<string> deviceIds,
        CancellationToken cancellationToken
    )
    {
        var planning = new PlanOptions
        {
            Context = context,
            DeviceIds = deviceIds,
            Query = Query,
            ThrottleLimit = ThrottleLimit,
            Erasure = Erasure,
        };
        return Engine.RemoveAsync([OptionsOf(context, RequestId, RequestStore) with { Planning = planning }], cancellationToken);
    }
}
