using System.Management.Automation;
using IotHubDsr.Completion;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Commands;

/// <summary>Writes the report of a request as one HTML file.</summary>
[Cmdlet(VerbsData.Export, "IotDataRequestReport", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(RequestReport))]
public sealed class ExportIotDataRequestReportCommand : RequestStoreCommand
{
    /// <summary>ID of the request.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [RequestIdTransformation]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RequestIdCompleter))]
    public string RequestId { get; set; } = string.Empty;

    /// <summary>HTML file to make; it must not exist.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = string.Empty;

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        var options = new ReportOptions
        {
            Context = ContextOrNone,
            Store = Store,
            RequestId = RequestId,
            Path = FilePath(Path),
        };
        RunOne(cancellationToken => Engine.WriteReportAsync(options, cancellationToken));
    }
}
