using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Framing;
using Microsoft.Azure.Amqp.Sasl;
using Microsoft.Azure.Amqp.Transport;

namespace IotHubDsr.Sandbox.Messaging.Amqp;

/// <summary>
/// Accepts AMQP connections over TLS on a loopback port. A client that connects by the IP address sends no server name, so one certificate
/// has the names of all namespaces.
/// </summary>
internal sealed class AmqpListener : IAsyncDisposable
{
    private const uint MaxFrameSize = 65536;
    private const uint IdleTimeoutMilliseconds = 240_000;
    private const ushort MaxChannel = 4999;

    private static readonly TimeSpan OpenTimeout = TimeSpan.FromSeconds(60);

    private readonly TcpListener _socket = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<BrokerConnection, bool> _connections = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly AmqpSettings _settings = new();
    private readonly AcceptedTransports _accepted = new();
    private readonly AmqpTransportListener _negotiation;
    private readonly AmqpBroker _broker;
    private readonly SslServerAuthenticationOptions _tls;
    private readonly Task _accepting;

    public AmqpListener(AmqpBroker broker, SslStreamCertificateContext certificate)
    {
        _broker = broker;
        _tls = new SslServerAuthenticationOptions { ServerCertificateContext = certificate };
        _settings.RuntimeProvider = broker;
        var sasl = new SaslTransportProvider();
        sasl.Versions.Add(new AmqpVersion(1, 0, 0));
        // Clients prove themselves by $cbs afterwards; the service names its own mechanism for that, and takes the standard one.
        sasl.AddHandler(new SaslAnonymousHandler("MSSBCBS"));
        sasl.AddHandler(new SaslAnonymousHandler("ANONYMOUS"));
        var amqp = new AmqpTransportProvider();
        amqp.Versions.Add(new AmqpVersion(1, 0, 0));
        _settings.TransportProviders.Add(sasl);
        _settings.TransportProviders.Add(amqp);
        _negotiation = new AmqpTransportListener([_accepted], _settings);
        _negotiation.Open();
        _negotiation.Listen(OnNegotiated);
        _socket.Start();
        Port = ((IPEndPoint)_socket.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _socket.Stop();
        await _accepting;
        foreach (BrokerConnection connection in _connections.Keys)
            connection.Abort();

        _negotiation.Abort();
        _ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket client;
            try
            {
                client = await _socket.AcceptSocketAsync(_ending.Token);
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                if (_ending.IsCancellationRequested)
                    return;

                continue;
            }

            _ = SecureAsync(client);
        }
    }

    private async Task SecureAsync(Socket client)
    {
        client.NoDelay = true;
        string remote = client.RemoteEndPoint?.ToString() ?? "";
        var stream = new SslStream(new NetworkStream(client, ownsSocket: true));
        try
        {
            await stream.AuthenticateAsServerAsync(_tls, _ending.Token);
            _accepted.Push(new StreamTransport(stream, client, remote));
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException or OperationCanceledException)
        {
            await stream.DisposeAsync();
        }
    }

    private void OnNegotiated(TransportListener listener, TransportAsyncCallbackArgs args) =>
        _ = OpenAsync(args.Transport, (ProtocolHeader)args.UserToken);

    private async Task OpenAsync(TransportBase transport, ProtocolHeader header)
    {
        var settings = new AmqpConnectionSettings
        {
            ContainerId = "sandbox",
            MaxFrameSize = MaxFrameSize,
            ChannelMax = MaxChannel,
            IdleTimeOut = IdleTimeoutMilliseconds,
        };
        var connection = new BrokerConnection(transport, header, _settings, settings, _broker);
        _connections[connection] = true;
        connection.SafeAddClosed((_, _) => _connections.TryRemove(connection, out bool _));
        try
        {
            await connection.OpenAsync(OpenTimeout);
        }
        catch (Exception exception) when (exception is AmqpException or TimeoutException or IOException or OperationCanceledException)
        {
            connection.SafeClose(exception);
        }
        catch (Exception exception) when (exception is InvalidOperationException or ObjectDisposedException)
        {
            connection.Abort();
        }
    }

    /// <summary>Hands transports to the negotiation of protocols that this class has accepted itself.</summary>
    private sealed class AcceptedTransports() : TransportListener("accepted")
    {
        public void Push(TransportBase transport) =>
            OnTransportAccepted(new TransportAsyncCallbackArgs { Transport = transport, CompletedSynchronously = false });

        protected override void OnListen() { }
    }
}
