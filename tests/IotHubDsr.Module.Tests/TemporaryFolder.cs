namespace IotHubDsr.Module.Tests;

/// <summary>A folder of the test's own.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("module test ");

    public string Path => _folder.FullName;

    public IEnumerable<string> Entries =>
        _folder.EnumerateFileSystemInfos("*", SearchOption.AllDirectories).Select(entry => entry.FullName);

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => _folder.Delete(recursive: true);
}
