using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Evidence.Stores;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Operations;

/// <summary>Makes a connection, and checks at once whether it works.</summary>
internal sealed class Connecting(ConnectOptions options, TimeProvider time, SinkCatalogue sinks)
{
    private Cloud CloudOfRequest =>
        (options.Sandbox is { } sandbox ? SandboxCloud.For(sandbox) : Cloud.Of(options.Cloud)) with
        {
            TrustedHosts = options.TrustedStorageHosts,
        };

    /// <summary>The access that a connection would have.</summary>
    public AzureAccess OpenAccess() => new(CloudOfRequest, CreateCredential, time);

    public async Task<HubConnection> RunAsync(OperationEvents events, CancellationToken cancellationToken)
    {
        Cloud cloud = CloudOfRequest;
        if (EvidenceStores.Require(options.RequestStore ?? EvidenceStores.DefaultPlace) is { } store)
            cloud.RequireTrusted(store);
        if (options.LocationFile is { } locationFile)
            await LocationFile.ReadAsync(locationFile, sinks.Kinds, cloud, cancellationToken);
        var access = new AzureAccess(cloud, CreateCredential, time);
        try
        {
            HubConnection connection = options.ConnectionString is null
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
        if (options.CredentialSource is { } source)
            return Credentials.Create(access, source, options.TenantId, options.ClientId);
        return options.Sandbox is { } sandbox
            ? Credentials.ForApplication(access, sandbox.TenantId, sandbox.ClientId, sandbox.ClientSecret)
            : null;
    }

    private async Task<HubConnection> ByResourceAsync(AzureAccess access, CancellationToken cancellationToken)
    {
        var arm = new ArmReader(access);
        var resource = new HubResource(arm, OperationNotices.Send);
        string? resourceId = options.ResourceId ?? options.Sandbox?.ResourceId;
        HubDescription hub = resourceId is null
            ? await resource.FindHubAsync(options.Name!, options.SubscriptionId, options.ResourceGroupName, cancellationToken)
            : await resource.ReadHubAsync(resourceId, cancellationToken);

        var throttle = HubThrottle.For(hub.SkuName, hub.Units, options.ThrottleShare, time);
        HubClient client;
        if (options.HubAuthentication == HubAuthentication.SharedAccessKey)
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
            HubAuthentication = options.HubAuthentication.ToString(),
            CredentialSource = options.CredentialSource?.ToString() ?? "Sandbox",
        };
        return new HubConnection(context, access, client, arm, options, sinks, resource);
    }

    private HubConnection ByConnectionString(AzureAccess access)
    {
        var parsed = HubConnectionString.Parse(Credentials.Reveal(options.ConnectionString!));
        var throttle = HubThrottle.For(options.Sku, options.Units, options.ThrottleShare, time);
        var client = HubClient.WithSharedAccessKey(access, parsed, throttle, time);
        DsrContext context = CreateContext(access, parsed.HostName.Split('.')[0], parsed.HostName) with
        {
            Sku = options.Sku is null ? null : $"{options.Sku} x {options.Units}",
        };
        return new HubConnection(context, access, client, arm: null, options, sinks, resource: null);
    }

    private DsrContext CreateContext(AzureAccess access, string hubName, string hostName) =>
        new()
        {
            Id = Guid.NewGuid(),
            HubName = hubName,
            HubHostName = hostName,
            Cloud = access.Cloud.Name,
            HubAuthentication = nameof(HubAuthentication.SharedAccessKey),
            RequestStore = options.RequestStore ?? EvidenceStores.DefaultPlace,
            ConnectedAt = time.GetUtcNow(),
        };

    /// <summary>One cheap call: a wrong key or hub is reported now, not with the first device.</summary>
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
