using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http.Features;

namespace IotHubDsr.Sandbox.Hosting;

/// <summary>
/// The bodies of one exchange: counts their bytes, and breaks them off where a fault says so.
/// </summary>
internal sealed class MeteredBodies
{
    private readonly long _requestLimit = long.MaxValue;
    private readonly long _responseLimit = long.MaxValue;
    private readonly long _deliveredLimit = long.MaxValue;

    public MeteredBodies(HttpContext context, FaultRule? fault)
    {
        bool hasBody = context.Features.GetRequiredFeature<IHttpRequestBodyDetectionFeature>().CanHaveBody;
        if (fault?.ResetAfterBytes is { } reset)
            (_requestLimit, _responseLimit) = hasBody ? (reset, long.MaxValue) : (long.MaxValue, reset);

        if (fault?.TruncateAfterBytes is { } truncate)
        {
            _deliveredLimit = truncate;
            context.Response.OnStarting(() =>
            {
                // The shortened body must look complete: that is what makes it dangerous.
                if (context.Response.ContentLength > truncate)
                    context.Response.ContentLength = truncate;

                return Task.CompletedTask;
            });
        }

        context.Request.Body = new RequestBody(context.Request.Body, this);
        context.Response.Body = new ResponseBody(context.Response.Body, this);
    }

    public long BytesIn { get; private set; }

    public long BytesOut { get; private set; }

    /// <summary>The exchange has been broken off. A service that catches the exception cannot save it.</summary>
    public bool IsReset { get; private set; }

    [DoesNotReturn]
    public void Reset()
    {
        IsReset = true;
        throw new ConnectionResetException();
    }

    private void Received(int count)
    {
        BytesIn += count;
        if (BytesIn >= _requestLimit && count > 0)
            Reset();
    }

    private ReadOnlyMemory<byte> Deliverable(ReadOnlyMemory<byte> buffer)
    {
        long allowed = Math.Min(_deliveredLimit, _responseLimit) - BytesOut;
        return allowed < buffer.Length ? buffer[..(int)allowed] : buffer;
    }

    private void Sent(int count)
    {
        BytesOut += count;
        if (BytesOut >= _responseLimit)
            Reset();
    }

    private sealed class RequestBody(Stream inner, MeteredBodies bodies) : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int count = await inner.ReadAsync(buffer, cancellationToken);
            bodies.Received(count);
            return count;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();
    }

    private sealed class ResponseBody(Stream inner, MeteredBodies bodies) : Stream
    {
        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            ReadOnlyMemory<byte> delivered = bodies.Deliverable(buffer);
            if (!delivered.IsEmpty)
            {
                await inner.WriteAsync(delivered, cancellationToken);
                // Without the flush an abort would drop what the client is meant to have received.
                await inner.FlushAsync(cancellationToken);
            }

            bodies.Sent(delivered.Length);
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override void Flush() => throw new NotSupportedException();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}

/// <summary>An injected fault has closed the connection: there is nobody left to answer.</summary>
internal sealed class ConnectionResetException() : IOException("An injected fault closed the connection.");
