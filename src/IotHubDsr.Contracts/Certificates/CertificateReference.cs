namespace IotHubDsr;

/// <summary>A certificate of a request.</summary>
/// <param name="Name">Name of the file within the request's folder.</param>
/// <param name="Digest">SHA-256 of the file, as <c>sha256:</c> and 64 hexadecimal digits.</param>
/// <param name="IssuedAt">When it was issued.</param>
/// <param name="IsSigned">Whether it is signed.</param>
public sealed record CertificateReference(string Name, string Digest, DateTimeOffset IssuedAt, bool IsSigned)
{
    /// <summary>Full path or URI of the file.</summary>
    public string? Path { get; init; }

    /// <summary>Path, or the name of the file.</summary>
    public override string ToString() => VisibleText.OfLine(Path ?? Name);
}
