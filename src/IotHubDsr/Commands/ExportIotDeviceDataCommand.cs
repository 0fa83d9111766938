using System.Management.Automation;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Commands;

/// <summary>Copies what every location holds of devices into one package.</summary>
[Cmdlet(VerbsData.Export, "IotDeviceData", DefaultParameterSetName = "DeviceId", SupportsShouldProcess = true)]
[OutputType(typeof(DataExport))]
public sealed class ExportIotDeviceDataCommand : DeviceCommand
{
    private string _path = string.Empty;

    /// <summary>Folder or zip file to make; it must not exist.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = string.Empty;

    /// <summary>Writes one zip file instead of a folder.</summary>
    [Parameter]
    public SwitchParameter AsZip { get; set; }

    /// <summary>Includes messages that a gateway relayed for other devices.</summary>
    [Parameter]
    public SwitchParameter IncludeRelayed { get; set; }

    private protected override bool ApproveStart()
    {
        _path = GetUnresolvedProviderPathFromPSPath(Path);
        return ShouldProcess(_path, "Write an export package of device data");
    }

    private protected override IAsyncEnumerable<DsrEvent> Start(
        DsrContext context, IAsyncEnumerable<string> deviceIds, CancellationToken cancellationToken) => Engine.ExportAsync(
            new ExportRequest
            {
                Context = context,
                DeviceIds = deviceIds,
                Query = Query,
                ThrottleLimit = ThrottleLimit,
                Path = _path,
                AsZip = AsZip,
                IncludeRelayed = IncludeRelayed,
            },
            cancellationToken);
}
