using System.Runtime.Versioning;

namespace IotHubDsr.Core.Tests.Operations;

/// <summary>What a request writes can be read by its owner only.</summary>
public sealed class FileModeTests
{
    private const UnixFileMode OfOthers =
        UnixFileMode.GroupRead
        | UnixFileMode.GroupWrite
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherWrite
        | UnixFileMode.OtherExecute;

    [Fact]
    public async Task Request_FromRegistrationToReport_WritesNothingThatOthersCanRead()
    {
        if (OperatingSystem.IsWindows())
            return;

        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        if (!IsReadable(Plain(sandbox.PackagePath + ".plain")))
            return; // A umask that hides every file.
        var seen = new HashSet<string>(StringComparer.Ordinal);
        using FileSystemWatcher watcher = Watch(sandbox.RequestStore, seen);
        ErasurePlan plan = await sandbox.SavePlanAsync("plan.json", "dev1");
        string store = Path.Combine(sandbox.RequestStore, "made", "by the request");
        await sandbox.ExportAsync("dev1");
        await sandbox.ExportAsync(options => options with { Path = options.Path + ".zip", AsZip = true }, "dev1");
        string requestId = (await sandbox.EraseAsync(plan, store: store))[0].RequestId;
        await sandbox.ChangeAsync(
            new ExtendOptions
            {
                RequestId = requestId,
                Store = store,
                Reason = "There are many",
            }
        );
        await sandbox.ReportAsync(requestId, "report.html", store);
        await sandbox.RequestsAsync(
            new DataRequestQuery
            {
                Context = sandbox.Context,
                Store = store,
                DiagnosticsPath = sandbox.PackagePath + ".diagnostics.zip",
            }
        );

        List<string> written =
        [
            .. Below(sandbox.RequestStore),
            .. Below(Path.GetDirectoryName(sandbox.PackagePath)!).Where(path => !path.EndsWith(".plain", StringComparison.Ordinal)),
        ];

        Assert.Contains(written, path => path.EndsWith("key", StringComparison.Ordinal));
        Assert.Contains(written, path => path.EndsWith(".dsse.json", StringComparison.Ordinal));
        Assert.Contains(written, path => path.EndsWith(".diagnostics.zip", StringComparison.Ordinal));
        Assert.DoesNotContain(written, IsReadable);
        lock (seen)
            Assert.Empty(seen);
    }

    /// <summary>Temporary files, as long as they are there.</summary>
    private static FileSystemWatcher Watch(string folder, HashSet<string> readable)
    {
        var watcher = new FileSystemWatcher(folder) { IncludeSubdirectories = true };
        watcher.Created += (_, created) =>
        {
            lock (readable)
            {
                if (File.Exists(created.FullPath) && !OperatingSystem.IsWindows() && IsReadable(created.FullPath))
                    readable.Add(created.FullPath);
            }
        };
        watcher.EnableRaisingEvents = true;
        return watcher;
    }

    [UnsupportedOSPlatform("windows")]
    private static bool IsReadable(string path)
    {
        try
        {
            return (File.GetUnixFileMode(path) & OfOthers) != 0;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static IEnumerable<string> Below(string folder) =>
        Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories);

    private static string Plain(string path)
    {
        File.WriteAllText(path, string.Empty);
        return path;
    }
}
