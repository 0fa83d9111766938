using System.Runtime.CompilerServices;
using System.Text.Json;
using Azure.Core;
using Azure.Core.Pipeline;

namespace IotHubDsr.Core.Azure.Hub;

/// <summary>
/// The service API of one hub. What the hub says is not there is null; every failure is a <see cref="DsrException"/>, and a hub that is
/// not there, or an answer that is not the hub's, is a failure.
/// </summary>
internal sealed class HubClient
{
    private readonly HubChannel _channel;

    /// <param name="pipeline">A pipeline that authorises its requests.</param>
    /// <param name="endpoint">Scheme, host and port of the service API.</param>
    /// <param name="throttle">The hub's pace.</param>
    public HubClient(HttpPipeline pipeline, Uri endpoint, HubThrottle throttle)
    {
        _channel = new HubChannel(pipeline, endpoint, throttle);
        Throttle = throttle;
        SupportsTwins = throttle.SupportsTwins;
        SupportsCloudToDevice = throttle.SupportsCloudToDevice;
    }

    /// <summary>The history of the hub's jobs.</summary>
    public HubJobs Jobs => new(_channel);

    /// <summary>The hub's configurations and deployments.</summary>
    public HubConfigurations Configurations => new(_channel);

    /// <summary>Host name of the service API.</summary>
    public string HostName => _channel.HostName;

    /// <summary>The hub's pace.</summary>
    public HubThrottle Throttle { get; }

    /// <inheritdoc cref="HubThrottle.SupportsTwins"/>
    public bool SupportsTwins { get; }

    /// <inheritdoc cref="HubThrottle.SupportsCloudToDevice"/>
    public bool SupportsCloudToDevice { get; }

    /// <summary>A client that is authorised by the Entra credential.</summary>
    public static HubClient WithToken(AzureAccess access, string hostName, HubThrottle throttle) =>
        new(access.PipelineFor(access.Cloud.HubScope), EndpointOf(hostName), throttle);

    /// <summary>A client that is authorised by a shared access key.</summary>
    public static HubClient WithSharedAccessKey(
        AzureAccess access,
        HubConnectionString connectionString,
        HubThrottle throttle,
        TimeProvider time
    )
    {
        HttpPipeline pipeline = access.CreatePipeline(new SharedAccessSignaturePolicy(connectionString, time));
        return new HubClient(pipeline, EndpointOf(connectionString.HostName), throttle);
    }

    public async Task<DeviceIdentity?> GetIdentityAsync(string deviceId, CancellationToken cancellationToken)
    {
        var request = new HubRequest(RequestMethod.Get, DevicePath(deviceId), HubOperation.ReadRegistry);
        return await ReadAsync(request, cancellationToken) is { } json
            ? DeviceIdentity.Read(json, deviceId) ?? throw Incomplete("the identity of the device")
            : null;
    }

    /// <summary>The twin of a device.</summary>
    public async Task<Twin?> GetTwinAsync(string deviceId, CancellationToken cancellationToken)
    {
        var request = new HubRequest(RequestMethod.Get, $"twins/{DeviceId.ToPathSegment(deviceId)}", HubOperation.ReadTwin);
        return await ReadAsync(request, cancellationToken) is { } json
            ? Twin.Read(json, deviceId, moduleId: null) ?? throw Incomplete("the twin of the device")
            : null;
    }

    /// <summary>The modules of a device; null when there is no such device.</summary>
    public async Task<IReadOnlyList<ModuleIdentity>?> ListModulesAsync(string deviceId, CancellationToken cancellationToken)
    {
        var request = new HubRequest(RequestMethod.Get, $"{DevicePath(deviceId)}/modules", HubOperation.ReadRegistry);
        if (await ReadAsync(request, cancellationToken) is not { } json)
            return null;
        ModuleIdentity?[] modules =
            json.ValueKind == JsonValueKind.Array
                ? [.. json.EnumerateArray().Select(module => ModuleIdentity.Read(module, deviceId))]
                : [null];
        return [.. modules.Select(module => module ?? throw Incomplete("the modules of the device"))];
    }

    /// <summary>The twin of a module; null when there is no such module or device.</summary>
    public async Task<Twin?> GetModuleTwinAsync(string deviceId, string moduleId, CancellationToken cancellationToken)
    {
        string path = $"twins/{DeviceId.ToPathSegment(deviceId)}/modules/{DeviceId.ToPathSegment(moduleId)}";
        var request = new HubRequest(RequestMethod.Get, path, HubOperation.ReadTwin);
        HubReply reply = await _channel.SendAsync(request, cancellationToken);
        if (reply.SaysModuleAbsent || SaysAbsent(reply))
            return null;
        return Twin.Read(Success(reply, request.Operation), deviceId, moduleId) ?? throw Incomplete("the twin of the module");
    }

    /// <summary>Deletes a device, its modules, twins and waiting messages, if its identity still has the given ETag.</summary>
    /// <param name="deviceId">ID of the device.</param>
    /// <param name="etag">ETag of its identity.</param>
    /// <param name="announce">See <see cref="HubRequest.Announce"/>.</param>
    /// <param name="cancellationToken">Ends the wait for the turn.</param>
    public async Task<DeletionResult> DeleteIdentityAsync(
        string deviceId,
        string etag,
        Func<CancellationToken, ValueTask>? announce,
        CancellationToken cancellationToken
    )
    {
        var request = new HubRequest(RequestMethod.Delete, DevicePath(deviceId), HubOperation.DeleteDevice)
        {
            Headers = [("If-Match", $"\"{etag}\"")],
            Announce = announce,
        };
        HubReply reply = await _channel.SendAsync(request, cancellationToken);
        return reply.Status switch
        {
            200 or 204 => DeletionResult.Deleted,
            412 => DeletionResult.PreconditionFailed,
            _ when reply.SaysDeviceAbsent => reply.WasRetried ? DeletionResult.Deleted : DeletionResult.Absent,
            _ => throw Failure(reply, request.Operation),
        };
    }

    /// <summary>
    /// Deletes up to <see cref="BulkDeletion.MaxDevices"/> devices whose identities still have the given ETags; gives one outcome for each.
    /// </summary>
    public async Task<IReadOnlyList<BulkDeletionOutcome>> DeleteIdentitiesAsync(
        IReadOnlyList<ConditionalDeletion> deletions,
        Func<CancellationToken, ValueTask>? announce,
        CancellationToken cancellationToken
    )
    {
        var request = new HubRequest(RequestMethod.Post, "devices", HubOperation.DeleteDevices)
        {
            Weight = deletions.Count,
            Body = BulkDeletion.Write(deletions),
            Announce = announce,
        };
        HubReply reply = await _channel.SendAsync(request, cancellationToken);

        // The hub answers 400 when a single device of the call failed, with the same body as on success.
        return reply.Status is 200 or 400 && reply.Json() is { } json && BulkDeletion.IsResult(json)
            ? BulkDeletion.Read(json, deletions, reply.WasRetried, HostName)
            : throw Failure(reply, request.Operation);
    }

    /// <summary>Discards the messages that wait for a device; null when there is no such device.</summary>
    public async Task<QueuePurge?> PurgeQueueAsync(
        string deviceId,
        Func<CancellationToken, ValueTask>? announce,
        CancellationToken cancellationToken
    )
    {
        var request = new HubRequest(RequestMethod.Delete, $"{DevicePath(deviceId)}/commands", HubOperation.PurgeQueue)
        {
            Announce = announce,
        };
        HubReply reply = await _channel.SendAsync(request, cancellationToken);
        if (reply.SaysDeviceAbsent)
            return null;
        long purged = Success(reply, request.Operation).Count("totalMessagesPurged") ?? throw Incomplete("the number of purged messages");
        return new QueuePurge(purged, reply.WasRetried);
    }

    /// <summary>IDs of the devices that a condition is true for. The hub's index lags behind the registry by up to 30 minutes.</summary>
    /// <param name="condition">What follows WHERE.</param>
    /// <param name="cancellationToken">Ends the paging.</param>
    public async IAsyncEnumerable<string> QueryDeviceIdsAsync(
        string condition,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        IAsyncEnumerable<JsonElement> rows = QueryAsync($"SELECT deviceId FROM devices WHERE {condition}", condition, cancellationToken);
        await foreach (JsonElement row in rows)
            yield return row.Text("deviceId") ?? throw Incomplete("device IDs");
    }

    /// <summary>Rows of a query, in whatever form the hub gives them.</summary>
    public IAsyncEnumerable<JsonElement> QueryAsync(string query, CancellationToken cancellationToken) =>
        QueryAsync(query, query, cancellationToken);

    /// <summary>How many devices the registry has.</summary>
    public async Task<HubStatistics> GetStatisticsAsync(CancellationToken cancellationToken)
    {
        JsonElement devices = await StatisticsAsync("devices", cancellationToken);
        JsonElement service = await StatisticsAsync("service", cancellationToken);
        return new HubStatistics(
            devices.Count("totalDeviceCount") ?? throw Incomplete("the number of devices"),
            devices.Count("enabledDeviceCount") ?? throw Incomplete("the number of enabled devices"),
            devices.Count("disabledDeviceCount") ?? throw Incomplete("the number of disabled devices"),
            service.Count("connectedDeviceCount")
        );
    }

    private static Uri EndpointOf(string hostName) => new($"https://{hostName}/");

    private static string DevicePath(string deviceId) => $"devices/{DeviceId.ToPathSegment(deviceId)}";

    // The hub can answer 204 to a GET, which Microsoft's own SDK takes for "no such device".
    private static bool SaysAbsent(HubReply reply) => reply.Status == 204 || reply.SaysDeviceAbsent;

    private IAsyncEnumerable<JsonElement> QueryAsync(string query, string shown, CancellationToken cancellationToken)
    {
        var request = new HubRequest(RequestMethod.Post, "devices/query", HubOperation.Query)
        {
            Body = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["query"] = query }),
        };
        return HubPaging.ListAsync(
            _channel,
            request,
            "query",
            reply => reply.Status == 400 ? FaultCatalogue.InvalidQuery.Exception(shown, reply.Error?.ToString() ?? "status 400.") : null,
            cancellationToken
        );
    }

    private async Task<JsonElement> StatisticsAsync(string kind, CancellationToken cancellationToken)
    {
        var request = new HubRequest(RequestMethod.Get, $"statistics/{kind}", HubOperation.ReadStatistics);
        HubReply reply = await _channel.SendAsync(request, cancellationToken);
        JsonElement json = Success(reply, request.Operation);
        return json.ValueKind == JsonValueKind.Object ? json : throw Incomplete("the hub's statistics");
    }

    private async Task<JsonElement?> ReadAsync(HubRequest request, CancellationToken cancellationToken)
    {
        HubReply reply = await _channel.SendAsync(request, cancellationToken);
        return SaysAbsent(reply) ? null : Success(reply, request.Operation);
    }

    private JsonElement Success(HubReply reply, HubOperation operation) => _channel.Success(reply, operation);

    private DsrException Failure(HubReply reply, HubOperation operation) => _channel.Failure(reply, operation);

    private DsrException Incomplete(string what) => _channel.Incomplete(what);
}
