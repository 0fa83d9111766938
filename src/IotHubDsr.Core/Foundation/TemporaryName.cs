namespace IotHubDsr.Core.Foundation;

/// <summary>
/// The name of a file or folder while it is written, beside its final one. It does not grow with that: a name as long as the file system
/// takes (255 bytes) leaves no room for an addition.
/// </summary>
internal static class TemporaryName
{
    public static string For(string path) => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, $".{Guid.NewGuid():N}.partial");
}
