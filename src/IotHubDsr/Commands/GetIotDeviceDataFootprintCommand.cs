using System.Management.Automation;
using IotHubDsr.Parameters;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Commands;

/// <summary>Finds the data that every location holds about devices.</summary>
[Cmdlet(VerbsCommon.Get, "IotDeviceDataFootprint", DefaultParameterSetName = ParameterSets.ByDeviceId)]
[OutputType(typeof(DeviceDataFinding), typeof(ReadingEstimate))]
public sealed partial class GetIotDeviceDataFootprintCommand : DsrCommand
{
    [Composed(Sets = [ParameterSets.ByDeviceId, ParameterSets.ByQuery])]
    private readonly IndexParameters _index = new();

    [Composed(Sets = [ParameterSets.ByDeviceId, ParameterSets.ByQuery])]
    private readonly EstimateParameters _estimate = new();

    [Composed(Sets = [ParameterSets.ByDeviceId, ParameterSets.ByQuery])]
    private readonly DistributionParameters _distribution = new();

    [Composed]
    private readonly ScopedDeviceParameters _scoped = new();
    private DeviceFeed _feed = null!;

    /// <inheritdoc />
    protected override void BeginProcessing() => _feed = new DeviceFeed(this, _scoped.Devices, Start) { IsJob = AsJob };

    /// <inheritdoc />
    protected override void ProcessRecord() => _feed.Take();

    /// <inheritdoc />
    protected override void EndProcessing() => _feed.End();

    private IAsyncEnumerable<DsrEvent> Start(DsrContext context, IAsyncEnumerable<string> deviceIds, CancellationToken cancellationToken)
    {
        var options = new FootprintOptions
        {
            Context = context,
            DeviceIds = deviceIds,
            Query = Query,
            ThrottleLimit = ThrottleLimit,
            Scope = _scoped.Scope.ToScope(this),
            NoIndex = NoIndex,
            Distributed = Distributed,
        };
        return Estimate
            ? Engine.EstimateAsync(_estimate.ToOptions(options, options.Scope, NoIndex), cancellationToken)
            : Engine.FindAsync(options, cancellationToken);
    }
}
