using System.Management.Automation;
using IotHubDsr.Parameters;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Commands;

/// <summary>Makes the plan of an erasure, to be reviewed and run later; it changes nothing in Azure.</summary>
[Cmdlet(
    VerbsCommon.New,
    "IotErasurePlan",
    DefaultParameterSetName = ParameterSets.ByDeviceId,
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.Low
)]
[OutputType(typeof(ErasurePlan), typeof(ReadingEstimate))]
public sealed partial class NewIotErasurePlanCommand : DsrCommand
{
    [Composed]
    private readonly ErasureParameters _erasure = new();

    [Composed]
    private readonly SettlingParameters _settling = new();

    [Composed(Sets = [ParameterSets.ByDeviceId, ParameterSets.ByQuery])]
    private readonly IndexParameters _index = new();

    [Composed(Sets = [ParameterSets.ByDeviceId, ParameterSets.ByQuery])]
    private readonly EstimateParameters _estimate = new();

    [Composed(Sets = [ParameterSets.ByDeviceId, ParameterSets.ByQuery])]
    private readonly DistributionParameters _distribution = new();

    [Composed]
    private readonly ScopedDeviceParameters _scoped = new();
    private DeviceFeed _feed = null!;

    /// <summary>File to save the plan to; it must not exist.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <inheritdoc />
    protected override void BeginProcessing() => _feed = new DeviceFeed(this, _scoped.Devices, Start) { IsJob = AsJob };

    /// <inheritdoc />
    protected override void ProcessRecord() => _feed.Take();

    /// <inheritdoc />
    protected override void EndProcessing() => _feed.End();

    private IAsyncEnumerable<DsrEvent> Start(DsrContext context, IAsyncEnumerable<string> deviceIds, CancellationToken cancellationToken)
    {
        RecordScope scope = _scoped.Scope.ToScope(this);
        var options = new PlanOptions
        {
            Context = context,
            DeviceIds = deviceIds,
            Query = Query,
            ThrottleLimit = ThrottleLimit,
            Erasure = _erasure.ToOptions(scope) with { SettleMessages = SettleMessages },
            NoIndex = NoIndex,
            Distributed = Distributed,
        };
        if (Estimate)
            return Engine.EstimateAsync(_estimate.ToOptions(options, scope, NoIndex) with { ForErasure = true }, cancellationToken);

        string? path = Paths.OfFile(Path);
        bool isSaved = path is not null && ShouldProcess($"{path}, for {context.HubHostName}", "Save the erasure plan");
        return Engine.PlanAsync(options with { Path = isSaved ? path : null }, cancellationToken);
    }
}
