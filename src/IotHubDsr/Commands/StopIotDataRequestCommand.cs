using System.Management.Automation;
using IotHubDsr.Completion;
using IotHubDsr.Parameters;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Commands;

/// <summary>Ends runs of requests, wherever they run.</summary>
[Cmdlet(VerbsLifecycle.Stop, "IotDataRequest", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(DataRequest))]
public sealed partial class StopIotDataRequestCommand : DsrCommand
{
    [Composed]
    private readonly StoreAccessParameters _requests = new();

    /// <summary>IDs of the requests.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [RequestIdTransformation]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RequestIdCompleter))]
    public string[] RequestId { get; set; } = [];

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        foreach (string requestId in RequestId)
        {
            var stop = new StopOptions
            {
                RequestId = requestId,
                Context = _requests.Connection.OrDefault,
                Store = Paths.OfStore(RequestStore),
            };
            RunOne(cancellationToken => Engine.ChangeRequestAsync(stop, cancellationToken));
        }
    }
}
