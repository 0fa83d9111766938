using System.Management.Automation;
using IotHubDsr.Completion;
using IotHubDsr.Parameters;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Commands;

/// <summary>Lists requests with their state and what comes next.</summary>
[Cmdlet(VerbsCommon.Get, "IotDataRequest", DefaultParameterSetName = "All")]
[OutputType(typeof(DataRequest))]
public sealed partial class GetIotDataRequestCommand : DsrCommand
{
    [Composed]
    private readonly StoreAccessParameters _requests = new();

    /// <summary>What is asked of each store; nothing where nothing that was piped could be bound.</summary>
    private readonly List<(DsrContext? Context, string? Store, List<string> RequestIds)> _queries = [];

    /// <summary>IDs of the requests; by default all of the store.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [RequestIdTransformation]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RequestIdCompleter))]
    public string[] RequestId { get; set; } = [];

    /// <summary>Only requests of which something is open, the most urgent first.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Due")]
    public SwitchParameter Due { get; set; }

    /// <summary>With -Due, only requests of which something is due within this time; a number is days.</summary>
    [Parameter(ParameterSetName = "Due")]
    [DaysTransformation]
    public TimeSpan Within { get; set; }

    /// <summary>File to write a bundle to that holds no personal data; it must not exist.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Diagnostics")]
    [ValidateNotNullOrEmpty]
    public string? Diagnostics { get; set; }

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        DsrContext? context = _requests.Connection.OrDefault;
        string? store = Paths.OfStore(RequestStore);
        if (_queries.Count == 0 || _queries[^1].Context?.Id != context?.Id || _queries[^1].Store != store)
            _queries.Add((context, store, []));
        _queries[^1].RequestIds.AddRange(RequestId);
    }

    /// <inheritdoc />
    protected override void EndProcessing()
    {
        foreach ((DsrContext? context, string? store, List<string> requestIds) in _queries)
        {
            var query = new DataRequestQuery
            {
                Context = context,
                Store = store,
                RequestIds = [.. requestIds.Distinct(StringComparer.Ordinal)],
                Due = Due,
                Within = MyInvocation.BoundParameters.ContainsKey(nameof(Within)) ? Within : null,
                DiagnosticsPath = Paths.OfFile(Diagnostics),
            };
            Run(cancellationToken => Engine.GetRequestsAsync(query, cancellationToken));
        }
    }
}
