using System.Buffers;
using System.Net.Security;
using System.Net.Sockets;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Transport;

namespace IotHubDsr.Sandbox.Messaging.Amqp;

/// <summary>
/// A TLS stream as a transport of Microsoft.Azure.Amqp, whose own TLS listener cannot take a certificate of this process.
/// </summary>
internal sealed class StreamTransport(SslStream stream, Socket socket, string remote) : TransportBase("stream")
{
    public override string LocalEndPoint => "sandbox";

    public override string RemoteEndPoint => remote;

    public override bool IsSecure => true;

    public override void SetMonitor(ITransportMonitor usageMeter) { }

    public override bool WriteAsync(TransportAsyncCallbackArgs args)
    {
        byte[]? rented = null;
        ReadOnlyMemory<byte> bytes;
        if (args.Buffer is not null)
            bytes = args.Buffer.AsMemory(args.Offset, args.Count);
        else if (args.ByteBufferList.Count == 1)
            bytes = args.ByteBufferList[0].Buffer.AsMemory(args.ByteBufferList[0].Offset, args.ByteBufferList[0].Length);
        else
            bytes = Gather(args, out rented);

        return Run(stream.WriteAsync(bytes), args, bytes.Length, rented);
    }

    public override bool ReadAsync(TransportAsyncCallbackArgs args)
    {
        ValueTask<int> reading = stream.ReadAsync(args.Buffer.AsMemory(args.Offset, args.Count));
        if (!reading.IsCompletedSuccessfully)
        {
            _ = CompleteReadAsync(reading, args);
            return true;
        }

        args.BytesTransfered = reading.GetAwaiter().GetResult();
        args.CompletedSynchronously = true;
        return false;
    }

    protected override bool CloseInternal()
    {
        stream.Dispose();
        return true;
    }

    /// <summary>Resets the connection: an orderly end would be another fault.</summary>
    protected override void AbortInternal()
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It is closed already.
        }

        socket.Dispose();
        stream.Dispose();
    }

    /// <summary>Many small buffers make one TLS record instead of a record each.</summary>
    private static ReadOnlyMemory<byte> Gather(TransportAsyncCallbackArgs args, out byte[] rented)
    {
        rented = ArrayPool<byte>.Shared.Rent(args.Count);
        int at = 0;
        foreach (ByteBuffer buffer in args.ByteBufferList)
        {
            Buffer.BlockCopy(buffer.Buffer, buffer.Offset, rented, at, buffer.Length);
            at += buffer.Length;
        }

        return rented.AsMemory(0, at);
    }

    private static bool Run(ValueTask writing, TransportAsyncCallbackArgs args, int length, byte[]? rented)
    {
        if (!writing.IsCompletedSuccessfully)
        {
            _ = CompleteWriteAsync(writing, args, length, rented);
            return true;
        }

        Return(rented);
        args.BytesTransfered = length;
        args.CompletedSynchronously = true;
        return false;
    }

    private static async Task CompleteReadAsync(ValueTask<int> reading, TransportAsyncCallbackArgs args)
    {
        try
        {
            args.BytesTransfered = await reading;
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or InvalidOperationException)
        {
            args.Exception = exception;
        }

        args.CompletedSynchronously = false;
        args.CompletedCallback(args);
    }

    private static async Task CompleteWriteAsync(ValueTask writing, TransportAsyncCallbackArgs args, int length, byte[]? rented)
    {
        try
        {
            await writing;
            args.BytesTransfered = length;
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or InvalidOperationException)
        {
            args.Exception = exception;
        }

        Return(rented);
        args.CompletedSynchronously = false;
        args.CompletedCallback(args);
    }

    private static void Return(byte[]? rented)
    {
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
    }
}
