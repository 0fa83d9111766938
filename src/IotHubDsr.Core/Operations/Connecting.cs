using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Evidence.Stores;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Operations;

/// <summary>Makes a connection, and finds out at once whether it works.</summary>
internal sealed class Connecting(ConnectRequest request, TimeProvider time)
{
    private Cloud CloudOfRequest =>
        (request.Sandbox is { } sandbox ? SandboxCloud.For(sandbox) : Cloud.Of(request.Cloud)) with
        {
            TrustedHosts = request.TrustedStorageHosts,
        };

    /// <summary>The access that a connection would have.</summary>
    public AzureAccess OpenAccess() => new(CloudOfRequest, CreateCredential, time);

    public async Task<HubConnection> RunAsync(OperationEvents events, CancellationToken cancellationToken)
    {
        Cloud cloud = CloudOfRequest;
        if (EvidenceStores.Require(request.RequestStore ?? EvidenceStores.DefaultPlace) is { } store)
            cloud.RequireTrusted(store);
        if (request.LocationFile is { } locationFile)
            await LocationFile.ReadAsync(locationFile, cloud, cancellationToken);
        var access = new AzureAccess(cloud, CreateCredential, time);
        try
        {
            HubConnection connection = request.ConnectionString is null
                ? await ByResourceAsync(access, cancellationToken)
                : ByConnectionString(access);
            await ProbeAsync(connection, events, cancellationToken);
            if (connection.Clock.Warning() is { } wrong)
                await events.EmitAsync(new NoticeEvent(NoticeLevel.Warning, wrong), cancellationToken);
            return connection;
        }
        catch
        {
            access.Dispose();
            throw;
        }
    }

    private global::Azure.Core.TokenCredential? CreateCredential(AzureAccess access)
    {
        if (request.CredentialSource is { } source)
            return Credentials.Create(access, source, request.TenantId, request.ClientId);
        return request.Sandbox is { } sandbox
            ? Credentials.ForApplication(access, sandbox.TenantId, sandbox.ClientId, sandbox.ClientSecret)
            : null;
    }

    private async Task<HubConnection> ByResourceAsync(AzureAccess access, CancellationToken cancellationToken)
    {
        var arm = new ArmReader(access);
        var resource = new HubResource(arm, OperationNotices.Send);
        string? resourceId = request.ResourceId ?? request.Sandbox?.ResourceId;
        HubDescription hub = resourceId is null
            ? await resource.FindHubAsync(request.Name!, request.SubscriptionId, request.ResourceGroupName, cancellationToken)
            : await resource.ReadHubAsync(resourceId, cancellationToken);

        var throttle = HubThrottle.For(hub.SkuName, hub.Units, request.ThrottleShare, time);
        HubClient client;
        if (request.HubAuthentication == HubAuthentication.SharedAccessKey)
        {
            HubKey key = await resource.ReadKeyAsync(hub, cancellationToken);
            client = HubClient.WithSharedAccessKey(access, new HubConnectionString(hub.HostName, key.PolicyName, key.Key), throttle, time);
        }
        else
        {
            client = HubClient.WithToken(access, hub.HostName, throttle);
        }

        DsrContext context = CreateContext(access, hub.Name, hub.HostName) with
        {
            ResourceId = hub.ResourceId.ToString(),
            Sku = $"{hub.SkuName} x {hub.Units}",
            HubAuthentication = request.HubAuthentication.ToString(),
            CredentialSource = request.CredentialSource?.ToString() ?? "Sandbox",
        };
        return new HubConnection(context, access, client, arm, request);
    }

    private HubConnection ByConnectionString(AzureAccess access)
    {
        var parsed = HubConnectionString.Parse(Credentials.Reveal(request.ConnectionString!));
        var throttle = HubThrottle.For(request.Sku, request.Units, request.ThrottleShare, time);
        var client = HubClient.WithSharedAccessKey(access, parsed, throttle, time);
        DsrContext context = CreateContext(access, parsed.HostName.Split('.')[0], parsed.HostName) with
        {
            Sku = request.Sku is null ? null : $"{request.Sku} x {request.Units}",
        };
        return new HubConnection(context, access, client, arm: null, request);
    }

    private DsrContext CreateContext(AzureAccess access, string hubName, string hostName) =>
        new()
        {
            Id = Guid.NewGuid(),
            HubName = hubName,
            HubHostName = hostName,
            Cloud = access.Cloud.Name,
            HubAuthentication = nameof(HubAuthentication.SharedAccessKey),
            RequestStore = request.RequestStore ?? EvidenceStores.DefaultPlace,
            ConnectedAt = time.GetUtcNow(),
        };

    /// <summary>One cheap call: a wrong key or a wrong hub is told now and not with the first device.</summary>
    private static async Task ProbeAsync(HubConnection connection, OperationEvents events, CancellationToken cancellationToken)
    {
        try
        {
            await connection.Hub.GetStatisticsAsync(cancellationToken);
        }
        catch (DsrException denied) when (denied.Fault.Id == FaultCatalogue.PermissionMissing.Id)
        {
            await events.EmitAsync(new FaultEvent(denied.Fault), cancellationToken);
        }
    }
}
