using System.Security.Cryptography;

namespace IotHubDsr.Core.Foundation;

/// <summary>Computes the digest of what is read through it, and tells it at the end.</summary>
/// <param name="inner">What is read; it is disposed of with this.</param>
/// <param name="atEnd">Gets the digest; what it throws, the last reading throws.</param>
internal sealed class HashedStream(Stream inner, Action<string> atEnd) : ReadOnlyStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private bool _isAtEnd;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = await inner.ReadAsync(buffer, cancellationToken);
        _hash.AppendData(buffer.Span[..read]);
        if (read > 0 || buffer.IsEmpty || _isAtEnd)
            return read;
        _isAtEnd = true;
        atEnd(Digests.OfHash(_hash.GetHashAndReset()));
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }
}
