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

    private Channel<string> _deviceIds = MakeChannel();
    private EventPump? _operation;
    private DsrContext? _context;
    private bool? _approved;
    private string? _requestId;

    /// <summary>Devices by their IDs, case-sensitive; objects with a property DeviceId or Id bind from the pipeline.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = ByDeviceId)]
    [Alias("Id")]
    [DeviceIdTransformation]
    [ValidateNotNullOrEmpty]
    public HubDevice[] DeviceId { get; set; } = [];

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
    protected override void ProcessRecord()
    {
        DsrContext context = RequireContext();
        foreach (HubDevice device in DeviceId.Where(device => !device.CanBeOf(context)))
            ThrowFault(FaultCatalogue.DeviceOfOtherHub.For(device.DeviceId, device.HubResourceId is null ? device.Hub! : $"{device.Hub} ({device.HubResourceId})", context.HubHostName));
        if (context.Id != _context?.Id)
            EndOperation();
        _context = context;
        Begin(context);
        if (_operation is null)
            return;

        foreach (HubDevice device in DeviceId)
        {
            while (!_deviceIds.Writer.TryWrite(device.DeviceId))
            {
                // The operation is behind: what it has to say may be what it waits to get rid of.
                Task.WhenAny(_deviceIds.Writer.WaitToWriteAsync().AsTask(), _operation.Arrival).GetAwaiter().GetResult();
                DrainAvailable();
            }
        }

        DrainAvailable();
    }

    /// <inheritdoc />
    protected override void EndProcessing() => EndOperation();

    /// <summary>Starts the operation on a connection with its first record, if it is not refused.</summary>
    private void Begin(DsrContext context)
    {
        string? requestId = ForRequest;
        if (_approved is null)
            _requestId = requestId;
        else if (requestId != _requestId)
            ThrowFault(FaultCatalogue.RequestForOtherDevices.For(requestId ?? _requestId!, "the pipeline has devices of more than one request; pipe them one request at a time"));
        if (_approved is null && (_approved = ApproveStart()) == true)
        {
            ChannelReader<string> deviceIds = _deviceIds.Reader;
            _operation = Open(cancellationToken => Start(context, deviceIds.ReadAllAsync(CancellationToken.None), cancellationToken));
        }
    }

    /// <summary>Ends the operation on a connection. Another connection in the pipeline has an operation of its own.</summary>
    private void EndOperation()
    {
        bool isRunning = _operation is not null;
        _approved = null;
        _operation = null;
        if (!isRunning)
            return;

        _deviceIds.Writer.TryComplete();
        Drain();
        CloseOperation();
        _deviceIds = MakeChannel();
        OnEnd(_context!);
    }

    private static Channel<string> MakeChannel() =>
        Channel.CreateBounded<string>(new BoundedChannelOptions(Backlog) { SingleWriter = true, SingleReader = true });
}
