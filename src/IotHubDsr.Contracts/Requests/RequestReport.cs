namespace IotHubDsr;

/// <summary>A report that was written.</summary>
/// <param name="RequestId">ID of the request.</param>
/// <param name="Path">Full path of the file.</param>
/// <param name="Bytes">Its size in bytes.</param>
public sealed record RequestReport(string RequestId, string Path, long Bytes)
{
    /// <summary>The path.</summary>
    public override string ToString() => VisibleText.OfLine(Path);
}
