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
    private ErasurePlan? _plan;
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

        _plan = null;
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

        // All plans are checked before the first is run, so that an invalid one is not discovered halfway.
        List<(DsrContext Context, ErasurePlan? Plan, string? RequestId, string? RequestStore)> confirmed =
        [
            .. _plans.Select(one =>
                (one.Context, ConfirmPlan(one.Context, one.Source, one.RequestId, one.RequestStore), one.RequestId, one.RequestStore)
            ),
        ];
        foreach ((DsrContext context, ErasurePlan? plan, string? requestId, string? requestStore) in confirmed)
        {
            (_plan, RequestId, RequestStore) = (plan, requestId, requestStore);
            OnEnd(context);
        }
    }

    private ErasurePlan? ConfirmPlan(DsrContext context, ErasurePlanSource source, string? requestId, string? requestStore)
    {
        (_plan, RequestId, RequestStore) = (null, requestId, requestStore);
        Prepare(context);
        var options = new ConfirmPlanOptions
        {
            Context = context,
            Plan = source as ErasurePlan,
            Path = source is ErasurePlan ? null : FilePath(source.Path),
            Tolerance = Tolerance,
            Approval = AsksApproval ? Requirement() : null,
            ThrottleLimit = ThrottleLimit,
        };
        Run(cancellationToken => Engine.ConfirmPlanAsync(options, cancellationToken));
        return _plan;
    }

    private protected override string? ForRequest => RequestId;

    private protected override bool Asks => true;

    private protected override string? InStore => RequestStore;

    /// <summary>
    /// A plan without anything to erase, in words: a -WhatIf that says nothing leaves open whether anything was looked for.
    /// </summary>
    private static string NothingOf(ErasurePlan plan)
    {
        int unread = plan
            .Steps.Where(step => !step.Finding.IsCounted)
            .Select(step => step.Location.Id)
            .Distinct(StringComparer.Ordinal)
            .Count();
        return $"{Counted.Of(plan.Devices, "device")} of {plan.HubHostName}: no location holds data that can be erased"
            + (unread == 0 ? string.Empty : $"; {Counted.Of(unread, "location")} could not be counted");
    }

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

    private protected override bool ApproveStart()
    {
        _plan = null;
        Prepare(RequireContext());
        return true;
    }

    /// <summary>Problems with the request, the store or the certificate are reported before anything is planned or asked.</summary>
    private void Prepare(DsrContext context)
    {
        var preparation = new PrepareOptions
        {
            Context = context,
            Store = Store,
            RequestId = RequestId,
            RequiresApproval = AsksApproval,
            ReceivedAt = Received,
            Performer = PerformerOfRun(),
            ProbesStore = !IsWhatIf(),
        };
        Run(cancellationToken => Engine.PrepareErasureAsync(preparation, cancellationToken));
    }

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
    ) =>
        Engine.PlanAsync(
            new PlanOptions
            {
                Context = context,
                DeviceIds = deviceIds,
                Query = Query,
                ThrottleLimit = ThrottleLimit,
                Erasure = Erasure,
            },
            cancellationToken
        );

    private protected override void OnOutput(object value)
    {
        if (value is ErasurePlan plan)
            _plan = plan;
        else
            WriteObject(value);
    }

    private protected override void OnEnd(DsrContext context)
    {
        if (_plan is null)
            return;

        IReadOnlyList<DataHold> holds = HoldsToShow(context);
        var approved = _plan
            .Steps.Where(step =>
                step.Action == ErasureAction.Erase
                && Approve(Force, step.Target, IsHeld(step, holds) ? "Leave what is held" : _plan.Operation)
            )
            .ToList();
        if (IsWhatIf())
        {
            if (_plan.Steps.All(step => step.Action == ErasureAction.None))
                ShouldProcess(NothingOf(_plan), "Erase nothing");
            return;
        }

        var options = new RemoveOptions
        {
            Context = context,
            Plan = _plan,
            Approved = approved,
            Tolerance = Tolerance,
            ThrottleLimit = ThrottleLimit,
            RequestId = RequestId,
            Store = Store,
            ReceivedAt = Received,
            IdentityEvidence = IdentityEvidence,
            Performer = PerformerOfRun(),
        };
        Run(cancellationToken => Engine.EraseAsync(options, cancellationToken));
    }

    /// <summary>What an operator holds, for -WhatIf: a run looks at the journal itself.</summary>
    private IReadOnlyList<DataHold> HoldsToShow(DsrContext context)
    {
        if (!IsWhatIf() || RequestId is not { } requestId)
            return [];
        var query = new DataRequestQuery
        {
            Context = context,
            Store = Store,
            RequestIds = [requestId],
        };
        return Ask<DataRequest>(cancellationToken => Engine.GetRequestsAsync(query, cancellationToken))?.Holds ?? [];
    }

    private static bool IsHeld(ErasureStep step, IReadOnlyList<DataHold> holds) =>
        holds.Any(hold =>
            hold.Item is null && hold.LocationId == step.Location.Id && (hold.DeviceId is null || hold.DeviceId == step.DeviceId)
        );
}
