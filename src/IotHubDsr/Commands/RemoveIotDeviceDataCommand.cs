using System.Management.Automation;
using IotHubDsr.Parameters;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Commands;

/// <summary>Erases the data that every location holds about devices: plans, asks, erases, verifies.</summary>
[Cmdlet(
    VerbsCommon.Remove,
    "IotDeviceData",
    DefaultParameterSetName = ParameterSets.ByDeviceId,
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.High
)]
[OutputType(typeof(ErasureReceipt))]
public sealed partial class RemoveIotDeviceDataCommand : DsrCommand
{
    [Composed]
    private readonly RemovalParameters _removal = new();
    private readonly List<(DsrContext Context, ErasurePlanSource Source, string? RequestId, string? RequestStore)> _plans = [];
    private DeviceFeed _feed = null!;

    private protected override bool IsForced => Force;

    private protected override bool GivesConsent => SettleMessages;

    /// <inheritdoc />
    protected override void BeginProcessing() =>
        _feed = new DeviceFeed(this, _removal.Scoped.Devices, Start)
        {
            For = () => (RequestId, RequestStore),
            IsJob = AsJob,
            Asks = true,
        };

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        ErasurePlanSource? source = Plan ?? PipedPlan();
        if (source is null)
        {
            _feed.Take();
            return;
        }

        DsrContext context = _removal.Scoped.Devices.Connection.Require(this);
        if (AsJob)
        {
            CommandJob.Start(
                this,
                asks: true,
                (nameof(Context), context),
                (nameof(DeviceId), null),
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
        _feed.End();
        if (_plans.Count == 0)
            return;
        List<RemoveOptions> removals =
        [
            .. _plans.Select(one =>
                OptionsOf(one.Context, one.RequestId, one.RequestStore) with
                {
                    Planned = _removal.Plan.ToOptions(one.Context, one.Source, _removal.Performer, ThrottleLimit, this),
                }
            ),
        ];
        Run(cancellationToken => Engine.RemoveAsync(removals, cancellationToken));
    }

    private IAsyncEnumerable<DsrEvent> Start(DsrContext context, IAsyncEnumerable<string> deviceIds, CancellationToken cancellationToken)
    {
        var planning = new PlanOptions
        {
            Context = context,
            DeviceIds = deviceIds,
            Query = Query,
            ThrottleLimit = ThrottleLimit,
            Erasure = _removal.ErasureOf(this),
            NoIndex = NoIndex,
        };
        return Engine.RemoveAsync([OptionsOf(context, RequestId, RequestStore) with { Planning = planning }], cancellationToken);
    }

    private RemoveOptions OptionsOf(DsrContext context, string? requestId, string? requestStore) =>
        new()
        {
            Context = context,
            RequestId = requestId,
            KeepsReprovisioning = !MyInvocation.BoundParameters.ContainsKey(nameof(Reprovisioning)),
            Store = Paths.OfStore(requestStore),
            ReceivedAt = _removal.Registration.Received(this),
            IdentityEvidence = IdentityEvidence,
            Recipients = _removal.Recipients.ToOptions(),
            Performer = _removal.Performer.Load(Certificates),
            IsRehearsal = IsWhatIf(),
            ThrottleLimit = ThrottleLimit,
            Distributed = Distributed,
        };

    /// <summary>
    /// The plan that a piped text names: one that ends with .json; a terminating error when there is no such file. Text is otherwise the ID
    /// of a device, and so it is beside parameters that only make sense for devices.
    /// </summary>
    private ErasurePlanSource? PipedPlan()
    {
        // The consent to settle messages is one to a plan as well.
        ErasureOptions ofDevices = _removal.ErasureOf(this) with { SettleMessages = false };
        bool isOfDevices = Query is not null || ofDevices != new ErasureParameters().ToOptions(RecordScope.All);
        if (
            !MyInvocation.ExpectingInput
            || isOfDevices
            || DeviceId is not [{ Number: null, Hub: null, DeviceId: var text }]
            || !text.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
        )
        {
            return null;
        }

        if (!File.Exists(Paths.OfFile(text)))
        {
            Throw(
                FaultCatalogue.FileNotRead.For(text, "the file does not exist. (Pass a device whose ID ends with .json with -DeviceId.)")
            );
        }

        return new ErasurePlanSource(text);
    }
}
