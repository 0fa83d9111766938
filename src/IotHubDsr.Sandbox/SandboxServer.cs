using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using IotHubDsr.Sandbox.Arm;
using IotHubDsr.Sandbox.Control;
using IotHubDsr.Sandbox.Cosmos;
using IotHubDsr.Sandbox.Cosmos.Rest;
using IotHubDsr.Sandbox.DataExplorer.Rest;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.Hub;
using IotHubDsr.Sandbox.Hub.Query;
using IotHubDsr.Sandbox.Identity;
using IotHubDsr.Sandbox.Logs;
using IotHubDsr.Sandbox.Logs.Rest;
using IotHubDsr.Sandbox.Messaging;
using IotHubDsr.Sandbox.Messaging.Amqp;
using IotHubDsr.Sandbox.Provisioning;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.Storage.Queues;
using IotHubDsr.Sandbox.World;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace IotHubDsr.Sandbox;

/// <summary>A running simulated Azure on a loopback port, with its own world. Dispose it to end it.</summary>
internal sealed class SandboxServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly CertificateAuthority _authority;
    private readonly AmqpListener _broker;

    private SandboxServer(
        WebApplication application,
        CertificateAuthority authority,
        AmqpListener broker,
        SandboxDescriptor descriptor,
        SandboxWorld world,
        RequestLog log,
        FaultRules faults
    )
    {
        _application = application;
        _authority = authority;
        _broker = broker;
        Descriptor = descriptor;
        World = world;
        RequestLog = log;
        Faults = faults;
    }

    public SandboxDescriptor Descriptor { get; }

    public SandboxWorld World { get; }

    public RequestLog RequestLog { get; }

    public FaultRules Faults { get; }

    /// <summary>Faults on AMQP connections.</summary>
    public required AmqpFaults AmqpFaults { get; init; }

    public required AccessRules Access { get; init; }

    public required TokenIssuer Tokens { get; init; }

    public required ResourceGraph Graph { get; init; }

    public static async Task<SandboxServer> StartAsync(SandboxOptions options, CancellationToken cancellationToken)
    {
        SandboxWorld world = WorldBuilder.Build(options);
        var log = new RequestLog(world.Clock);
        var faults = new FaultRules();
        var amqpFaults = new AmqpFaults();
        var access = new AccessRules();
        var tenant = new Tenant(world.Names.TenantId, world.Names.ClientId, NewSecret());
        var tokens = new TokenIssuer(tenant, options.Time);
        string controlKey = NewSecret();
        var control = new ControlService(
            controlKey,
            world,
            log,
            faults,
            access,
            tokens,
            new ControlBlobs(world.Blobs),
            new ControlMessaging(world.Messaging),
            amqpFaults,
            new ControlQueues(world.Blobs),
            new ControlDocuments(world.Cosmos),
            new ControlLogs(world.Logs, world.Names.HubId, world.Clock),
            new ControlExplorer(world.Explorer, world.Clock)
        );
        string identityHeader = NewSecret();
        var identity = new ManagedIdentityService(tenant, tokens, identityHeader);
        var storage = new StorageResources(world.Names, world.Blobs);
        ArmCatalogue catalogue = ArmWorld.Catalogue(world, storage, access);
        var graph = new ResourceGraph(world.Names, catalogue, world.Clock);
        var arm = new ArmService(world.Names, catalogue, storage, tokens, access, graph);
        SandboxServices services = Services(world, tenant, tokens, access, options.Time, arm, control, identity);
        var dispatcher = new RequestDispatcher(services, world.Events, log, faults, world.Clock);

        // Certificates are judged by the clients' clock, which is never the world's.
        var authority = new CertificateAuthority(TimeProvider.System);
        WebApplication application = Listen(options.Port, authority, dispatcher);
        await application.StartAsync(cancellationToken);
        IServerAddressesFeature addresses = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        int port = PortOf(addresses, Uri.UriSchemeHttps);
        var authorizer = new MessagingAuthorizer(tokens, access, options.Time);
        var broker = new AmqpListener(
            new AmqpBroker(world.Messaging, authorizer, amqpFaults, new AmqpLog(log)),
            BrokerCertificate(authority)
        );
        SandboxDescriptor descriptor = Describe(options, port, controlKey, authority, tenant, world) with
        {
            AmqpPort = broker.Port,
            IdentityEndpoint = $"http://127.0.0.1:{PortOf(addresses, Uri.UriSchemeHttp)}{ManagedIdentityService.Path}",
            IdentityHeader = identityHeader,
        };
        return new SandboxServer(application, authority, broker, descriptor, world, log, faults)
        {
            AmqpFaults = amqpFaults,
            Access = access,
            Tokens = tokens,
            Graph = graph,
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        // A client that never closes its connections must not hold up the end.
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await _application.StopAsync(patience.Token);
        await _application.DisposeAsync();
        _authority.Dispose();
    }

    /// <summary>For every namespace, and the address that clients of the sandbox connect to.</summary>
    private static SslStreamCertificateContext BrokerCertificate(CertificateAuthority authority) =>
        authority.LeafFor(["*" + MessagingNamespace.Suffix, WorldNames.BuiltInNamespace + MessagingNamespace.Suffix]);

    private static SandboxServices Services(
        SandboxWorld world,
        Tenant tenant,
        TokenIssuer tokens,
        AccessRules access,
        TimeProvider real,
        ArmService arm,
        ControlService control,
        ManagedIdentityService identity
    )
    {
        var operations = new HubOperations(
            world.Registry,
            new TwinQueries(world.Registry),
            new BulkRegistry(world.Registry, world.Clock),
            world.Events,
            world.Jobs,
            world.Configurations,
            world.ServiceBound,
            world.Clock
        );
        var authorizer = new HubAuthorizer(WorldNames.HubHostName, world.Names.HubId, world.Policies, tokens, access, real);
        var diagnostics = new HubDiagnostics(world.Logs.Find(WorldNames.Workspace)!, world.Names.HubId, world.Clock);
        return new SandboxServices(
            new LoginService(tenant, tokens),
            identity,
            arm,
            new HubService(WorldNames.HubHostName, world.Registry, operations, authorizer, world.Throttle, world.Clock, diagnostics.Accept),
            new BlobGate(world.Blobs, new BlobService(world.Blobs, world.Clock), world.Names, tenant, tokens, access, real),
            new QueueGate(world.Blobs, new QueueService(world.Blobs, world.Clock), world.Names, tenant, tokens, access, real),
            new CosmosService(world.Cosmos, new CosmosGate(world.Names, tenant, tokens, access, real)),
            new ProvisioningService(world.Provisioning, world.Names, new ProvisioningAuthorizer(tokens, access, real), world.Clock),
            new LogService(world.Logs, new LogGate(tokens, access), new LogThrottle(world.Clock), world.Clock),
            new ExplorerService(world.Explorer, tokens, access, world.Clock),
            control
        );
    }

    private static WebApplication Listen(int port, CertificateAuthority authority, RequestDispatcher dispatcher)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        // The console belongs to the process that started the sandbox: the default lifetime would take its signals.
        builder.Services.AddSingleton<IHostLifetime, SilentLifetime>();
        builder
            .WebHost.UseKestrelCore()
            .UseKestrelHttpsConfiguration()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Limits.MaxRequestBodySize = null;
                kestrel.Limits.MinRequestBodyDataRate = null;
                kestrel.Limits.MinResponseDataRate = null;
                kestrel.Listen(IPAddress.Loopback, port, listen =>
                {
                    listen.Protocols = HttpProtocols.Http1AndHttp2;
                    listen.UseHttps(
                        new TlsHandshakeCallbackOptions
                        {
                            OnConnection = connection =>
                                ValueTask.FromResult(
                                    new SslServerAuthenticationOptions
                                    {
                                        ServerCertificateContext = authority.LeafFor(connection.ClientHelloInfo.ServerName),
                                        ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
                                    }
                                ),
                        }
                    );
                });

                // The endpoint of a managed identity is plain HTTP on the machine itself.
                kestrel.Listen(IPAddress.Loopback, 0);
            });
        WebApplication application = builder.Build();
        application.Run(dispatcher.HandleAsync);
        return application;
    }

    private static SandboxDescriptor Describe(
        SandboxOptions options,
        int port,
        string controlKey,
        CertificateAuthority authority,
        Tenant tenant,
        SandboxWorld world
    ) =>
        new(
            Environment.ProcessId,
            port,
            controlKey,
            authority.CertificatePem,
            tenant.TenantId,
            tenant.ClientId,
            tenant.ClientSecret,
            world.Names.SubscriptionId,
            WorldNames.HubGroup,
            WorldNames.HubName,
            WorldNames.HubHostName,
            world.Names.HubId,
            world.HubConnectionString,
            ArmService.Host,
            LoginService.Host,
            options.Seed
        );

    private static int PortOf(IServerAddressesFeature addresses, string scheme) =>
        addresses.Addresses.Select(address => new Uri(address)).Single(address => address.Scheme == scheme).Port;

    private static string NewSecret() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));

    private sealed class SilentLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
