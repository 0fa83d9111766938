using System.Management.Automation;
using IotHubDsr.Parameters;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Commands;

/// <summary>Copies the data that every location holds about devices into one package.</summary>
[Cmdlet(VerbsData.Export, "IotDeviceData", DefaultParameterSetName = ParameterSets.ByDeviceId, SupportsShouldProcess = true)]
[OutputType(typeof(DataExport))]
public sealed partial class ExportIotDeviceDataCommand : DsrCommand
{
    [Composed]
    private readonly PackageParameters _package = new();
    private DeviceFeed _feed = null!;
    private string _path = string.Empty;

    /// <inheritdoc />
    protected override void BeginProcessing() =>
        _feed = new DeviceFeed(this, _package.Scoped.Devices, Start)
        {
            ApproveStart = ApproveStart,
            For = () => (RequestId, RequestStore),
            IsJob = AsJob,
        };

    /// <inheritdoc />
    protected override void ProcessRecord() => _feed.Take();

    /// <inheritdoc />
    protected override void EndProcessing() => _feed.End();

    private bool ApproveStart()
    {
        _path = _package.FullPath(Paths);
        DsrContext context = _package.Scoped.Devices.Connection.Require(this);
        return ShouldProcess($"{_path}, with data of {context.HubHostName}", "Write an export package of device data");
    }

    private IAsyncEnumerable<DsrEvent> Start(DsrContext context, IAsyncEnumerable<string> deviceIds, CancellationToken cancellationToken) =>
        Engine.ExportAsync(
            new ExportOptions
            {
                Context = context,
                DeviceIds = deviceIds,
                Query = Query,
                Scope = _package.Scoped.Scope.ToScope(this),
                ThrottleLimit = ThrottleLimit,
                Path = _path,
                AsZip = AsZip,
                ProtectTo = ProtectTo is null ? null : Certificates.Load(ProtectTo, password: null),
                RequestId = RequestId,
                Store = Paths.OfStore(RequestStore),
                SourceOrganization = SourceOrganization,
                ContactName = ContactName,
                IncludeRelayed = IncludeRelayed,
                Distributed = Distributed,
            },
            cancellationToken
        );
}
