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
    private (string? RequestId, string? Store) _for;
    private TypedNumbers? _typed;
    private readonly List<HubDevice> _ofJob = [];

    /// <summary>Devices by their IDs, case-sensitive; objects with a property DeviceId or Id bind from the pipeline.</summary>
    [Parameter(
        Mandatory = true,
        Position = 0,
        ValueFromPipeline = true,
        ValueFromPipelineByPropertyName = true,
        ParameterSetName = ByDeviceId
    )]
    [Alias("Id")]
    [DeviceIdTransformation]
    [ValidateNotNullOrEmpty]
    public HubDevice[] DeviceId { get; set; } = [];

    /// <summary>The condition of an IoT Hub query, such as: tags.owner = 'x'.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByQuery)]
    [ValidateNotNullOrEmpty]
    public string? Query { get; set; }

    /// <summary>How many blobs or devices to process at once.</summary>
    [Parameter]
    [ValidateRange(1, 64)]
    public int ThrottleLimit { get; set; } = 8;

    /// <summary>Starts the operation when the first device has arrived.</summary>
    private protected abstract IAsyncEnumerable<DsrEvent> Start(
        DsrContext context,
        IAsyncEnumerable<string> deviceIds,
        CancellationToken cancellationToken
    );

    /// <summary>Says whether the operation may start at all.</summary>
    private protected virtual bool ApproveStart() => true;

    /// <summary>
    /// The request that the work is for, where a command has one; all devices of a pipeline are worked on together, for one request.
    /// </summary>
    private protected virtual string? ForRequest => null;

    /// <summary>Whether the work is done by a job.</summary>
    private protected virtual bool IsJob => false;

    /// <summary>Whether the command asks by default.</summary>
    private protected virtual bool Asks => false;

    /// <summary>The store of that request, where one is named.</summary>
    private protected virtual string? InStore => null;

    /// <summary>The value of a parameter for a time, if it was given.</summary>
    private protected DateTimeOffset? IfBound(string parameter, DateTimeOffset time) =>
        MyInvocation.BoundParameters.ContainsKey(parameter) ? time : null;

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        DsrContext context = RequireContext();
        foreach (HubDevice device in DeviceId.Where(device => !device.CanBeOf(context)))
            ThrowFault(OfOtherHub(device, context));
        if (IsJob)
        {
            GatherForJob(context);
            return;
        }

        if (context.Id != _context?.Id)
            EndOperation();
        _context = context;
        Begin(context);
        if (_operation is null)
            return;

        foreach (HubDevice device in DeviceId)
        {
            string deviceId = TextOf(device);
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
        EndOperation();
        EndJob();
    }

    /// <summary>The devices of a pipeline are worked on together by one job, for one request on one connection.</summary>
    private void GatherForJob(DsrContext context)
    {
        if (_context is not null && context.Id != _context.Id)
            EndJob();
        (string? RequestId, string? Store) isFor = (ForRequest, InStore);
        if (_context is null)
            _for = isFor;
        else
            RequireSame(isFor);
        _context = context;
        _ofJob.AddRange(DeviceId.Select(device => device with { DeviceId = TextOf(device), Number = null }));
    }

    private void EndJob()
    {
        if (!IsJob || _context is null)
            return;
        List<(string, object?)> parameters = [("Context", _context), ("DeviceId", _ofJob.Count == 0 ? null : _ofJob.ToArray())];
        if (_for.RequestId is not null)
            parameters.Add(("RequestId", _for.RequestId));
        if (_for.Store is not null)
            parameters.Add(("RequestStore", _for.Store));
        StartJob(Asks, [.. parameters]);
        _ofJob.Clear();
        _context = null;
    }

    private void RequireSame((string? RequestId, string? Store) isFor)
    {
        if (isFor != _for)
        {
            ThrowFault(
                FaultCatalogue.RequestForOtherDevices.For(
                    isFor.RequestId ?? _for.RequestId ?? string.Empty,
                    "the pipeline has devices of more than one request; pipe them one request at a time"
                )
            );
        }
    }

    /// <summary>Starts the operation on a connection with its first record, if it is not refused.</summary>
    private void Begin(DsrContext context)
    {
        (string? RequestId, string? Store) isFor = (ForRequest, InStore);
        if (_approved is null)
            _for = isFor;
        else
            RequireSame(isFor);
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
    }

    /// <summary>
    /// The ID as it was written; a terminating error if that is unknown for a number, and a warning if it may be another.
    /// </summary>
    private string TextOf(HubDevice device)
    {
        if (device.Number is not { } number)
            return device.DeviceId;
        bool isFirst = _typed is null;
        string? text = (_typed ??= new TypedNumbers(MyInvocation)).TextOf(number, out bool isOfScript);
        if (text is null)
            ThrowFault(FaultCatalogue.DeviceIdIsNumber.For(device.DeviceId));
        if (!isOfScript && isFirst)
            WriteWarning($"The device ID {text} was passed as a number, which has no leading zeros: if the ID has any, quote it.");

        return text!;
    }

    private static Fault OfOtherHub(HubDevice device, DsrContext context)
    {
        // Where the names are the same, a hub of that name was deleted and made again elsewhere: the resource IDs tell them apart.
        bool sameName = (device with { HubResourceId = null }).CanBeOf(context);
        return sameName
            ? FaultCatalogue.DeviceOfOtherHub.For(device.DeviceId, device.HubResourceId, $"{context.ResourceId}, a hub of the same name")
            : FaultCatalogue.DeviceOfOtherHub.For(device.DeviceId, $"the hub '{device.Hub}'", $"'{context.HubHostName}'");
    }

    private static Channel<string> MakeChannel() =>
        Channel.CreateBounded<string>(new BoundedChannelOptions(Backlog) { SingleWriter = true, SingleReader = true });
}
