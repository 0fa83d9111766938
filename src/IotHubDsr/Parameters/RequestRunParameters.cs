using System.Management.Automation;
using IotHubDsr.Completion;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Parameters;

/// <summary>Requests whose locations are worked on, by whom, and how.</summary>
internal sealed class RequestRunParameters
{
    /// <summary>IDs of the requests; receipts and requests bind from the pipeline.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [RequestIdTransformation]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RequestIdCompleter))]
    public string[] RequestId { get; set; } = [];

    [Composed]
    public PerformerParameters Performer { get; } = new();

    /// <summary>How long to wait for another process that is working on the request.</summary>
    [Parameter]
    [ValidateRange(0, 86400)]
    public int WaitSeconds { get; set; }

    [Composed]
    public DistributionParameters Distribution { get; } = new();

    [Composed]
    public ThrottleParameters Throttle { get; } = new();

    [Composed]
    public JobParameters Job { get; } = new();

    [Composed]
    public StoreAccessParameters Requests { get; } = new();
}
