using System.Threading.Channels;
using IotHubDsr.Parameters;

namespace IotHubDsr.Pipeline;

/// <summary>
/// Hands devices to an operation as they arrive from the pipeline; what is read once for all of them is read when the pipeline ends. A job
/// gets them all at the end.
/// </summary>
/// <param name="command">The command.</param>
/// <param name="parameters">Its devices.</param>
/// <param name="start">Starts the operation when the first device has arrived.</param>
internal sealed class DeviceFeed(
    DsrCommand command,
    DeviceParameters parameters,
    Func<DsrContext, IAsyncEnumerable<string>, CancellationToken, IAsyncEnumerable<DsrEvent>> start
)
{
    private const int Backlog = 256;

    private Channel<string> _deviceIds = MakeChannel();
    private EventPump? _operation;
    private DsrContext? _context;
    private bool? _approved;
    private (string? RequestId, string? Store) _for;
    private TypedNumbers? _typed;
    private readonly List<HubDevice> _ofJob = [];

    /// <summary>Says whether the operation may start at all.</summary>
    public Func<bool> ApproveStart { get; init; } = () => true;

    /// <summary>
    /// The request that the work is for, where a command has one, and its store, where one is named; all devices of a pipeline are worked on
    /// together, for one request.
    /// </summary>
    public Func<(string? RequestId, string? Store)> For { get; init; } = () => default;

    /// <summary>Whether the work is done by a job.</summary>
    public bool IsJob { get; init; }

    /// <summary>Whether the command asks by default.</summary>
    public bool Asks { get; init; }

    /// <summary>Takes the devices of one record.</summary>
    public void Take()
    {
        DsrContext context = parameters.Connection.Require(command);
        foreach (HubDevice device in parameters.DeviceId.Where(device => !device.CanBeOf(context)))
            command.Throw(OfOtherHub(device, context));
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

        foreach (HubDevice device in parameters.DeviceId)
        {
            string deviceId = TextOf(device);
            while (!_deviceIds.Writer.TryWrite(deviceId))
            {
                // The operation is behind: what it has to say may be what it waits to get rid of.
                Task.WhenAny(_deviceIds.Writer.WaitToWriteAsync().AsTask(), _operation.Arrival).GetAwaiter().GetResult();
                command.DrainAvailable();
            }
        }

        command.DrainAvailable();
    }

    /// <summary>No more devices come.</summary>
    public void End()
    {
        EndOperation();
        EndJob();
    }

    /// <summary>The devices of a pipeline are worked on together by one job, for one request on one connection.</summary>
    private void GatherForJob(DsrContext context)
    {
        if (_context is not null && context.Id != _context.Id)
            EndJob();
        (string? RequestId, string? Store) isFor = For();
        if (_context is null)
            _for = isFor;
        else
            RequireSame(isFor);
        _context = context;
        _ofJob.AddRange(parameters.DeviceId.Select(device => device with { DeviceId = TextOf(device), Number = null }));
    }

    private void EndJob()
    {
        if (!IsJob || _context is null)
            return;
        List<(string, object?)> given = [("Context", _context), ("DeviceId", _ofJob.Count == 0 ? null : _ofJob.ToArray())];
        if (_for.RequestId is not null)
            given.Add(("RequestId", _for.RequestId));
        if (_for.Store is not null)
            given.Add(("RequestStore", _for.Store));
        CommandJob.Start(command, Asks, [.. given]);
        _ofJob.Clear();
        _context = null;
    }

    private void RequireSame((string? RequestId, string? Store) isFor)
    {
        if (isFor != _for)
        {
            command.Throw(
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
        (string? RequestId, string? Store) isFor = For();
        if (_approved is null)
            _for = isFor;
        else
            RequireSame(isFor);
        if (_approved is null && (_approved = ApproveStart()) == true)
        {
            ChannelReader<string> deviceIds = _deviceIds.Reader;
            _operation = command.Open(cancellationToken =>
                start(context, deviceIds.ReadAllAsync(CancellationToken.None), cancellationToken)
            );
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
        command.Drain();
        command.Close();
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
        string? text = (_typed ??= new TypedNumbers(command.MyInvocation)).TextOf(number, out bool isOfScript);
        if (text is null)
            command.Throw(FaultCatalogue.DeviceIdIsNumber.For(device.DeviceId));
        if (!isOfScript && isFirst)
            command.WriteWarning($"The device ID {text} was passed as a number, which has no leading zeros: if the ID has any, quote it.");

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
