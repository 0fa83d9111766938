using System.Management.Automation;
using IotHubDsr.Parameters;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Commands;

/// <summary>Writes the report of a request as one HTML file.</summary>
[Cmdlet(VerbsData.Export, "IotDataRequestReport", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(RequestReport))]
public sealed partial class ExportIotDataRequestReportCommand : DsrCommand
{
    [Composed]
    private readonly ReportParameters _report = new();

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        var options = new ReportOptions
        {
            Context = _report.Requests.Connection.OrDefault,
            Store = Paths.OfStore(RequestStore),
            RequestId = RequestId,
            Path = Paths.OfFile(Path),
        };
        RunOne(cancellationToken => Engine.WriteReportAsync(options, cancellationToken));
    }
}
