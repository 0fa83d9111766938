using System.Management.Automation;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Commands;

/// <summary>Lists requests with what is known of them and what comes next.</summary>
[Cmdlet(VerbsCommon.Get, "IotDataRequest", DefaultParameterSetName = "All")]
[OutputType(typeof(DataRequest))]
public sealed class GetIotDataRequestCommand : RequestStoreCommand
{
    private readonly List<string> _requestIds = [];

    /// <summary>IDs of the requests; by default all of the store.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string[] RequestId { get; set; } = [];

    /// <summary>Only requests of which something is open, the most urgent first.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Due")]
    public SwitchParameter Due { get; set; }

    /// <summary>With -Due, only requests of which something is due within this time.</summary>
    [Parameter(ParameterSetName = "Due")]
    public TimeSpan? Within { get; set; }

    /// <summary>File to write a bundle to that holds no personal data; it must not exist.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Diagnostics")]
    [ValidateNotNullOrEmpty]
    public string? Diagnostics { get; set; }

    /// <inheritdoc />
    protected override void ProcessRecord() => _requestIds.AddRange(RequestId);

    /// <inheritdoc />
    protected override void EndProcessing()
    {
        if (_requestIds.Count == 0 && MyInvocation.ExpectingInput)
            return;
        var query = new DataRequestQuery
        {
            Context = ContextOrNone,
            Store = Store,
            RequestIds = [.. _requestIds.Distinct(StringComparer.Ordinal)],
            Due = Due,
            Within = Within,
            DiagnosticsPath = Diagnostics is null ? null : GetUnresolvedProviderPathFromPSPath(Diagnostics),
        };
        Run(cancellationToken => Engine.GetRequestsAsync(query, cancellationToken));
    }
}
