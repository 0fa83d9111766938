using System.Security.Cryptography;
using IotHubDsr.Core.Foundation;
using IotHubDsr.Core.Sinks;

namespace IotHubDsr.Core.Packages;

/// <summary>
/// Computes the digest of what is written through it. What the disk throws comes out as <see cref="ExportTargetException"/>.
/// </summary>
internal sealed class DigestStream(Stream inner, Action<byte[], long> written) : WriteOnlyStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _length;

    public override void Flush() => inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            inner.Write(buffer);
        }
        catch (Exception exception) when (IsOfTheDisk(exception))
        {
            throw new ExportTargetException(exception);
        }

        _hash.AppendData(buffer);
        _length += buffer.Length;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            await inner.WriteAsync(buffer, cancellationToken);
        }
        catch (Exception exception) when (IsOfTheDisk(exception))
        {
            throw new ExportTargetException(exception);
        }

        _hash.AppendData(buffer.Span);
        _length += buffer.Length;
    }

    protected override void OnClose()
    {
        try
        {
            inner.Dispose();
            written(_hash.GetHashAndReset(), _length);
        }
        catch (Exception exception) when (IsOfTheDisk(exception))
        {
            throw new ExportTargetException(exception);
        }
        finally
        {
            _hash.Dispose();
        }
    }

    private static bool IsOfTheDisk(Exception exception) => exception is IOException or UnauthorizedAccessException;
}
