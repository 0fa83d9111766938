using System.Management.Automation;
using System.Threading.Channels;

namespace IotHubDsr.Pipeline;

/// <summary>
/// A command about devices. Devices are handed to the operation as they arrive from the pipeline; what is read once for all of them is
/// read when the pipeline ends.
/// </summary>
public abstract class DeviceCommand : DsrContextCommand
{
    private protected const string ByDeviceId = "DeviceId";
    private protected const string ByQuery = "Query";
    private const int Backlog = 256;

    private readonly Channel<string> _deviceIds = Channel.CreateBounded<string>(
        new BoundedChannelOptions(Backlog) { SingleWriter = true, SingleReader = true });

    private EventPump? _operation;
    private DsrContext? _context;
    private bool? _approved;
    private string? _requestId;

    /// <summary>IDs of the devices, case-sensitive; objects with a property DeviceId or Id bind from the pipeline.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = ByDeviceId)]
    [Alias("Id")]
    [DeviceIdTransformation]
    [ValidateNotNullOrEmpty]
    public virtual string[] DeviceId { get; set; } = [];

    /// <summary>The condition of an IoT Hub query, such as: tags.owner = 'x'.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByQuery)]
    [ValidateNotNullOrEmpty]
    public string? Query { get; set; }

    /// <summary>How many blobs, or devices, are worked on at once.</summary>
    [Parameter]
    [ValidateRange(1, 64)]
    public int ThrottleLimit { get; set; } = 8;

    /// <summary>Starts the operation when the first device has arrived.</summary>
    private protected abstract IAsyncEnumerable<DsrEvent> Start(
        DsrContext context, IAsyncEnumerable<string> deviceIds, CancellationToken cancellationToken);

    /// <summary>Says whether the operation may start at all.</summary>
    private protected virtual bool ApproveStart() => true;

    /// <summary>The request that the work is for, where a command has one; all devices of a pipeline are worked on together, for one request.</summary>
    private protected virtual string? ForRequest => null;

    /// <summary>Takes over when the operation has ended.</summary>
    private protected virtual void OnEnd(DsrContext context)
    {
    }

    /// <summary>The value of a parameter for a time, if it was given.</summary>
    private protected DateTimeOffset? IfBound(string parameter, DateTimeOffset time) => MyInvocation.BoundParameters.ContainsKey(parameter) ? time : null;

    /// <inheritdoc />
    protected override void BeginProcessing() => _context = RequireContext();

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        string? requestId = ForRequest;
        if (_approved is null)
            _requestId = requestId;
        else if (requestId != _requestId)
            ThrowFault(FaultCatalogue.RequestForOtherDevices.For(requestId ?? _requestId!, "the pipeline has devices of more than one request; pipe them one request at a time"));
        if (_approved is null && (_approved = ApproveStart()) == true)
            _operation = Open(cancellationToken => Start(_context!, _deviceIds.Reader.ReadAllAsync(CancellationToken.None), cancellationToken));
        if (_operation is null)
            return;

        foreach (string deviceId in DeviceId)
        {
            while (!_deviceIds.Writer.TryWrite(deviceId))
            {
                // The operation is behind: what it has to say may be what it waits to get rid of.
                Task.WhenAny(_deviceIds.Writer.WaitToWriteAsync().AsTask(), _operation.Arrival).GetAwaiter().GetResult();
                DrainAvailable();
            }
        }

        DrainAvailable();
    }

    /// <inheritdoc />
    protected override void EndProcessing()
    {
        if (_operation is null)
            return;

        _deviceIds.Writer.TryComplete();
        Drain();
        OnEnd(_context!);
    }
}
